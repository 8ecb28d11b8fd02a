# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who started whom, out of /proc."""

from __future__ import annotations

import pathlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    """A process; its number alone may belong to another one later.

    :param started: clock ticks from boot to its start.
    """

    pid: int
    parent: int
    started: int
    name: str
    state: str

    def lives(self) -> bool:
        """Return whether it is still there; one that only waits to be buried is not."""
        now = _process(self.pid)
        return now is not None and now.started == self.started and now.state != "Z"

    def waits_in(self) -> str:
        """Return the kernel function that it sleeps in, such as ``pipe_write``; empty when it runs or has ended."""
        try:
            return pathlib.Path(f"/proc/{self.pid}/wchan").read_text(encoding="utf-8")
        except (FileNotFoundError, ProcessLookupError):
            return ""


def children(pid: int) -> list[Process]:
    """Return the processes that *pid* started and that are still its own."""
    return [process for process in _all() if process.parent == pid]


def descendants(pid: int) -> list[Process]:
    """Return all processes below *pid*, parents before their children."""
    everybody = _all()
    found: list[Process] = []
    parents = [pid]
    while parents:
        parent = parents.pop(0)
        below = [process for process in everybody if process.parent == parent]
        found += below
        parents += [process.pid for process in below]
    return found


def _all() -> list[Process]:
    numbers = [int(entry.name) for entry in pathlib.Path("/proc").iterdir() if entry.name.isdigit()]
    return [process for process in map(_process, numbers) if process]


def _process(pid: int) -> Process | None:
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name stands in parentheses, and may hold blanks and parentheses itself.
    name, _parenthesis, rest = text.partition("(")[2].rpartition(")")
    fields = rest.split()
    return Process(pid, int(fields[1]), int(fields[19]), name, fields[0])
