# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be done to a service, and why: a pure function of what is wanted and what is there."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .container import Container

NONE = "none"
CREATE = "create"  # there is no container
RECREATE = "recreate"  # there is one, made from something else
START = "start"  # there is the right one, but it does not run
RERUN = "rerun"  # a one-shot that must do its work again


@dataclass(frozen=True)
class Wanted:
    """A service as the model wants it.

    :param config_hash: Compose's digest; None when it cannot be told, so that a container that exists differs.
    :param image_id: None when the host does not have the image.
    """

    name: str
    config_hash: str | None
    image_id: str | None
    one_shot: bool = False


@dataclass(frozen=True)
class Step:
    """What is to be done to one service."""

    service: str
    action: str
    causes: tuple[str, ...] = ()
    before: Container | None = None

    def __str__(self) -> str:
        return "%s: %s%s" % (self.service, self.action, " (%s)" % ", ".join(self.causes) if self.causes else "")


def starts_as_it_is(step: Step) -> bool:
    """Whether the engine can start the container of a step without Compose, because nothing about it differs."""
    before = step.before
    if before is None or step.action not in (START, RERUN) or step.causes != (before.status,):
        return False
    return before.status in ("created", "exited")


def decide(wanted: Wanted, containers: t.Sequence[Container]) -> Step:
    """What a service needs, given the containers that Compose has made for it."""
    if not containers:
        return Step(wanted.name, CREATE, ("absent",))
    before = containers[0]
    differences = _differences(wanted, before)
    if len(containers) > 1:
        return Step(wanted.name, RECREATE, ("replicas", *differences), before)
    if before.status in ("dead", "removing"):
        return Step(wanted.name, RECREATE, (before.status, *differences), before)
    if differences:
        return Step(wanted.name, RERUN if wanted.one_shot else RECREATE, differences, before)
    if before.status == "running":
        return Step(wanted.name, NONE, (), before)
    if before.status == "paused":
        return Step(wanted.name, START, ("paused",), before)
    if not wanted.one_shot:
        return Step(wanted.name, START, (before.status,), before)
    if before.status == "exited":
        if before.exit_code == 0:
            return Step(wanted.name, NONE, (), before)
        return Step(wanted.name, RERUN, ("exit code %d" % before.exit_code,), before)
    if before.status == "restarting":  # it failed, and its own restart policy has it run again
        return Step(wanted.name, NONE, (), before)
    return Step(wanted.name, RERUN, (before.status,), before)


def _differences(wanted: Wanted, before: Container) -> tuple[str, ...]:
    if wanted.config_hash is None:
        return ("model",)
    differences = []
    if before.config_hash != wanted.config_hash:
        differences.append("configuration")
    if wanted.image_id is not None and before.image != wanted.image_id:
        differences.append("image")
    return tuple(differences)


def done(step: Step, after: Container | None) -> Step:
    """The step as it really went, from the container that is there afterwards."""
    before = step.before
    if before is None or after is None or after.id != before.id:
        if step.action == NONE and after is not None:
            return Step(step.service, RECREATE if before else CREATE, ("compose",), before)
        return step
    if after.started_at != before.started_at:
        return step if step.action != NONE else Step(step.service, START, ("compose",), before)
    if before.status == after.status:
        return Step(step.service, NONE, (), before)  # named, but Compose found nothing to do
    return step
