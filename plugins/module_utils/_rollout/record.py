# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module returns about every service."""

from __future__ import annotations

import typing as t

from .._health.wait import Outcome
from .action import NONE, Step
from .change import short
from .container import Container

NOT_REACHED = "not_reached"  # the roll-out stopped before its wave
UNKNOWN = "unknown"  # check mode does not ask what it would touch


def record(step: Step, container: Container | None, outcome: Outcome | None, state: str) -> dict[str, t.Any]:
    """One service; ``state`` stands where no probe has been made."""
    return {
        "action": step.action,
        "causes": list(step.causes),
        "changes": [change.as_result() for change in step.changes] if step.action != NONE else [],
        "ready": outcome.ready if outcome else False,
        "state": outcome.state if outcome else state,
        "attempts": outcome.attempts if outcome else 0,
        "seconds": outcome.seconds if outcome else 0.0,
        "last_error": outcome.last_error if outcome else None,
        "identity": outcome.identity if outcome else None,
        "container": container.name if container else None,
        "container_state": container.in_words if container else None,
    }


def observed(containers: t.Iterable[Container], services: t.Iterable[str]) -> dict[str, dict[str, str]]:
    """What was there of each service before anything was done, for a plan that is only good while this does not move.

    A service without a container is left out; of several containers the first counts.
    """
    found: dict[str, dict[str, str]] = {}
    named = set(services)
    for container in containers:
        if container.service in named:
            found.setdefault(
                container.service,
                {
                    "id": short(container.id),
                    "image": short(container.image),
                    "status": container.status,
                    "model": short(container.model),
                },
            )
    return found


def difference(steps: t.Iterable[Step], orphans: t.Sequence[Container]) -> dict[str, t.Any]:
    """The difference for ``--diff``: only what a step touches, field by field."""
    before: dict[str, t.Any] = {}
    after: dict[str, t.Any] = {}
    for step in steps:
        if step.action == NONE:
            continue
        before[step.service] = {
            "container": step.before.in_words if step.before else "absent",
            **{change.field: change.before for change in step.changes},
        }
        after[step.service] = {
            "action": step.action,
            "causes": list(step.causes),
            **{change.field: [change.after, *change.diff] if change.diff else change.after for change in step.changes},
        }
    for orphan in orphans:
        before[orphan.service] = {"container": orphan.in_words}
        after[orphan.service] = {"action": "remove", "causes": ["orphan"]}
    return {"before": before, "after": after}
