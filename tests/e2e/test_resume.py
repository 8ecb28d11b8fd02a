# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A deployment is killed at any moment, and the next one brings about what an undisturbed one would have.

The moments are spread over the whole course: one in each equal part of it, at a place that the seed gives.
SAHOOL_RESUME_SEED chooses another seed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from killed_run import Course, killed, undisturbed
from platform_run import LOCAL_OVERRIDES, SMALL, Platform, all_but
from platform_state import differences, disagreements, state

SEED = int(os.environ.get("SAHOOL_RESUME_SEED", "3"))
MOMENTS = {"small": 10, "whole": 30}
UPGRADES = 10
# What an upgrade changes: a server with data, and by their environment nearly all applications.
NEW = {
    "sahool_settings": {"log_level": "DEBUG"},
    "sahool_service_overrides": {**LOCAL_OVERRIDES, "redis": {"resources": {"memory": "768M"}}},
}
OLD = {"sahool_settings": {}, "sahool_service_overrides": LOCAL_OVERRIDES}


@dataclass
class Reference:
    """A platform, and what a deployment from nothing that nobody disturbed made of it."""

    platform: Platform
    folder: Path
    course: Course
    state: dict[str, Any]


def pytest_generate_tests(metafunc):
    if "reference" in metafunc.fixturenames:
        cases = [
            pytest.param(size, number, id=f"{size}-{number}", marks=[pytest.mark.long] if size == "whole" else [])
            for size, count in MOMENTS.items()
            for number in range(1, count + 1)
        ]
        metafunc.parametrize(("reference", "number"), cases, indirect=["reference"], scope="module")


@pytest.fixture(scope="module")
def reference(request, tmp_path_factory):
    """Deploy from nothing once; removed at the end, whatever is left of it."""
    size = request.param
    folder = tmp_path_factory.mktemp("logs")
    platform = Platform(f"t-resume-{os.getpid()}", 16000, tmp_path_factory.mktemp("home"))
    if size == "small":
        platform.variables["sahool_services_exclude"] = all_but(*SMALL)
    try:
        course = undisturbed(platform, folder / "undisturbed.log")
        assert disagreements(platform) == []
        yield Reference(platform, folder, course, state(platform))
    finally:
        platform.wipe()


def fraction(number: int, count: int) -> float:
    """Return how much of the course has gone at the moment of this number, out of so many."""
    place = random.Random(f"{SEED} {number}").random()  # noqa: S311 - a moment, not a secret
    return (number - 1 + place) / count


def journal(platform: Platform) -> list[dict[str, Any]]:
    """Return the entries of the journal; there is none before the first run has one."""
    path = platform.home / "state" / "journal.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_the_next_run_completes_what_a_killed_one_began(reference, number, request):
    platform = reference.platform
    platform.wipe()
    moment = reference.course.at(fraction(number, MOMENTS[request.node.callspec.params["reference"]]))
    kill_and_run_again(platform, reference.folder / f"{number}.log", moment, number, reference.state)


@pytest.fixture(scope="module")
def versions(tmp_path_factory):
    """Deploy, upgrade and go back once; removed at the end, whatever is left of it."""
    folder = tmp_path_factory.mktemp("logs")
    platform = Platform(f"t-upgrade-{os.getpid()}", 17500, tmp_path_factory.mktemp("home"))
    platform.variables["sahool_services_exclude"] = all_but(*SMALL)
    try:
        first = platform.play("deploy.yml")
        assert first.returncode == 0, first.output[-8000:]
        made = []
        for change in (NEW, OLD):
            platform.variables |= change
            course = undisturbed(platform, folder / f"undisturbed-{len(made)}.log")
            assert disagreements(platform) == []
            made.append((change, Reference(platform, folder, course, state(platform))))
        yield made
    finally:
        platform.wipe()


@pytest.mark.long
@pytest.mark.parametrize("number", range(1, UPGRADES + 1))
def test_the_next_run_completes_an_upgrade(versions, number):
    # To the new state and back again, each from where the last one ended.
    change, reference = versions[(number - 1) % 2]
    reference.platform.variables |= change
    moment = reference.course.at(fraction(number, UPGRADES))
    log = reference.folder / f"upgrade-{number}.log"
    kill_and_run_again(reference.platform, log, moment, (number - 1) // 2, reference.state)


def kill_and_run_again(platform, log, moment, number, expected):
    """Kill a deployment, run another one, and hold what it made and what it said to what is expected."""
    # The controller loses one process, or all of them.
    left = killed(platform, log, moment, alone=number % 2 == 1)
    owner = platform.home / "state" / "lock" / "owner.json"
    broken_off = json.loads(owner.read_text())["id"] if owner.exists() else None
    print(f"moment {number}: {moment.after:.2f} s after {left.doing}")
    earlier = len(journal(platform))

    again = platform.play("deploy.yml")
    assert again.returncode == 0, again.output[-8000:]
    assert differences(state(platform), expected) == []
    assert disagreements(platform) == []

    entries = journal(platform)
    assert entries[-1]["result"] in ("deployed", "unchanged")
    interrupted = [entry for entry in entries[earlier:] if entry["result"] == "interrupted"]
    if broken_off:
        assert broken_off in {entry["id"] for entry in entries}
    if interrupted:
        assert [entry["id"] for entry in interrupted] == [broken_off]
        assert entries[-1]["found"], "the journal does not say what the run after an interrupted one found"
        assert "It was taken over" in again.output
    wait_for_the_end_of(left.orphans)


def wait_for_the_end_of(orphans):
    """Fail when a process of the killed run stays for ever.

    One does, and is ended here: a worker of ansible-core whose result is larger than a pipe (64 KiB) waits in writing
    it. Nobody reads it any more, and no error comes, since the worker has the pipe's other end open itself. It holds
    nothing.
    """
    end = time.monotonic() + 10
    while remaining := [process for process in orphans if process.lives()]:
        for worker in remaining:
            if worker.name.startswith("ansible-playboo") and "pipe_write" in worker.waits_in():
                os.kill(worker.pid, signal.SIGKILL)
        assert time.monotonic() < end, f"still running from the killed run: {[process.name for process in remaining]}"
        time.sleep(0.05)
