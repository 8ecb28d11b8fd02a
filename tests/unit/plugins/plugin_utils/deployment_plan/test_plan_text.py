# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text that an operator approves."""

from __future__ import annotations

import json

import pytest
from found_hosts import deployment, plan, seen, survey
from golden_plans import GOLDEN, PLANS
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.sahool.platform.plugins.filter.plan_text import plan_text
from ansible_collections.sahool.platform.plugins.plugin_utils._deployment_plan.changes import change_lines


@pytest.mark.parametrize("name", PLANS)
def test_the_text_is_as_it_was_frozen(name):
    assert PLANS[name]() + "\n" == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_every_frozen_text_has_its_plan():
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(PLANS)


def of_redis(**change: object) -> dict:
    redis = seen(
        "recreate", "environment", changes=[{"field": "environment.A", "before": None, "after": "1", **change}]
    )
    return deployment({"localhost": {"plan": plan(), "survey": survey(redis=redis)}})


def test_a_value_cannot_move_the_cursor():
    text = plan_text(of_redis(after="a\x1b[2Jb\rc"))
    assert "a\\x1b[2Jb\\rc" in text


def test_an_empty_text_and_one_with_blanks_at_its_ends_can_be_told_apart():
    assert change_lines({"field": "f", "before": "", "after": " x"}, 1) == ['~ f  "" -> " x"']


def test_no_password_of_a_gate_or_file_comes_out():
    made = of_redis()
    assert "neverShowThis" not in json.dumps(made) + plan_text(made)


def test_several_missing_secrets_are_counted_and_few_are_named():
    few = plan_text(deployment(generated=["A", "B"]))
    many = plan_text(deployment(generated=[f"NAME{number}" for number in range(20)]))
    assert "generate 2 secrets: A, B" in few
    assert "generate 20 secrets\n" in many
    assert "Nothing to do" not in few


def test_a_release_that_is_only_to_be_recorded_is_something_to_do():
    text = plan_text(deployment({"localhost": {"plan": plan(), "survey": survey(), "recorded": True}}))
    assert "record the release" in text
    assert "Nothing to do" not in text


values = st.one_of(
    st.none(), st.text(), st.integers(), st.lists(st.text(max_size=3)), st.dictionaries(st.text(), st.text())
)


@given(values, values, st.lists(st.text(), max_size=3))
def test_every_line_of_a_text_can_be_printed(before, after, diff):
    for line in plan_text(of_redis(before=before, after=after, diff=diff)).split("\n"):
        assert line.isprintable()
        assert line == line.rstrip()


def test_a_plan_that_was_held_to_a_saved_one_is_carried_out_as_that():
    text = plan_text(of_redis(), command="deploy", applied="/tmp/plan.json", tags=["data_tier"])
    assert "This is the plan in /tmp/plan.json: nothing has moved since it was saved." in text
    assert "only those that --tags data_tier chooses" in text
    assert text.endswith("\n  deploy -e sahool_plan_apply=/tmp/plan.json")
