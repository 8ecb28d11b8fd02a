# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kill a run of ansible-playbook at a moment of its course, which is told by what it has shown, not by the clock alone.

A busy machine is several times slower than an idle one. A moment is therefore the number of headlines (tasks and plays)
seen so far and the seconds since the last of them, out of the course of a run that nobody disturbed.
"""

from __future__ import annotations

import bisect
import os
import pathlib
import re
import signal
import subprocess
import time
from dataclasses import dataclass

from platform_run import Platform
from process_tree import Process, descendants

HEADLINE = re.compile(r"^(?:TASK|PLAY) \[.*", re.MULTILINE)
LOOK = 0.005


@dataclass(frozen=True)
class Moment:
    """When to kill: *after* seconds later than the headline of this *number*, the first being 1."""

    number: int
    after: float


@dataclass(frozen=True)
class Course:
    """When a run that went well showed its headlines, and when it ended; seconds from its start."""

    stamps: list[float]
    end: float

    def at(self, fraction: float) -> Moment:
        """Return the moment at which *fraction* (0 to 1) of the time had gone."""
        seconds = fraction * self.end
        number = bisect.bisect_right(self.stamps, seconds)
        return Moment(number, seconds - (self.stamps[number - 1] if number else 0.0))


@dataclass(frozen=True)
class Killed:
    """What was left of a run.

    :param doing: the last headline.
    :param orphans: what had been started by ansible-playbook and was still there when it was killed alone.
    """

    doing: str
    orphans: list[Process]


def undisturbed(platform: Platform, log: pathlib.Path) -> Course:
    """Deploy, and return the course of it."""
    stamps: list[float] = []
    process, began = _start(platform, log)
    while process.poll() is None:
        stamps += [time.monotonic() - began] * (len(_headlines(log)) - len(stamps))
        time.sleep(LOOK)
    assert process.returncode == 0, log.read_text()[-8000:]
    return Course(stamps, time.monotonic() - began)


def killed(platform: Platform, log: pathlib.Path, moment: Moment, *, alone: bool) -> Killed:
    """Deploy, and kill it at *moment*: ansible-playbook *alone*, or all that it started as well.

    A run that has ended by then, being quicker than the one that gave the moment, was killed at its very end.
    """
    below: list[Process] = []
    process, _began = _start(platform, log)
    while len(_headlines(log)) < moment.number and process.poll() is None:
        time.sleep(LOOK)
    try:
        process.wait(timeout=moment.after)
    except subprocess.TimeoutExpired:
        below = descendants(process.pid)
        process.kill()
        if not alone:
            for one in below:
                if one.lives():
                    os.kill(one.pid, signal.SIGKILL)
    process.wait()
    headlines = _headlines(log)
    return Killed(headlines[-1] if headlines else "nothing shown", below if alone else [])


def _start(platform: Platform, log: pathlib.Path) -> tuple[subprocess.Popen[bytes], float]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            platform.command("deploy.yml"),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # What a killed module leaves unpacked goes with the test's folder.
            env={**platform.surroundings, "TMPDIR": str(log.parent)},
        )
    return process, time.monotonic()


def _headlines(log: pathlib.Path) -> list[str]:
    return HEADLINE.findall(log.read_text(errors="replace"))
