# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When it is pointless to wait for a container, and how often one looks."""

from __future__ import annotations

import json

import pytest
from containers import container

from ansible_collections.sahool.platform.plugins.module_utils._health.answer import ready
from ansible_collections.sahool.platform.plugins.module_utils._health.docker_cli import DockerCli, DockerError
from ansible_collections.sahool.platform.plugins.module_utils._health.gate import Gate
from ansible_collections.sahool.platform.plugins.module_utils._rollout.events import Event, Events
from ansible_collections.sahool.platform.plugins.module_utils._rollout.watch import Watch

GATES = {
    "plain": Gate("svc"),
    "probed": Gate("svc", "tcp", port=1),
    "one-shot": Gate("svc", one_shot=True),
    "confirmed": Gate("svc", "tcp", port=1, one_shot=True),
}


def watch(present, kind="probed", restarts=0, run_command=None, clock=lambda: 0.0):
    docker = DockerCli(run_command or (lambda *arguments, **options: pytest.fail("looked too often")), "sh")
    containers = {"svc": present} if present else {}
    return Watch(docker, containers, {"svc": restarts}, {"svc": GATES[kind]}, lambda gate, timeout: ready(), clock)


@pytest.mark.parametrize(
    ("present", "kind", "reason"),
    [
        (container("running"), "probed", None),
        (container("running", health="unhealthy"), "probed", None),
        (container("exited"), "probed", "its container exited with code 0"),
        (container("exited", exit_code=1), "plain", "its container exited with code 1"),
        (container("exited", exit_code=139), "plain", "its container exited with code 139 (SIGSEGV)"),
        (container("exited", exit_code=127), "plain", "its container exited with code 127 (the command was not found)"),
        (container("exited"), "one-shot", None),
        (container("exited", exit_code=1), "one-shot", "its container exited with code 1"),
        (container("dead", exit_code=1), "probed", "its container is dead (exit code 1)"),
        (container("removing"), "probed", "its container is removing"),
        (container("created", error="no room"), "probed", "its container was created but did not start: no room"),
        (container("paused"), "probed", "its container is paused; somebody paused it (docker unpause p-svc-1)"),
        (container("restarting", restarts=2), "probed", None),
        (
            container("restarting", restarts=3, exit_code=7),
            "probed",
            "its container dies again and again: 3 times so far, the last with exit code 7",
        ),
        (
            container("exited", exit_code=137, oom_killed=True, memory_limit=256 << 20),
            "one-shot",
            "killed for lack of memory, limit 256 MiB",
        ),
        (
            container("restarting", exit_code=137, oom_killed=True, memory_limit=3 << 29),
            "probed",
            "killed for lack of memory, limit 1.5 GiB",
        ),
        (
            container("exited", exit_code=137, oom_killed=True),
            "probed",
            "killed for lack of memory; it has no limit, so that the host has none left",
        ),
        (None, "probed", "its container is gone"),
    ],
)
def test_reasons_to_give_up(present, kind, reason):
    assert watch(present, kind).give_up("svc") == reason


def test_restarts_of_former_days_do_not_count():
    assert watch(container("running", restarts=9), restarts=7).give_up("svc") is None
    assert watch(container("running", restarts=10), restarts=7).give_up("svc") is not None


@pytest.mark.parametrize(
    ("present", "kind", "state", "detail"),
    [
        (container("running"), "probed", "ready", ""),
        (container("exited", exit_code=1), "probed", "not_ready", "it answers, but its container is exited"),
        (container("running"), "plain", "ready", ""),
        (container("running", health="starting"), "plain", "ready", ""),
        (container("running", health="unhealthy"), "plain", "not_ready", "the container is running (unhealthy)"),
        (container("created"), "plain", "not_ready", "the container is created, expected it to run"),
        (container("running"), "one-shot", "not_ready", "the one-shot is running, it has not exited yet"),
        (container("exited"), "one-shot", "ready", ""),
        (container("exited", exit_code=2), "one-shot", "not_ready", "the one-shot is exited (exit code 2), expected"),
        (container("running"), "confirmed", "not_ready", "the one-shot is running"),
        (container("exited"), "confirmed", "ready", ""),
        (None, "probed", "not_ready", "it has no container"),
    ],
)
def test_what_the_container_does_comes_before_the_probe(present, kind, state, detail):
    answer = watch(present, kind).ask(GATES[kind], 1)
    assert answer.state == state
    assert answer.detail.startswith(detail)


def line(status, code=1):
    state = {"Status": status, "ExitCode": code, "OOMKilled": False, "Error": "", "StartedAt": "now"}
    labels = {"com.docker.compose.service": "svc"}
    return json.dumps(
        {"id": "c1", "name": "/n", "state": state, "image": "i", "labels": labels, "env": None, "restarts": 0}
    )


def test_all_services_cost_one_look_per_second():
    now = [0.0]
    asked = []

    def run_command(arguments, **options):
        asked.append(now[0])
        return 0, line("running" if now[0] < 2 else "exited"), ""

    looking = watch(container(), run_command=run_command, clock=lambda: now[0])
    answers = []
    for tenth in range(31):
        now[0] = tenth / 10
        answers.append(looking.give_up("svc"))
    assert asked == [0.9, 1.8, 2.7]
    assert answers[26] is None
    assert answers[27] == "its container exited with code 1"


def test_a_container_that_is_gone_is_noticed_and_an_engine_that_is_gone_is_an_error():
    now = [0.0]
    said = ["Error: No such container: c1"]
    looking = watch(container(), run_command=lambda *a, **b: (1, "", said[0]), clock=lambda: now[0])
    now[0] = 1.0
    assert looking.give_up("svc") == "its container is gone"
    looking = watch(container(), run_command=lambda *a, **b: (1, "", said[0]), clock=lambda: now[0])
    said[0] = "Cannot connect to the Docker daemon"
    now[0] = 2.0
    with pytest.raises(DockerError, match="Cannot connect"):
        looking.give_up("svc")


def watch_with(events, status="running", code=1, kind="probed", since=0, **options):
    """A watch that is told of events; the engine describes the container as given, whenever it is asked."""
    docker = DockerCli(lambda *arguments, **others: (0, line(status, code), ""), "sh")
    listening = Events(docker, "p")
    listening.seen.extend(events)
    looking = Watch(
        *(docker, {"svc": container()}, {}, {"svc": GATES[kind]}, lambda gate, timeout: ready(), lambda: 0.0),
        events=listening,
        since=since,
        **options,
    )
    return looking, listening


def test_an_event_has_the_container_looked_at_before_the_second_is_over():
    looking, listening = watch_with([], "exited")
    assert looking.give_up("svc") is None  # just observed, and nothing was told since
    listening.seen.append(Event("die", "c1", 1))
    assert looking.give_up("svc") == "its container exited with code 1"
    assert looking.reasons == {"svc": "its container exited with code 1"}


def test_a_kill_for_lack_of_memory_fails_a_service_that_runs_on():
    looking = watch_with([Event("oom", "c1")])[0]
    assert looking.give_up("svc").startswith("killed for lack of memory")


def test_three_deaths_are_a_loop_though_the_container_runs_just_now():
    deaths = [Event("die", "c1", code) for code in (1, 1, 7)]
    assert watch_with(deaths[:2])[0].give_up("svc") is None
    looking = watch_with(deaths)[0]
    assert looking.give_up("svc") == "its container dies again and again: 3 times so far, the last with exit code 7"
    assert looking.exit_code("svc") == 7


def test_what_happened_before_the_wave_or_to_another_container_does_not_count():
    old = [Event("oom", "c1"), *[Event("die", "c1", 1)] * 3]
    assert watch_with(old, since=4)[0].give_up("svc") is None
    assert watch_with([Event("oom", "c2"), *[Event("die", "c2", 1)] * 3])[0].give_up("svc") is None


def test_a_one_shot_that_ends_well_does_not_crash_however_often_it_ends():
    told = []
    ends = [Event("die", "c1", 0)] * 3
    looking, listening = watch_with(ends, kind="one-shot", crash=lambda *words: told.append(words))
    assert looking.give_up("svc") is None
    listening.seen.append(Event("die", "c1", 2))
    looking.give_up("svc")
    assert told == [("svc", "exited with code 2")]


def test_a_crash_is_told_once():
    told = []
    looking, listening = watch_with(
        [Event("oom", "c1"), Event("die", "c1", 137), Event("die", "another", 1)],
        crash=lambda *words: told.append(words),
    )
    looking.give_up("svc")
    looking.give_up("svc")
    assert told == [
        ("svc", "killed for lack of memory; it has no limit, so that the host has none left"),
        ("svc", "exited with code 137 (SIGKILL)"),
    ]


def test_the_last_answer_is_known_after_the_reason_to_give_up():
    looking = watch(container("running", health="unhealthy"), "plain")
    looking.ask(GATES["plain"], 1)
    assert looking.last_answer("svc").detail == "the container is running (unhealthy), expected it to run"
    assert watch(container()).last_answer("svc") is None
