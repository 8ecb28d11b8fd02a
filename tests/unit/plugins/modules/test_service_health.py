# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""service_health as Ansible calls it, against web servers in this process."""

from __future__ import annotations

import http.server
import json
import pathlib
import threading

import pytest
import yaml
from service_call import call

from ansible_collections.sahool.platform.plugins.modules import service_health


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        body = json.dumps({"status": "ok" if self.path == "/ready" else "degraded", "service": "web"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Nothing: the test looks at ``asked``."""


@pytest.fixture
def web():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked = []
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def gate(web, name="web", path="/ready", **options):
    json_ready = {"status": ["ok"]}
    return {"name": name, "protocol": "http", "port": web.server_port, "path": path, "json": json_ready, **options}


def test_ready_services_are_returned(web):
    result = call("service_health", {"services": [gate(web, identity_field="service"), gate(web, "again")]})
    assert not result.get("failed")
    assert result["changed"] is False
    assert result["ready"] == ["web", "again"]
    assert result["not_ready"] == []
    assert result["services"]["web"] == {
        "ready": True,
        "state": "ready",
        "attempts": 1,
        "seconds": result["services"]["web"]["seconds"],
        "last_error": None,
        "identity": "web",
    }


def test_one_message_names_every_failing_service(web):
    services = [
        gate(web),
        gate(web, "late", path="/other"),
        gate(web, "stranger", identity_field="service"),
        {"name": "gone", "protocol": "tcp", "host": "127.0.0.2", "port": web.server_port},
    ]
    result = call("service_health", {"services": services, "deadline": 0.4})
    assert result["failed"] is True
    assert result["ready"] == ["web"]
    assert result["not_ready"] == ["late", "stranger", "gone"]
    port = web.server_port
    lines = result["msg"].splitlines()
    assert lines[0] == "3 of 4 services are not ready."
    assert lines[1].startswith("late: not ready after ")
    assert lines[2:5] == [
        f'  found at http://127.0.0.1:{port}/other: `status` in the body is "degraded", expected "ok"',
        "  expected: status 200, status in the body is ok",
        f"  next: see whether it runs and listens there: ss -ltnp 'sport = :{port}'",
    ]
    assert lines[5].startswith("stranger: wrong service after ")
    assert lines[9].startswith("gone: unreachable after ")


def test_check_mode_asks_once_and_does_not_fail(web):
    services = [gate(web, consecutive=3), gate(web, "late", path="/other")]
    result = call("service_health", {"services": services, "deadline": 30}, check=True)
    assert not result.get("failed")
    assert (result["ready"], result["not_ready"]) == (["web"], ["late"])
    assert sorted(web.asked) == ["/other", "/ready"]


def test_good_answers_in_a_row_are_counted(web):
    result = call("service_health", {"services": [gate(web, consecutive=3)]})
    assert result["services"]["web"]["attempts"] == 3


def test_a_one_shot_is_asked_only_if_it_has_a_probe(web):
    services = [{"name": "job", "one_shot": True}, gate(web, one_shot=True), gate(web, "off", wait_for_probe=False)]
    services[2]["one_shot"] = True
    assert call("service_health", {"services": services})["ready"] == ["web"]


def test_nothing_to_ask_is_ready():
    result = call("service_health", {"services": []})
    assert (result["ready"], result["not_ready"], result["services"]) == ([], [], {})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"services": [{"name": "a"}]}, "service a: `protocol` is missing"),
        ({"services": [], "deadline": 0}, "deadline is 0.0 s, it should be more than 0 s"),
        ({"services": [{"name": "a", "one_shot": True}] * 2}, "a has two gates, a service has one"),
        (
            {"services": [{"name": "a", "protocol": "tcp", "port": 1, "identity_container": True}]},
            "identity_container is set, but not the `project`",
        ),
        ({"services": [{"name": "a", "protocol": "smtp", "port": 1}]}, "value of protocol must be one of"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_once(arguments, words):
    result = call("service_health", arguments)
    assert result["failed"] is True
    assert words in result["msg"]


@pytest.fixture
def docker_double(tmp_path):
    """A Docker client that prints a listing; it is a program, as the real one is."""

    def write(script):
        path = pathlib.Path(tmp_path, "docker")
        path.write_text("#!/bin/sh\n" + script, encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return write


def test_the_message_names_the_container_to_look_at(web, docker_double):
    client = docker_double("printf 'late\\tsahool-late-1\\tExited (3) 2 seconds ago\\n'\n")
    services = [gate(web, "late", path="/other"), gate(web, "away", path="/other")]
    arguments = {"services": services, "deadline": 0.2, "project": "sahool", "docker_cli": client}
    message = call("service_health", arguments)["msg"]
    assert "  container sahool-late-1: Exited (3) 2 seconds ago\n  next: docker logs --tail 50 sahool-late-1" in message
    assert "next: project sahool has no container of it here" in message


def test_without_docker_the_identity_cannot_be_told_and_is_not_waited_for(web):
    services = [gate(web, identity_container=True)]
    arguments = {"services": services, "deadline": 30, "project": "sahool", "docker_cli": "/no/docker"}
    result = call("service_health", arguments)
    assert result["services"]["web"]["attempts"] == 1
    assert "install Docker" in result["msg"]


def test_the_container_behind_the_port_must_be_the_service_s(web, docker_double):
    listing = f"127.0.0.1:{web.server_port}->80/tcp\\tsahool\\tadvice\\tsahool-advice-1\\n"
    client = docker_double(f"case $2 in -a) ;; *) printf '{listing}' ;; esac\n")
    services = [gate(web, "advice", identity_container=True), gate(web, "weather", identity_container=True)]
    arguments = {"services": services, "deadline": 0.3, "project": "sahool", "docker_cli": client}
    result = call("service_health", arguments)
    assert result["ready"] == ["advice"]
    assert result["services"]["advice"]["identity"] == "sahool-advice-1"
    assert result["services"]["weather"]["state"] == "wrong_service"


def test_passwords_are_not_returned(web):
    services = [gate(web, path="/other", password="vEryS3cret", header="api-key")]
    result = call("service_health", {"services": services, "deadline": 0.1})
    assert "vEryS3cret" not in json.dumps(result)


def test_documented_options_returns_and_examples_are_those_of_the_code(web):
    examples = yaml.safe_load(service_health.EXAMPLES)
    assert all("sahool.platform.service_health" in task for task in examples)
    result = call("service_health", {"services": [gate(web)]})
    documented = yaml.safe_load(service_health.RETURN)
    assert set(documented) == set(result) - {"changed", "invocation"}
    assert set(documented["services"]["contains"]) == set(result["services"]["web"])
