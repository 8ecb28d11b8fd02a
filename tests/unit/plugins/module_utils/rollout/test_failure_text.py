# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator reads at night, word for word."""

from __future__ import annotations

import json
from dataclasses import replace

from containers import container

from ansible_collections.sahool.platform.plugins.module_utils._health.answer import unreachable
from ansible_collections.sahool.platform.plugins.module_utils._health.docker_cli import DockerCli
from ansible_collections.sahool.platform.plugins.module_utils._health.gate import Gate
from ansible_collections.sahool.platform.plugins.module_utils._health.wait import Outcome
from ansible_collections.sahool.platform.plugins.module_utils._rollout.action import Step
from ansible_collections.sahool.platform.plugins.module_utils._rollout.blockers import blockers
from ansible_collections.sahool.platform.plugins.module_utils._rollout.failure import (
    NotReady,
    Scene,
    create_error,
    images_error,
    not_ready_error,
    up_error,
)
from ansible_collections.sahool.platform.plugins.module_utils._rollout.log import last_lines
from ansible_collections.sahool.platform.plugins.module_utils._rollout.redact import Redactor

OVERRIDE = "sahool_service_overrides (resources, memory)"
HOLDER = "it belongs to container other-web-1 (service web of project other)"
STAMP = "2026-11-23T14:35:4%d.1Z "


class Engine:
    """An engine with the given containers, each of which printed the same lines."""

    def __init__(self, *containers, printed=(), owners=""):
        self.containers = containers
        self.printed = "".join(STAMP % number + line + "\n" for number, line in enumerate(printed))
        self.owners = owners
        self.reachable = True

    def __call__(self, arguments, **options):
        words = arguments[5:]
        if not self.reachable:
            return 1, "", "Cannot connect to the Docker daemon"
        if words[0] == "logs":
            return 0, self.printed, ""
        if words[0] == "inspect":
            return 0, "\n".join(json.dumps(self.document(found)) for found in self.containers), ""
        if words[:2] == ["ps", "-aq"]:
            return 0, "\n".join(found.id for found in self.containers), ""
        return 0, self.owners, ""

    @staticmethod
    def document(found):
        state = {
            "Status": found.status,
            "ExitCode": found.exit_code,
            "OOMKilled": found.oom_killed,
            "Error": found.error,
            "StartedAt": found.started_at,
            "Health": {"Status": found.health, "Log": [{"Output": found.health_said}]} if found.health else None,
        }
        return {
            "id": found.id,
            "name": found.name,
            "state": state,
            "image": "i",
            "labels": {"com.docker.compose.service": found.service},
            "env": None,
            "restarts": found.restarts,
            "memory": found.memory_limit,
            "policy": {"Name": found.policy},
            "mounts": [],
        }


def scene(engine, *waves):
    docker = DockerCli(engine, "sh")
    return Scene(docker, "p", "1 data", waves or [["svc"]], Redactor(["vEryS3cret"]))


def late(gate, **fields):
    outcome = Outcome(False, "not_ready", 12, 121.3, "refused")
    values = NotReady(gate, outcome, None, None, unreachable("refused"), False, 0, None, 120.0)
    return values._replace(**fields)


GATE = Gate("svc", "postgres", port=5432, username="sahool", needs=("db", "loader", "cache"))


def test_a_kill_for_lack_of_memory():
    dead = container("exited", exit_code=137, memory_limit=256 << 20, restarts=2)
    engine = Engine(dead, printed=["starting with vEryS3cret", "\x1b[31mreading\x1b[0m PGPASSWORD=x1"])
    entry = late(
        replace(GATE, needs=()),
        outcome=Outcome(False, "not_ready", 3, 2.125, "it died"),
        container=dead,
        reason="its container exited with code 137 (SIGKILL)",
        out_of_memory=True,  # told by the engine a moment after the death
        exit_code=137,
        deadline=None,
    )
    error = not_ready_error(scene(engine, ["svc"], ["later", "last"]), 0, [entry], [], {})
    assert str(error).splitlines() == [
        "Phase 1 data of project p stopped in wave 1 of 2: svc is not ready.",
        "svc: killed for lack of memory, limit 256 MiB, after 2.1 s",
        "  container p-svc-1: exited (exit code 137), restarted 2 times",
        "  last answer of postgres 127.0.0.1:5432: refused",
        "  expected: a login of user sahool and an answer to SELECT 1",
        "  remedy: make it need less than 256 MiB, or raise the limit of svc by " + OVERRIDE,
        "  last log lines:",
        "    starting with ***",
        "    reading PGPASSWORD=***",
        "  next: docker logs --tail 100 p-svc-1",
        "Not started: later, last.",
        "What was started stays as it is. Correct the cause and run this again; it goes on from here.",
    ]
    (document,) = error.failure
    assert json.loads(json.dumps(document)) == {
        "service": "svc",
        "phase": "1 data",
        "reason": "killed for lack of memory, limit 256 MiB",
        "container": "p-svc-1",
        "state": "exited (exit code 137), restarted 2 times",
        "exit_code": 137,
        "oom_killed": True,
        "memory_limit": "256 MiB",
        "restarts": 0,
        "target": "postgres 127.0.0.1:5432",
        "last_answer": "refused",
        "expected": "a login of user sahool and an answer to SELECT 1",
        "blocked_by": [],
        "log": ["starting with ***", "reading PGPASSWORD=***"],
        "waited": 2.125,
        "attempts": 3,
        "deadline": None,
        "next": ["docker logs --tail 100 p-svc-1"],
    }


def test_what_blocks_comes_first_and_so_do_its_logs():
    waiting = container()
    stopped = container("exited", id="c2", name="p-db-1", service="db", exit_code=1, policy="unless-stopped")
    done = container("exited", id="c3", name="p-loader-1", service="loader", policy="no")
    engine = Engine(waiting, stopped, done)
    error = not_ready_error(scene(engine), 0, [late(GATE, container=waiting)], ["slow"], {})
    assert str(error).splitlines() == [
        "Phase 1 data of project p stopped in wave 1 of 1: svc is not ready.",
        "svc: not ready, after 121.3 s and 12 probes (deadline 120 s)",
        "  blocked by db, which it needs: exited (exit code 1)",
        "  blocked by cache, which it needs: absent",
        "  container p-svc-1: running",
        "  last answer of postgres 127.0.0.1:5432: refused",
        "  expected: a login of user sahool and an answer to SELECT 1",
        "  last log lines:",
        "    (it printed nothing)",
        "  next: docker logs --tail 100 p-db-1",
        "  next: docker ps -a --filter label=com.docker.compose.project=p",
        "  next: docker logs --tail 100 p-svc-1",
        "Still starting then, and left to it: slow.",
        "What was started stays as it is. Correct the cause and run this again; it goes on from here.",
    ]
    assert error.failure[0]["blocked_by"] == [
        {"service": "db", "state": "exited (exit code 1)"},
        {"service": "cache", "state": "absent"},
    ]


def test_what_a_needed_service_does_instead_of_serving():
    present = {
        "sick": container(health="unhealthy"),
        "looping": container("restarting", exit_code=1, restarts=4),
        "late": container(),
        "well": container(health="starting"),
        "done": container("exited", policy="on-failure"),
        "stopped": container("exited", policy="unless-stopped"),
    }
    assert blockers([*present, "away"], present, {"late": "refused"}) == [
        {"service": "sick", "state": "running (unhealthy)"},
        {"service": "looping", "state": "restarting (exit code 1), restarted 4 times"},
        {"service": "late", "state": "running, but not ready: refused"},
        {"service": "stopped", "state": "exited (exit code 0)"},
        {"service": "away", "state": "absent"},
    ]


def test_its_own_health_check_has_a_word_and_no_secrets():
    sick = container(health="unhealthy", health_said="cannot log in\nwith vEryS3cret ")
    error = not_ready_error(scene(Engine(sick)), 0, [late(replace(GATE, needs=()), container=sick)], [], {})
    answer = "refused; its own health check: cannot log in with ***"
    assert "  last answer of postgres 127.0.0.1:5432: %s" % answer in str(error).splitlines()
    assert error.failure[0]["last_answer"] == answer


def test_the_dead_come_first_and_of_many_each_shows_a_few_lines():
    printed = ["line %d" % number for number in range(8)]
    gates = [Gate("s%d" % number) for number in range(5)]
    entries = [late(gate) for gate in gates[:4]] + [late(gates[4], reason="its container exited", exit_code=1)]
    found = [container(id=gate.name, service=gate.name, name="p-%s-1" % gate.name) for gate in gates]
    names = [gate.name for gate in gates]
    error = not_ready_error(scene(Engine(*found, printed=printed), names), 0, entries, [], {})
    assert [entry["service"] for entry in error.failure] == ["s4", "s0", "s1", "s2", "s3"]
    assert str(error).count("    line ") == 5 * 5
    assert {len(entry["log"]) for entry in error.failure} == {8}


def test_an_engine_that_is_away_does_not_hide_the_failure():
    engine = Engine(container())
    engine.reachable = False
    error = not_ready_error(scene(engine), 0, [late(replace(GATE, needs=()), container=container())], [], {})
    assert "svc: not ready, after 121.3 s" in str(error)
    assert error.failure[0]["log"] == ["(no log: Cannot connect to the Docker daemon)"]


def test_a_port_that_is_taken_names_who_has_it():
    said = (
        "driver failed programming external connectivity on endpoint p-svc-1 (0a1b): Bind for 127.0.0.1:8100 failed:"
        " port is already allocated"
    )
    stuck = container("created", error=said)
    planned = {"svc": Step("svc", "create", ("absent",))}
    other = "127.0.0.1:8100->80/tcp\tother\tweb\tother-web-1\n"
    error = up_error(scene(Engine(owners=other)), 0, planned, {"svc": stuck}, "Error response from daemon: " + said, 1)
    assert str(error).splitlines() == [
        "Phase 1 data of project p stopped in wave 1 of 1: svc could not be started (exit code 1).",
        "svc: it could not be started: Bind for 127.0.0.1:8100 failed: port is already allocated; " + HOLDER,
        "  container p-svc-1: created",
        "  next: docker ps --filter publish=8100",
        "  next: ss -ltnp 'sport = :8100'",
        "What was started stays as it is. Correct the cause and run this again; it goes on from here.",
    ]
    taken = container("created", error="listen tcp4 127.0.0.1:8100: bind: address already in use")
    error = up_error(scene(Engine()), 0, planned, {"svc": taken}, "", 1)
    assert "no container has it, so that it is a process of the host" in error.failure[0]["reason"]


def test_images_and_containers_that_cannot_be_had():
    error = images_error(scene(Engine()), {"i:1": ["a", "b"]}, {})
    assert str(error).startswith("The host does not have these images: i:1 (for a, b). Nothing was started;")
    assert [(entry["service"], entry["reason"]) for entry in error.failure] == [
        ("a", "its image i:1 is not on this host"),
        ("b", "its image i:1 is not on this host"),
    ]
    error = create_error(scene(Engine()), {"a": Step("a", "create")}, {}, "Error: bind source /x vEryS3cret", 1)
    assert str(error).splitlines()[1:] == [
        "a: has no container",
        "Docker said: Error: bind source /x ***",
        "next: docker ps -a --filter label=com.docker.compose.project=p",
    ]
    assert [entry["service"] for entry in error.failure] == ["a"]


def test_a_secret_at_the_edge_of_a_long_line_is_not_shown_by_half():
    engine = Engine(printed=["x" * 295 + "vEryS3cret"])
    (line,) = last_lines(DockerCli(engine, "sh"), "c", Redactor(["vEryS3cret"]))
    assert line == "x" * 295 + "***"
