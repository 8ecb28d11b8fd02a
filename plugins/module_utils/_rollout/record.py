# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module returns about every service."""

from __future__ import annotations

import typing as t

from .._health.wait import Outcome
from .action import NONE, Step
from .container import Container
from .model import Model

NOT_REACHED = "not_reached"  # the roll-out stopped before its wave
UNKNOWN = "unknown"  # check mode does not ask what it would touch


def record(step: Step, container: Container | None, outcome: Outcome | None, state: str) -> dict[str, t.Any]:
    """One service; ``state`` stands where no probe has been made."""
    return {
        "action": step.action,
        "causes": list(step.causes),
        "ready": outcome.ready if outcome else False,
        "state": outcome.state if outcome else state,
        "attempts": outcome.attempts if outcome else 0,
        "seconds": outcome.seconds if outcome else 0.0,
        "last_error": outcome.last_error if outcome else None,
        "identity": outcome.identity if outcome else None,
        "container": container.name if container else None,
        "container_state": container.in_words if container else None,
    }


# What the role images labels the images with that it builds; a container inherits them.
_OF_EMBEDDED_IMAGES = ("sahool.platform.base", "sahool.platform.context", "sahool.platform.embedded")


def difference(steps: t.Iterable[Step], orphans: t.Sequence[Container], model: Model | None) -> dict[str, t.Any]:
    """The difference for ``--diff``: only what a step touches, and of its labels only those that differ.

    The labels hold digests of what a service reads, secrets included; so they tell that something changed, not what.
    """
    before: dict[str, t.Any] = {}
    after: dict[str, t.Any] = {}
    for step in steps:
        if step.action == NONE:
            continue
        old = _labels(step.before.labels) if step.before else {}
        new = dict(model.services[step.service].labels) if model else {}
        changed = sorted(key for key in {*old, *new} if old.get(key) != new.get(key)) if model else []
        before[step.service] = {
            "container": step.before.in_words if step.before else "absent",
            "labels": {key: old[key] for key in changed if key in old},
        }
        after[step.service] = {
            "action": step.action,
            "causes": list(step.causes),
            "labels": {key: new[key] for key in changed if key in new},
        }
    for orphan in orphans:
        before[orphan.service] = {"container": orphan.in_words, "labels": {}}
        after[orphan.service] = {"action": "remove", "causes": ["orphan"], "labels": {}}
    return {"before": before, "after": after}


def _labels(labels: t.Mapping[str, str]) -> dict[str, str]:
    """A container's own labels: not Compose's, and not those that come with the image, as far as the names tell."""
    foreign = ("com.docker.", "org.opencontainers.", "org.label-schema.", *_OF_EMBEDDED_IMAGES)
    return {key: value for key, value in labels.items() if not key.startswith(foreign)}
