# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order services start."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.sahool.platform.plugins.plugin_utils._plan.order import (
    all_needed,
    soft_dependencies,
    waves,
)


def entry(phase, *dependencies):
    return {"phase": phase, "dependencies": list(dependencies)}


def test_a_parallel_phase_starts_at_once_what_does_not_depend_on_each_other():
    services = {"a": entry(3), "b": entry(3, "a"), "c": entry(3)}
    assert waves(["a", "b", "c"], services) == [["a", "c"], ["b"]]


@pytest.mark.parametrize("phase", [1, 8])
def test_phases_1_and_8_start_one_service_at_a_time_in_the_order_of_the_checklist(phase):
    services = {"b": entry(phase), "a": entry(phase), "c": entry(phase)}
    assert waves(["b", "a", "c"], services) == [["b"], ["a"], ["c"]]


def test_a_dependency_beats_the_order_of_the_checklist():
    services = {"milvus": entry(1, "etcd"), "etcd": entry(1)}
    assert waves(["milvus", "etcd"], services) == [["etcd"], ["milvus"]]


def test_a_dependency_of_a_later_phase_neither_orders_nor_blocks():
    services = {"field": entry(6, "calendar"), "calendar": entry(7)}
    assert waves(["field"], services) == [["field"]]
    assert soft_dependencies(services) == [{"service": "field", "dependency": "calendar", "phase": 7}]


def test_what_a_service_needs_is_told_from_near_to_far_and_without_what_comes_later():
    services = {
        "db": entry(1),
        "pool": entry(1, "db"),
        "bus": entry(2),
        "calendar": entry(7),
        "field": entry(6, "bus", "pool", "calendar"),
        "advice": entry(6, "field", "db"),
    }
    assert all_needed("advice", services) == ["field", "db", "bus", "pool"]
    assert all_needed("db", services) == []


def test_services_that_need_each_other_do_not_need_themselves():
    services = {"a": entry(1, "b"), "b": entry(1, "a")}
    assert all_needed("a", services) == ["b"]


@given(st.data())
def test_every_service_starts_once_and_after_all_that_it_depends_on(data):
    count = data.draw(st.integers(1, 12))
    names = [f"s{number}" for number in range(count)]
    phase = data.draw(st.sampled_from([1, 3, 8]))
    services = {
        name: entry(phase, *data.draw(st.lists(st.sampled_from(names[:index]), unique=True) if index else st.just([])))
        for index, name in enumerate(names)
    }
    started: list[str] = []
    for wave in waves(names, services):
        for name in wave:
            assert set(services[name]["dependencies"]) <= set(started)
        started += wave
    assert sorted(started) == sorted(names)
