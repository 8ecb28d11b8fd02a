# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator reads while phases run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .course import DONE, Stage

EVERY = 10  # seconds between two plain lines of a phase in which nothing happens


def live_text(stages: Iterable[Stage], clock: float, width: int) -> str:
    """Return the one line for all phases that run; empty when none does.

    :param width: columns that it may take.
    """
    phases: dict[str, list[Stage]] = {}
    for stage in stages:
        phases.setdefault(stage.phase, []).append(stage)
    text = "; ".join(_phase(phase, found, clock) for phase, found in phases.items())
    return text if len(text) <= width else f"{text[: max(0, width - 3)]}..."


def _phase(phase: str, stages: list[Stage], clock: float) -> str:
    total = sum(stage.total for stage in stages)
    where = "" if len(stages) == 1 else f" on {len(stages)} hosts"
    seconds = max(clock - stage.began for stage in stages)
    count = f"{sum(stage.ready for stage in stages)} of {total} ready{where}, " if total else ""
    names = [name if len(stages) == 1 else f"{name} ({stage.host})" for stage in stages for name in stage.waiting]
    return f"{phase}: {count}{int(seconds)} s{_waiting(names)}"


def _waiting(names: list[str]) -> str:
    return f", waiting for {', '.join(names)}" if names else ""


def plain_text(stage: Stage, event: dict[str, Any], clock: float) -> str | None:
    """Return the line for an event that is worth one, else None."""
    kind = event["event"]
    where = f"{stage.phase} on {stage.host}"
    if kind == "begin":
        return f"{where}: {stage.total} service{'' if stage.total == 1 else 's'} to make ready"
    if kind == "wave" and stage.waves > 1:
        return f"{where}: wave {stage.wave} of {stage.waves}, {_count(stage, clock)}{_waiting(stage.waiting)}"
    if kind == "crash":
        return crash_text(stage, event)
    if kind == DONE:
        return f"{where}: {_count(stage, clock)}{', failed' if event['failed'] else ''}"
    return None


def crash_text(stage: Stage, event: dict[str, Any]) -> str:
    """Return the line for a service that has crashed."""
    return f"{stage.phase} on {stage.host}: {event['service']}: {event['what']}"


def waiting_text(stage: Stage, clock: float) -> str:
    """Return the line for a phase in which nothing has happened for a while."""
    return f"{stage.phase} on {stage.host}: {_count(stage, clock)}{_waiting(stage.waiting)}"


def _count(stage: Stage, clock: float) -> str:
    ready = f"{stage.ready} of {stage.total} ready after" if stage.total else "after"
    return f"{ready} {clock - stage.began:.1f} s"
