# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be done to a service, and why: a pure function of what is wanted and what is there."""

from __future__ import annotations

import posixpath
import typing as t
from dataclasses import dataclass

from .change import IMAGE, MODEL, PROJECT, Change
from .container import Container

NONE = "none"
CREATE = "create"  # there is no container
RECREATE = "recreate"  # there is one, made from something else
START = "start"  # there is the right one, but it does not run
RERUN = "rerun"  # a one-shot that must do its work again


@dataclass(frozen=True)
class Wanted:
    """A service as the model wants it.

    :param model: digest of its entry; None when it cannot be told, so that a container that exists differs.
    :param image_id: None when the host does not have the image.
    :param path: of the model file; the others that a container may have been made from lie beside it.
    """

    name: str
    model: str | None
    image_id: str | None
    one_shot: bool = False
    path: str = ""


@dataclass(frozen=True)
class Step:
    """What is to be done to one service.

    :param differs: whether a container is there that was made from something else.
    :param changes: in what it differs.
    """

    service: str
    action: str
    causes: tuple[str, ...] = ()
    before: Container | None = None
    differs: bool = False
    changes: tuple[Change, ...] = ()

    def __str__(self) -> str:
        return "%s: %s%s" % (self.service, self.action, " (%s)" % ", ".join(self.causes) if self.causes else "")


def starts_as_it_is(step: Step) -> bool:
    """Whether the container of a step is the right one, so that the engine only has to start it."""
    return step.action == START or (step.action == RERUN and not step.differs)


def decide(wanted: Wanted, containers: t.Sequence[Container]) -> Step:
    """What a service needs, given the containers that Compose has made for it."""
    if not containers:
        return Step(wanted.name, CREATE, ("absent",))
    before = containers[0]
    differences = _differences(wanted, before)
    if len(containers) > 1:
        return Step(wanted.name, RECREATE, ("replicas", *differences), before, bool(differences))
    if before.status in ("dead", "removing"):
        return Step(wanted.name, RECREATE, (before.status, *differences), before, bool(differences))
    if differences:
        return Step(wanted.name, RERUN if wanted.one_shot else RECREATE, differences, before, True)
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
    if wanted.model is None:
        return (MODEL,)
    differences = []
    if not of_this_platform(before.config_files, wanted.path):
        differences.append(PROJECT)
    if before.model != wanted.model:
        differences.append(MODEL)
    if wanted.image_id is not None and before.image != wanted.image_id:
        differences.append(IMAGE)
    return tuple(differences)


def of_this_platform(config_files: t.Sequence[str], model: str) -> bool:
    """Whether a container was made from one model file of this platform, this one or another, and from no other file.

    A second file is somebody's override, of which the labels do not tell. The files lie in
    ``<home>/files/<digest>``, and once more in ``<home>/releases/<id>``, to which ``current`` and ``previous`` point.
    """
    if len(config_files) != 1:
        return False
    folder, name = posixpath.split(config_files[0])
    root = posixpath.dirname(posixpath.dirname(model))
    home = posixpath.dirname(root)
    return name == posixpath.basename(model) and (
        posixpath.dirname(folder) in (root, posixpath.join(home, "releases"))
        or folder in (posixpath.join(home, "current"), posixpath.join(home, "previous"))
    )


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
        return Step(step.service, NONE, (), before)  # what was to be done was not, or came to nothing
    return step
