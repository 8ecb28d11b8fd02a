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
        (container("exited"), "probed", "its container is exited (exit code 0)"),
        (container("exited", exit_code=1), "plain", "its container is exited (exit code 1)"),
        (container("exited"), "one-shot", None),
        (container("exited", exit_code=1), "one-shot", "its container is exited (exit code 1)"),
        (container("dead", exit_code=1), "probed", "its container is dead (exit code 1)"),
        (container("removing"), "probed", "its container is removing"),
        (container("created", error="no room"), "probed", "its container was created but did not start: no room"),
        (container("paused"), "probed", "its container is paused; somebody paused it (docker unpause p-svc-1)"),
        (container("restarting", restarts=2), "probed", None),
        (
            container("restarting", restarts=3, exit_code=7),
            "probed",
            "its container fails again and again: 3 restarts, the last with exit code 7",
        ),
        (
            container("running", restarts=4, exit_code=137, oom_killed=True),
            "one-shot",
            "its container fails again and again: 4 restarts, the last with exit code 137, killed for lack of memory",
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


def line(status):
    state = {"Status": status, "ExitCode": 1, "OOMKilled": False, "Error": "", "StartedAt": "now"}
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
    assert answers[27] == "its container is exited (exit code 1)"


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
