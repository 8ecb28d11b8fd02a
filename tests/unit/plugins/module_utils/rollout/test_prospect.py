# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a roll-out would do, and how many questions it takes to find out."""

from __future__ import annotations

import json

import pytest
from containers import MODEL_FILE, container

from ansible_collections.sahool.platform.plugins.module_utils._health.docker_cli import DockerCli
from ansible_collections.sahool.platform.plugins.module_utils._rollout import prospect
from ansible_collections.sahool.platform.plugins.module_utils._rollout.digest import labelled
from ansible_collections.sahool.platform.plugins.module_utils._rollout.model import Model

TEXT = json.dumps(labelled({"name": "p", "services": {"svc": {"image": "image:1"}}}))
MODEL = Model.parse(MODEL_FILE, TEXT)
SAME = MODEL.services["svc"].digest


@pytest.fixture
def look(monkeypatch):
    """Look ahead where these containers are; what the engine was asked besides is kept."""
    asked = []

    def run_command(arguments, data=None, **options):
        asked.append(" ".join(arguments[5:]))
        return (0, '"image-1"\n', "") if look.image else (1, "", "Error: No such image: image:1")

    def look(*present, model=MODEL, image=True):
        asked.clear()
        look.image = image
        monkeypatch.setattr(prospect, "observe", lambda docker, project: list(present))
        return prospect.look_ahead(DockerCli(run_command, "sh"), "p", model, ["svc"], ())

    look.asked = asked
    return look


def test_a_look_costs_one_question_about_images_and_none_to_compose(look):
    found = look(container(model=SAME))
    assert found.steps["svc"].action == "none"
    assert look.asked == ["image inspect --format {{json .Id}} image:1"]


def test_a_container_of_another_model_is_explained(look):
    step = look(container(model="another", image_name="image:0")).steps["svc"]
    assert (step.action, step.causes) == ("recreate", ("model", "image"))
    assert [change.field for change in step.changes] == ["model", "image"]


def test_what_is_left_alone_or_only_started_needs_no_explanation(look):
    for present in ([], [container("exited", model=SAME)], [container(model=SAME)]):
        assert look(*present).steps["svc"].changes == ()


def test_without_a_model_whatever_is_there_differs(look):
    step = look(container(), model=None).steps["svc"]
    assert (step.action, step.causes, step.changes) == ("recreate", ("model",), ())
    assert look(model=None).steps["svc"].action == "create"


@pytest.mark.parametrize(
    ("present", "missing"),
    [
        ([], True),
        ([container(model="another")], True),
        ([container("dead", model=SAME)], True),
        ([container(model=SAME)], False),
        ([container("exited", model=SAME)], False),
    ],
)
def test_an_image_is_missed_only_where_a_container_is_made(look, present, missing):
    assert look(*present, image=False).missing_images == ({"image:1": ["svc"]} if missing else {})


def test_what_would_be_created_is_all_that_a_creation_does(look):
    only = prospect.only_creations(look(container(model="another")))
    assert (only.steps["svc"].action, only.steps["svc"].causes) == ("none", ())
    assert prospect.only_creations(look()).steps["svc"].action == "create"
