# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two applications as they run: who answers where, what they are given to read, and that they need what they name."""

from __future__ import annotations

import contextlib
import json
import time
import urllib.error
import urllib.request

import pytest

# Path that asks the dependencies, port (the catalogue's and the inventory's sahool_port_offset), and what is named.
APPLICATIONS = {
    "field-management-service": ("/readyz", 31700, {"postgres", "pgbouncer", "redis", "nats"}),
    "weather-service": ("/readyz", 31704, {"postgres", "pgbouncer", "nats"}),
}
SERVERS = {"postgres", "redis", "pgbouncer", "nats"}
# Longer than an application may take to see that a server is gone, or back.
DEADLINE = 15


def asked(port, path):
    """Return the status and the body that a port of this machine answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def asked_until(port, path, status):
    """Ask again until the answer has *status*, and return its body.

    :raises AssertionError: it has not within DEADLINE.
    """
    end = time.monotonic() + DEADLINE
    while (answer := asked(port, path))[0] != status:
        assert time.monotonic() < end, f"port {port}{path}: expected {status} within {DEADLINE} s, found {answer}"
        time.sleep(0.1)
    return answer[1]


@contextlib.contextmanager
def paused(machine, container):
    """Keep a container from answering for as long as the block lasts."""
    machine.check_output("docker pause %s", container["Id"])
    try:
        yield
    finally:
        machine.check_output("docker unpause %s", container["Id"])


def test_the_applications_run_with_what_they_need_and_nothing_else_does(containers):
    assert containers.keys() == APPLICATIONS.keys() | SERVERS
    assert {found["State"]["Status"] for found in containers.values()} == {"running"}
    assert {name: found["RestartCount"] for name, found in containers.items()} == dict.fromkeys(containers, 0)


@pytest.mark.parametrize("service", APPLICATIONS)
def test_each_answers_on_its_port_under_its_own_name(machine, published, service):
    path, port, _needed = APPLICATIONS[service]
    assert published[service] == port
    assert machine.socket(f"tcp://127.0.0.1:{port}").is_listening
    assert not machine.socket(f"tcp://0.0.0.0:{port}").is_listening
    status, body = asked(port, path)
    assert (status, body["status"], body["name"]) == (200, "ready", service)


@pytest.mark.parametrize("service", APPLICATIONS)
def test_each_uses_every_server_that_it_names(service):
    path, port, needed = APPLICATIONS[service]
    assert asked(port, path)[1]["dependencies"] == dict.fromkeys(needed, "ok")


def test_only_the_application_that_needs_redis_turns_not_ready_without_it(machine, containers):
    path, port, _needed = APPLICATIONS["field-management-service"]
    with paused(machine, containers["redis"]):
        assert set(asked_until(port, path, 503)["dependencies"]) == {"redis"}
        weather_path, weather_port, _needed = APPLICATIONS["weather-service"]
        assert asked(weather_port, weather_path)[0] == 200
    assert asked_until(port, path, 200)["status"] == "ready"


@pytest.mark.parametrize("service", APPLICATIONS)
def test_containers_are_unprivileged_and_limited(containers, service):
    container = containers[service]
    assert container["Config"]["User"] not in ("", "root", "0", "0:0")
    assert not container["HostConfig"]["Privileged"]
    assert container["HostConfig"]["Memory"] > 0
    assert container["HostConfig"]["RestartPolicy"]["Name"] == "always"


def test_passwords_reach_an_application_by_a_file_of_root_s_alone(machine, home, secrets):
    found = machine.check_output("grep -rl -F DATABASE_URL %s", str(home / "files")).splitlines()
    files = [machine.file(path) for path in found if path.endswith(".env")]
    assert len(files) == len(APPLICATIONS)
    assert {(file.user, file.mode) for file in files} == {("root", 0o600)}
    assert all(secrets["POSTGRES_PASSWORD"] in file.content_string for file in files)
    for model in machine.check_output("find %s -name compose.yaml", str(home / "files")).splitlines():
        text = machine.file(model).content_string
        assert {name for name, value in secrets.items() if value in text} == set()
