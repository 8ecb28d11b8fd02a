# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every protocol against its real server, with right and wrong credentials, and against all the others."""

from __future__ import annotations

import json
import time

import pytest
from real_servers import PASSWORD, SERVERS, docker
from service_call import call

from ansible_collections.sahool.platform.plugins.module_utils._health.gate import Gate
from ansible_collections.sahool.platform.plugins.module_utils._health.protocols import ask

NAMES = list(SERVERS)
WRONG = "Kq7xWrongPassword2026"


def asked(gate, timeout=2.0):
    began = time.monotonic()
    answer = ask(Gate.from_params(gate), timeout)
    assert time.monotonic() - began < timeout + 0.3
    assert PASSWORD not in answer.detail
    assert WRONG not in answer.detail
    return answer


def test_all_become_ready_from_their_first_moment_on(just_started):
    result = just_started[1]
    assert result["ready"] == NAMES
    assert result["changed"] is False
    assert result["services"]["nats"]["identity"] == "nats-1"
    assert PASSWORD not in json.dumps(result["services"])


@pytest.mark.parametrize("name", NAMES)
def test_the_right_login_is_ready(farm, name):
    assert asked(farm.gate(name)).state == "ready"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("postgres", "password authentication failed"),
        ("pgbouncer", "SASL authentication failed"),
        ("redis", "WRONGPASS"),
        ("nats", "Authorization Violation"),
        ("mqtt", "the login was refused ("),
        ("etcd", "authentication failed"),
    ],
)
def test_a_wrong_password_is_not_ready_and_says_why(farm, name, words):
    answer = asked(farm.gate(name, password=WRONG))
    assert answer.state == "not_ready"
    assert words in answer.detail


@pytest.mark.parametrize(
    ("name", "words"), [("redis", "NOAUTH"), ("nats", "Authorization Violation"), ("mqtt", "the login was refused (")]
)
def test_no_login_is_not_ready(farm, name, words):
    answer = asked(farm.gate(name, username=None, password=None))
    assert answer.state == "not_ready"
    assert words in answer.detail


def test_a_broker_that_denies_the_subscription_is_not_ready(farm):
    answer = asked(farm.gate("mqtt", username="deaf"), timeout=1)
    assert answer.state == "not_ready"
    assert "sahool/system/health/" in answer.detail


def test_the_message_of_another_is_not_one_s_own(farm):
    login = ["-u", "sahool", "-P", PASSWORD]
    docker("exec", farm.container("mqtt"), "mosquitto_pub", *login, "-r", "-t", "sahool/kept", "-m", "retained")
    answer = asked(farm.gate("mqtt", username="mute", topic="sahool/kept"), timeout=1)
    assert answer.state == "not_ready"
    assert "no message came back on sahool/kept" in answer.detail
    assert asked(farm.gate("mqtt", topic="sahool/kept")).state == "ready"


def test_a_topic_outside_of_the_acl_is_not_ready(farm):
    answer = asked(farm.gate("mqtt", topic="elsewhere/x"), timeout=1)
    assert answer.state == "not_ready"
    assert "elsewhere/x" in answer.detail
    assert asked(farm.gate("mqtt", topic="sahool/own")).state == "ready"


def test_a_server_without_jetstream_is_not_ready_where_it_is_wanted(farm):
    answer = asked(farm.gate("nats-plain", jetstream=True))
    assert (answer.state, answer.detail) == (
        "not_ready",
        "JetStream is not enabled on this server, expected it to be",
    )


# Where the protocol is the same, only the container can tell whose it is.
FOREIGN = {
    "postgres": ["redis", "nats", "mqtt", "etcd"],
    "redis": ["postgres", "pgbouncer", "nats", "mqtt", "etcd"],
    "nats": ["postgres", "pgbouncer", "redis", "mqtt", "etcd"],
    "mqtt": ["postgres", "pgbouncer", "redis", "nats", "etcd"],
    "etcd": ["postgres", "pgbouncer", "redis", "nats", "mqtt"],
    "http": ["postgres", "pgbouncer", "redis", "nats", "mqtt"],
}


@pytest.mark.parametrize(
    ("protocol", "server"), [(protocol, server) for protocol, servers in FOREIGN.items() for server in servers]
)
def test_another_server_on_the_port_is_never_ready(farm, protocol, server):
    gate = {"name": "x", "protocol": protocol, "port": farm.ports[server], "username": "sahool", "password": PASSWORD}
    assert asked(gate, timeout=0.7).state in ("wrong_service", "not_ready")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "pgbouncer"])
def test_a_frozen_server_costs_one_timeout(farm, name):
    docker("pause", farm.container(name))
    try:
        answer = asked(farm.gate(name), timeout=0.5)
    finally:
        docker("unpause", farm.container(name))
    assert answer.state in ("not_ready", "unreachable")
    assert call("service_health", {"services": [farm.gate(name)], "deadline": 10})["not_ready"] == []


def test_a_pooler_without_its_database_is_not_ready(farm):
    gate = farm.gate("pgbouncer", timeout=1.0)
    docker("stop", farm.container("postgres"))
    try:
        assert asked(farm.gate("pgbouncer"), timeout=1).state == "not_ready"
        assert asked({"name": "x", "protocol": "tcp", "port": gate["port"]}).state == "ready"  # which is why
    finally:
        docker("start", farm.container("postgres"))
    ports = json.loads(docker("inspect", "-f", "{{json .NetworkSettings.Ports}}", farm.container("postgres")))
    farm.ports["postgres"] = int(ports["5432/tcp"][0]["HostPort"])
    back = call("service_health", {"services": [gate, farm.gate("postgres")], "deadline": 30})
    assert back["not_ready"] == []


def test_a_container_in_which_nothing_listens_is_not_an_open_port(farm):
    name = farm.container("deaf")
    image = docker("inspect", "-f", "{{.Image}}", farm.container("redis")).strip()
    docker("run", "-d", "--name", name, "--network", farm.prefix, "-p", "127.0.0.1::6379", image, "sleep", "600")
    ports = json.loads(docker("inspect", "-f", "{{json .NetworkSettings.Ports}}", name))
    answer = asked({"name": "x", "protocol": "tcp", "port": int(ports["6379/tcp"][0]["HostPort"])})
    assert answer.state in ("not_ready", "unreachable")
