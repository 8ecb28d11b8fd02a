# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a run goes on, put together from the events of all hosts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# What the action plugin says itself, around what it hears from the module. `clock` is the machine's monotonic clock,
# which all processes of the controller share.
PHASE = "phase"  # {phase, clock}
DONE = "done"  # {clock, **summary}


@dataclass
class Stage:
    """A phase on one host, as long as it lasts. ``began`` is on the monotonic clock."""

    host: str
    phase: str
    began: float
    total: int = 0
    ready: int = 0
    wave: int = 0
    waves: int = 0
    waiting: list[str] = field(default_factory=list)

    def take(self, event: dict[str, Any]) -> None:
        """Go on by an event of the module."""
        if event["event"] == "wave":
            self.wave, self.waves = event["number"], event["of"]
            self.waiting = list(event["services"])
        elif event["event"] != "crash":  # a container that crashed may be started again
            self.total = event["total"]
            self.ready = event.get("ready", self.ready)
            self.waiting = [name for name in self.waiting if name != event.get("service")]


class Course:
    """The stages that run, and the rows of the phases that have ended.

    :param began: begin of the run on the monotonic clock, which is where the first queue begins.
    """

    def __init__(self, began: float) -> None:
        self.running: dict[str, Stage] = {}
        self.rows: list[dict[str, Any]] = []
        self._began = began
        self._last: dict[str, tuple[dict[str, Any], float, float]] = {}  # row, begin and end, by host

    def take(self, event: dict[str, Any]) -> Stage | None:
        """Go on by one event and return the stage that it belongs to, also one that it ends.

        None is for an event of a host that is in no phase.
        """
        host = event["host"]
        if event["event"] == PHASE:
            self.running[host] = Stage(host, event["phase"], event["clock"])
        stage = self.running.get(host)
        if stage is None or event["event"] == PHASE:
            return stage
        if event["event"] == DONE:
            self._end(self.running.pop(host), event)
        else:
            stage.take(event)
        return stage

    def _end(self, stage: Stage, event: dict[str, Any]) -> None:
        row, began, ended = self._last.get(stage.host, ({}, self._began, self._began))
        # A tier may bring up its phase in two tasks, with its own set-up in between: to an operator it is one phase.
        if row.get("phase") != stage.phase:
            row = {"phase": stage.phase, "host": stage.host, "queue": round(stage.began - ended, 3)}
            began = stage.began
            self.rows.append(row)
        row["start"] = round(row.get("start", 0.0) + event["start"], 3)
        row["gate"] = round(row.get("gate", 0.0) + event["gate"], 3)
        row["total"] = round(event["clock"] - began, 3)
        row["slowest"] = _slower(row.get("slowest"), event["slowest"])
        row["services"] = [*row.get("services", []), *event["services"]]
        row["touched"] = [*row.get("touched", []), *event["touched"]]
        row["failed"] = event["failed"]
        self._last[stage.host] = (row, began, event["clock"])


def _slower(one: dict[str, Any] | None, other: dict[str, Any] | None) -> dict[str, Any] | None:
    found = [service for service in (one, other) if service]
    return max(found, key=lambda service: service["seconds"], default=None)
