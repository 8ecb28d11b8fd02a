# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decision, as one table: what is there, what is wanted, what is done."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from containers import MODEL_FILE, container

from ansible_collections.sahool.platform.plugins.module_utils._rollout.action import (
    Step,
    Wanted,
    decide,
    done,
    of_this_platform,
    starts_as_it_is,
)

STATES = {
    "running": container("running"),
    "created": container("created"),
    "paused": container("paused"),
    "restarting": container("restarting", exit_code=1),
    "exited 0": container("exited"),
    "exited 3": container("exited", exit_code=3),
    "removing": container("removing"),
    "dead": container("dead"),
}
OVERRIDE = ("/opt/p/files/0123456789abcdef/compose.yaml", "/root/override.yaml")
# What the model says, which id its image has, and what the container was made from.
CASES = {
    "same": ("model-1", "image-1", (MODEL_FILE,)),
    "model": ("model-2", "image-1", (MODEL_FILE,)),
    "image": ("model-1", "image-2", (MODEL_FILE,)),
    "both": ("model-2", "image-2", (MODEL_FILE,)),
    "override": ("model-1", "image-1", OVERRIDE),
    "all": ("model-2", "image-2", OVERRIDE),
    "no image": ("model-1", None, (MODEL_FILE,)),
    "no model": (None, None, (MODEL_FILE,)),
}

GOLDEN = """\
            | service                                   | one-shot
absent      | create (absent)                           | create (absent)
running     | none                                      | none
  model     | recreate (model)                          | rerun (model)
  image     | recreate (image)                          | rerun (image)
  both      | recreate (model, image)                   | rerun (model, image)
  override  | recreate (project)                        | rerun (project)
  all       | recreate (project, model, image)          | rerun (project, model, image)
  no image  | none                                      | none
  no model  | recreate (model)                          | rerun (model)
created     | start (created)                           | rerun (created)
  model     | recreate (model)                          | rerun (model)
  image     | recreate (image)                          | rerun (image)
  both      | recreate (model, image)                   | rerun (model, image)
  override  | recreate (project)                        | rerun (project)
  all       | recreate (project, model, image)          | rerun (project, model, image)
  no image  | start (created)                           | rerun (created)
  no model  | recreate (model)                          | rerun (model)
paused      | start (paused)                            | start (paused)
  model     | recreate (model)                          | rerun (model)
  image     | recreate (image)                          | rerun (image)
  both      | recreate (model, image)                   | rerun (model, image)
  override  | recreate (project)                        | rerun (project)
  all       | recreate (project, model, image)          | rerun (project, model, image)
  no image  | start (paused)                            | start (paused)
  no model  | recreate (model)                          | rerun (model)
restarting  | start (restarting)                        | none
  model     | recreate (model)                          | rerun (model)
  image     | recreate (image)                          | rerun (image)
  both      | recreate (model, image)                   | rerun (model, image)
  override  | recreate (project)                        | rerun (project)
  all       | recreate (project, model, image)          | rerun (project, model, image)
  no image  | start (restarting)                        | none
  no model  | recreate (model)                          | rerun (model)
exited 0    | start (exited)                            | none
  model     | recreate (model)                          | rerun (model)
  image     | recreate (image)                          | rerun (image)
  both      | recreate (model, image)                   | rerun (model, image)
  override  | recreate (project)                        | rerun (project)
  all       | recreate (project, model, image)          | rerun (project, model, image)
  no image  | start (exited)                            | none
  no model  | recreate (model)                          | rerun (model)
exited 3    | start (exited)                            | rerun (exit code 3)
  model     | recreate (model)                          | rerun (model)
  image     | recreate (image)                          | rerun (image)
  both      | recreate (model, image)                   | rerun (model, image)
  override  | recreate (project)                        | rerun (project)
  all       | recreate (project, model, image)          | rerun (project, model, image)
  no image  | start (exited)                            | rerun (exit code 3)
  no model  | recreate (model)                          | rerun (model)
removing    | recreate (removing)                       | recreate (removing)
  model     | recreate (removing, model)                | recreate (removing, model)
  image     | recreate (removing, image)                | recreate (removing, image)
  both      | recreate (removing, model, image)         | recreate (removing, model, image)
  override  | recreate (removing, project)              | recreate (removing, project)
  all       | recreate (removing, project, model, image) | recreate (removing, project, model, image)
  no image  | recreate (removing)                       | recreate (removing)
  no model  | recreate (removing, model)                | recreate (removing, model)
dead        | recreate (dead)                           | recreate (dead)
  model     | recreate (dead, model)                    | recreate (dead, model)
  image     | recreate (dead, image)                    | recreate (dead, image)
  both      | recreate (dead, model, image)             | recreate (dead, model, image)
  override  | recreate (dead, project)                  | recreate (dead, project)
  all       | recreate (dead, project, model, image)    | recreate (dead, project, model, image)
  no image  | recreate (dead)                           | recreate (dead)
  no model  | recreate (dead, model)                    | recreate (dead, model)
two         | recreate (replicas)                       | recreate (replicas)
"""


def decided(model, image_id, containers):
    steps = [decide(Wanted("svc", model, image_id, one_shot, MODEL_FILE), containers) for one_shot in (False, True)]
    return [str(step).partition(": ")[2] for step in steps]


def line(title, texts):
    return f"{title:<11} | {texts[0]:<41} | {texts[1]}".rstrip() + "\n"


def table():
    text = line("", ["service", "one-shot"]) + line("absent", decided("model-1", "image-1", []))
    for (state, present), (case, (model, image_id, made_from)) in itertools.product(STATES.items(), CASES.items()):
        title = state if case == "same" else "  " + case
        text += line(title, decided(model, image_id, [replace(present, config_files=made_from)]))
    return text + line("two", decided("model-1", "image-1", [container(), container(id="c2")]))


def test_the_table():
    assert table() == GOLDEN


@pytest.mark.parametrize(
    ("made_from", "ours"),
    [
        (["/opt/p/files/0123456789abcdef/compose.yaml"], True),
        (["/opt/p/files/another/compose.yaml"], True),
        (["/opt/p/releases/20261123T142100Z-01234567/compose.yaml"], True),
        (["/opt/p/current/compose.yaml"], True),  # as an operator names it
        (["/opt/p/previous/compose.yaml"], True),
        ([], False),
        (["-"], False),
        (["/opt/p/files/0123456789abcdef/override.yaml"], False),
        (["/opt/p/compose.yaml"], False),
        (["/opt/p/files/a/b/compose.yaml"], False),
        (["/root/sahool/compose.yaml"], False),
        (["/opt/p/files/another/compose.yaml", "/opt/p/files/another/compose.yaml"], False),
    ],
)
def test_what_made_a_container_is_told_by_its_compose_files(made_from, ours):
    assert of_this_platform(made_from, MODEL_FILE) is ours


def test_only_the_right_container_is_started_as_it_is():
    steps = [
        decide(Wanted("svc", model, image_id, one_shot, MODEL_FILE), [replace(present, config_files=made_from)])
        for present in STATES.values()
        for model, image_id, made_from in CASES.values()
        for one_shot in (False, True)
    ]
    assert any(starts_as_it_is(step) for step in steps)
    for step in steps:
        right = not step.differs and step.action in ("start", "rerun")
        assert starts_as_it_is(step) is right
        assert step.differs is bool({"model", "image", "project"} & set(step.causes))


def step(action, before=None, causes=("x",)):
    return Step("svc", action, causes, before)


def test_what_compose_did_counts_and_not_what_was_planned():
    before = container()
    again = container(started_at="2026-01-02T00:00:00Z")
    other = container(id="c2")
    assert done(step("recreate", before), other).action == "recreate"
    assert done(step("recreate", before), before).action == "none"
    assert done(step("none", before, ()), before).action == "none"
    assert done(step("none", before, ()), other) == step("recreate", before, ("compose",))
    assert done(step("none", before, ()), again) == step("start", before, ("compose",))
    assert done(step("none", None, ()), other) == step("create", None, ("compose",))
    assert done(step("start", container("exited")), again).action == "start"
    assert done(step("start", container("paused")), container("running")).action == "start"
    assert done(step("start", container("exited")), container("exited")).action == "none"
