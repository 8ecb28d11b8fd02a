# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose container answers on a port."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._health.answer import not_ready, ready
from ansible_collections.sahool.platform.plugins.module_utils._health.docker_cli import DockerCli
from ansible_collections.sahool.platform.plugins.module_utils._health.gate import Gate
from ansible_collections.sahool.platform.plugins.module_utils._health.identity import OwnedProbe
from ansible_collections.sahool.platform.plugins.module_utils._health.owner import Owner, owner_of, parse_owners

# As printed by the clients of 20.10 (ranges joined, IPv6 as :::) and 28 (IPv6 in brackets).
LISTING = """\
127.0.0.1:8105->8093/tcp, 53/udp\tsahool\tadvisory-service\tsahool-advisory-service-1
0.0.0.0:8000-8001->8000-8001/tcp, :::8000-8001->8000-8001/tcp, 9999/tcp\tsahool\tkong\tsahool-kong-1
0.0.0.0:8443->8443/tcp, [::]:8443->8443/tcp\tother\tkong\tother-kong-1
10.0.0.5:8105->80/tcp\t\t\tby-hand
0.0.0.0:53->53/udp\t\t\tdns
0.0.0.0:9000->9000/tcp\t\t\teverywhere
127.0.0.1:9000->9000/tcp\t\t\there
\tsahool\tworker\tsahool-worker-1
"""


def test_ports_addresses_and_ranges_are_read():
    owners = parse_owners(LISTING)
    assert sorted(owners) == [8000, 8001, 8105, 8443, 9000]
    assert owners[8105] == [
        Owner("sahool", "advisory-service", "sahool-advisory-service-1", "127.0.0.1"),
        Owner("", "", "by-hand", "10.0.0.5"),
    ]
    assert [owner.address for owner in owners[8443]] == ["0.0.0.0", "::"]


@pytest.mark.parametrize(
    ("host", "port", "container"),
    [
        ("127.0.0.1", 8105, "sahool-advisory-service-1"),
        ("localhost", 8105, "sahool-advisory-service-1"),
        ("10.0.0.5", 8105, "by-hand"),
        ("127.0.0.1", 8001, "sahool-kong-1"),
        ("127.0.0.1", 9000, "here"),
        ("10.0.0.5", 9000, "everywhere"),
        ("192.0.2.1", 8105, None),
        ("127.0.0.1", 53, None),
    ],
)
def test_the_owner_of_an_address_is_found(host, port, container):
    owner = owner_of(parse_owners(LISTING), host, port)
    assert (owner.container if owner else None) == container


def docker_printing(*listings, code=0, err=""):
    calls = []
    answers = iter(listings)
    last = {}

    def run_command(arguments, **options):
        calls.append(arguments[5])  # behind the shell that closes the input, and the client
        last["text"] = next(answers, last.get("text", ""))
        return code, last["text"], err

    return DockerCli(run_command, "sh"), calls


def owned(name, docker, port=8105, answer=None):
    gate = Gate(name, "tcp", port=port, identity_container=True)
    probe = OwnedProbe([gate], "sahool", docker, probe=lambda gate, timeout: answer or ready())
    return probe(gate, 1)


def test_the_right_container_is_ready_and_named():
    docker = docker_printing(LISTING)[0]
    answer = owned("advisory-service", docker)
    assert (answer.state, answer.identity) == ("ready", "sahool-advisory-service-1")


def test_the_container_of_another_service_is_wrong():
    docker = docker_printing(LISTING)[0]
    answer = owned("agro-advisor", docker)
    assert answer.state == "wrong_service"
    assert answer.detail == (
        "port 8105 belongs to container sahool-advisory-service-1 (service advisory-service of project sahool),"
        " expected service agro-advisor of project sahool"
    )


def test_a_port_that_no_container_publishes_is_wrong():
    docker = docker_printing(LISTING)[0]
    assert owned("x", docker, port=9).detail.startswith("port 9 is published by no container")


def test_the_same_service_of_another_project_is_wrong():
    docker = docker_printing(LISTING)[0]
    assert owned("kong", docker, port=8443).state == "wrong_service"


def test_what_is_not_ready_is_not_asked_for_its_container():
    docker = docker_printing(LISTING)[0]
    assert owned("agro-advisor", docker, answer=not_ready("late")).detail == "late"


def test_docker_is_left_alone_when_no_gate_wants_it():
    docker, calls = docker_printing(LISTING)
    gate = Gate("a", "tcp", port=8105)
    OwnedProbe([gate], "sahool", docker, probe=lambda gate, timeout: ready())(gate, 1)
    assert calls == []


def test_fifty_probes_cost_one_listing():
    docker, calls = docker_printing(LISTING)
    gates = [Gate("advisory-service", "tcp", port=8105, identity_container=True)] * 50
    probe = OwnedProbe(gates, "sahool", docker, probe=lambda gate, timeout: ready())
    threads = [threading.Thread(target=probe, args=(gate, 1)) for gate in gates]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == ["ps"]


def test_a_container_that_was_replaced_since_is_looked_up_again(monkeypatch):
    docker, calls = docker_printing("", LISTING)
    gate = Gate("advisory-service", "tcp", port=8105, identity_container=True)
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    probe = OwnedProbe([gate], "sahool", docker, probe=lambda gate, timeout: ready())
    assert probe(gate, 1).state == "wrong_service"
    now[0] += 1.5
    assert probe(gate, 1).state == "ready"
    assert calls == ["ps", "ps"]


def test_an_engine_that_does_not_answer_is_named():
    docker = docker_printing("", code=1, err="Cannot connect to the Docker daemon at unix:///x. Is it running?")[0]
    answer = owned("advisory-service", docker)
    assert answer.state == "not_ready"
    assert "Start the engine" in answer.detail
    assert answer.final is True
