# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decision, as one table: what is there, what is wanted, what is done."""

from __future__ import annotations

import itertools

from containers import container

from ansible_collections.sahool.platform.plugins.module_utils._rollout.action import Step, Wanted, decide, done

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
WANTED = {
    "same": ("hash-1", "image-1"),
    "config": ("hash-2", "image-1"),
    "image": ("hash-1", "image-2"),
    "both": ("hash-2", "image-2"),
    "no image": ("hash-1", None),
    "no model": (None, None),
}

GOLDEN = """\
            | service                                  | one-shot
absent      | create (absent)                          | create (absent)
running     | none                                     | none
  config    | recreate (configuration)                 | rerun (configuration)
  image     | recreate (image)                         | rerun (image)
  both      | recreate (configuration, image)          | rerun (configuration, image)
  no image  | none                                     | none
  no model  | recreate (model)                         | rerun (model)
created     | start (created)                          | rerun (created)
  config    | recreate (configuration)                 | rerun (configuration)
  image     | recreate (image)                         | rerun (image)
  both      | recreate (configuration, image)          | rerun (configuration, image)
  no image  | start (created)                          | rerun (created)
  no model  | recreate (model)                         | rerun (model)
paused      | start (paused)                           | start (paused)
  config    | recreate (configuration)                 | rerun (configuration)
  image     | recreate (image)                         | rerun (image)
  both      | recreate (configuration, image)          | rerun (configuration, image)
  no image  | start (paused)                           | start (paused)
  no model  | recreate (model)                         | rerun (model)
restarting  | start (restarting)                       | none
  config    | recreate (configuration)                 | rerun (configuration)
  image     | recreate (image)                         | rerun (image)
  both      | recreate (configuration, image)          | rerun (configuration, image)
  no image  | start (restarting)                       | none
  no model  | recreate (model)                         | rerun (model)
exited 0    | start (exited)                           | none
  config    | recreate (configuration)                 | rerun (configuration)
  image     | recreate (image)                         | rerun (image)
  both      | recreate (configuration, image)          | rerun (configuration, image)
  no image  | start (exited)                           | none
  no model  | recreate (model)                         | rerun (model)
exited 3    | start (exited)                           | rerun (exit code 3)
  config    | recreate (configuration)                 | rerun (configuration)
  image     | recreate (image)                         | rerun (image)
  both      | recreate (configuration, image)          | rerun (configuration, image)
  no image  | start (exited)                           | rerun (exit code 3)
  no model  | recreate (model)                         | rerun (model)
removing    | recreate (removing)                      | recreate (removing)
  config    | recreate (removing, configuration)       | recreate (removing, configuration)
  image     | recreate (removing, image)               | recreate (removing, image)
  both      | recreate (removing, configuration, image) | recreate (removing, configuration, image)
  no image  | recreate (removing)                      | recreate (removing)
  no model  | recreate (removing, model)               | recreate (removing, model)
dead        | recreate (dead)                          | recreate (dead)
  config    | recreate (dead, configuration)           | recreate (dead, configuration)
  image     | recreate (dead, image)                   | recreate (dead, image)
  both      | recreate (dead, configuration, image)    | recreate (dead, configuration, image)
  no image  | recreate (dead)                          | recreate (dead)
  no model  | recreate (dead, model)                   | recreate (dead, model)
two         | recreate (replicas)                      | recreate (replicas)
"""


def decided(config_hash, image_id, containers):
    steps = [decide(Wanted("svc", config_hash, image_id, one_shot), containers) for one_shot in (False, True)]
    return [str(step).partition(": ")[2] for step in steps]


def line(title, texts):
    return f"{title:<11} | {texts[0]:<40} | {texts[1]}".rstrip() + "\n"


def test_the_table():
    text = line("", ["service", "one-shot"]) + line("absent", decided("hash-1", "image-1", []))
    for (state, present), (wanted, (config_hash, image_id)) in itertools.product(STATES.items(), WANTED.items()):
        title = state if wanted == "same" else "  " + wanted
        text += line(title, decided(config_hash, image_id, [present]))
    text += line("two", decided("hash-1", "image-1", [container(), container(id="c2")]))
    assert text == GOLDEN


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
