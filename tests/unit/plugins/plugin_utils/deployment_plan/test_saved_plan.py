# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A saved plan may be carried out as long as nothing has moved, and no longer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from found_hosts import IMAGES, container, deployment, image, plan, seen, survey

from ansible_collections.sahool.platform.plugins.filter.plan_movements import plan_movements

OBSERVED = {name: container(name) for name in IMAGES}
ORPHAN = {"service": "ndvi-processor", "container": "sahool-ndvi-processor-1", "state": "running"}


def made(plan_changes: dict[str, Any] | None = None, survey_changes: dict[str, Any] | None = None, **found: Any) -> Any:
    """Return a plan of one host with all containers, of which redis is to be started."""
    surveyed = {"redis": seen("start", "exited"), "observed": OBSERVED, **(survey_changes or {})}
    host = {"plan": plan(**(plan_changes or {})), "survey": survey(**surveyed), "release": "one", **found}
    options = {key: host.pop(key) for key in ("generated", "ahead", "project") if key in host}
    return deployment({"localhost": host}, **options)


def saved(plan_made: Any) -> Any:
    """Return a plan as it comes out of a file."""
    return json.loads(json.dumps(plan_made))


def without(name: str) -> dict[str, Any]:
    return {one: seen for one, seen in OBSERVED.items() if one != name}


def test_what_was_saved_and_has_not_moved_may_be_carried_out():
    assert plan_movements(made(ahead=False), saved=saved(made())) == []
    assert made()["digest"] == made(ahead=False)["digest"]
    assert made()["observed_digest"] == made(ahead=False)["observed_digest"]


MOVED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "another release": ({"release": "two"}, ["runs release two, ran release one when the plan was made"]),
    "a container that is gone": (
        {"survey_changes": {"observed": without("kong"), "kong": seen("create", "absent")}},
        ["kong: has no container any more, had one (running)"],
    ),
    "a container that was replaced": (
        {"survey_changes": {"observed": {**OBSERVED, "kong": container("kong", id="ffffffffffff")}}},
        ["kong: its container was c2c2c2c2c2c2, is ffffffffffff"],
    ),
    "a container that runs another image": (
        {"survey_changes": {"observed": {**OBSERVED, "kong": container("kong", image="ffffffffffff")}}},
        ["kong: its container's image was 121212121212, is ffffffffffff"],
    ),
    "a container of another model": (
        {"survey_changes": {"observed": {**OBSERVED, "kong": container("kong", model=None)}}},
        ["kong: its container's model was m2m2m2m2m2m2, is None"],
    ),
    "a container that stopped": (
        {"survey_changes": {"observed": {**OBSERVED, "kong": container("kong", status="exited")}}},
        ["kong: was running, is exited"],
    ),
    "another configuration wanted": (
        {"plan_changes": {"kong": "f" * 32}},
        ["kong: its configuration is not the plan's (model kongxxxxxxxx, wanted ffffffffffff)"],
    ),
    "another image wanted": (
        {"plan_changes": {"images": {"kong": image("kong", reference="kong:3.4.3")}, "kong": "f" * 32}},
        ["kong: the plan has image kong:3.4.2, wanted is kong:3.4.3"],
    ),
    "another image behind the name": (
        {"plan_changes": {"images": {"kong": image("kong", id="sha256:ffffffffffffffff")}}},
        ["kong: kong:3.4.2 was image 2a1b2c3d4e5f on this host, is ffffffffffff"],
    ),
    "another action": (
        {"survey_changes": {"kong": seen("rerun", "exit code 1")}},
        ["kong: the plan says none, now it would be rerun"],
    ),
    "a container that is left over": (
        {"survey_changes": {"orphans": [ORPHAN]}},
        ["ndvi-processor (sahool-ndvi-processor-1): is to be removed as left over now, which the plan does not say"],
    ),
    "a container that is to be taken over": (
        {"taken_over": [{"service": "kong", "container": "stock-kong", "action": "stop"}]},
        ["kong (stock-kong): is to be taken over now, which the plan does not say"],
    ),
    "another project": ({"project": "other"}, ["the plan is for project 'sahool', this run for 'other'"]),
}


@pytest.mark.parametrize("name", MOVED)
def test_whatever_has_moved_is_told_and_told_once(name):
    changes, expected = MOVED[name]
    now = made(**changes)
    texts = [text.removeprefix("localhost: ") for text in plan_movements(now, saved=saved(made()))]
    assert texts == expected
    # And the other way round, it has moved as well.
    assert len(plan_movements(made(), saved=saved(now))) == 1


@pytest.mark.parametrize("name", [name for name in MOVED if name != "another project"])
def test_what_has_moved_makes_another_digest(name):
    before, after = made(), made(**MOVED[name][0])
    assert (before["digest"], before["observed_digest"]) != (after["digest"], after["observed_digest"])


def test_a_service_that_is_no_longer_ready_has_not_moved():
    now = made(survey_changes={"kong": seen("none", ready=False, state="not_ready")})
    assert plan_movements(now, saved=saved(made())) == []
    assert now["digest"] == made()["digest"]


def test_an_image_that_was_to_be_pulled_has_not_moved_by_being_pulled():
    unknown = {"kong": image("kong", id="unknown", digest="unknown")}
    before = made(plan_changes={"images": unknown})
    assert plan_movements(made(), saved=saved(before)) == []
    other = made(plan_changes={"kong": "f" * 32})
    assert len(plan_movements(other, saved=saved(before))) == 1


def test_models_that_secrets_are_to_key_have_not_moved_by_becoming_known():
    before = made(generated=["SAHOOL_DIGEST_KEY"])
    assert plan_movements(made(plan_changes={"kong": "f" * 32}), saved=saved(before)) == []
    # But the image is known, whatever the secrets will be.
    now = made(plan_changes={"images": {"kong": image("kong", reference="kong:3.4.3")}})
    assert len(plan_movements(now, saved=saved(before))) == 1


def test_a_model_whose_certificate_is_to_be_issued_has_not_moved_by_becoming_known():
    before = made(pending=["kong"])
    assert plan_movements(made(plan_changes={"kong": "f" * 32}), saved=saved(before)) == []
    assert len(plan_movements(made(plan_changes={"redis": "f" * 32}), saved=saved(before))) == 1


def test_hosts_that_came_or_went_are_named():
    one = {"plan": plan(), "survey": survey()}
    before, now = deployment({"a": one, "b": one}), deployment({"a": one, "c": one})
    assert plan_movements(now, saved=saved(before)) == [
        "b: is in the plan and not in this run",
        "c: is in this run and not in the plan",
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({}, "it is not a saved plan"),
        ([1], "it is not a saved plan"),
        ("text", "it is not a saved plan"),
        ({"format": 99}, "it has format 99, expected 1"),
        ({"format": 1, "project": "sahool"}, "it lacks environment, hosts, digest"),
    ],
)
def test_what_is_no_plan_is_refused(content, says):
    with pytest.raises(AnsibleFilterError, match=says):
        plan_movements(made(), saved=content)
