# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merging: what an inventory says lies over the catalogue."""

from __future__ import annotations

import copy

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.merge import merged_catalogue, merged_entry

KEYS = st.sampled_from(["a", "b", "c", "d"])
SCALARS = st.one_of(st.integers(), st.text(max_size=3), st.booleans())
VALUES = st.recursive(
    SCALARS,
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(KEYS, below, max_size=3)),
    max_leaves=8,
)
ENTRIES = st.dictionaries(KEYS, VALUES, max_size=4)
OVERRIDES = st.recursive(
    st.dictionaries(KEYS, st.one_of(st.none(), VALUES), max_size=4),
    lambda below: st.dictionaries(KEYS, st.one_of(st.none(), VALUES, below), max_size=4),
    max_leaves=8,
)


@given(ENTRIES, OVERRIDES)
def test_an_override_laid_twice_is_an_override_laid_once(entry, override):
    once = merged_entry(entry, override)

    assert merged_entry(once, override) == once


@given(ENTRIES, OVERRIDES)
def test_merging_changes_neither_of_its_arguments(entry, override):
    before = copy.deepcopy((entry, override))

    result = merged_entry(entry, override)
    for value in result.values():
        if isinstance(value, (dict, list)):
            value.clear()

    assert (entry, override) == before


@given(ENTRIES)
def test_an_empty_override_changes_nothing(entry):
    assert merged_entry(entry, {}) == entry


@given(ENTRIES, OVERRIDES)
def test_keys_that_an_override_does_not_name_stay(entry, override):
    result = merged_entry(entry, override)

    assert {key: value for key, value in result.items() if key not in override} == {
        key: value for key, value in entry.items() if key not in override
    }


def test_dictionaries_merge_lists_replace_and_none_deletes():
    entry = {"a": {"x": 1, "y": 2, "z": 3}, "b": [1, 2, 3], "c": "old", "d": "gone"}
    override = {"a": {"y": 20, "z": None}, "b": [9], "c": "new", "d": None, "e": {"f": None, "g": 1}}

    assert merged_entry(entry, override) == {"a": {"x": 1, "y": 20}, "b": [9], "c": "new", "e": {"g": 1}}


def test_a_dictionary_replaces_what_was_none():
    assert merged_entry({"a": "text"}, {"a": {"b": 1}}) == {"a": {"b": 1}}


def test_added_services_come_last_and_do_not_replace():
    merged = merged_catalogue({"b": {"phase": 1}, "a": {"phase": 2}}, {"b": {"phase": 9}, "c": {"phase": 3}}, {})

    assert list(merged.items()) == [("b", {"phase": 1}), ("a", {"phase": 2}), ("c", {"phase": 3})]


def test_an_added_service_can_be_overridden():
    assert merged_catalogue({}, {"c": {"phase": 3}}, {"c": {"phase": 4}}) == {"c": {"phase": 4}}
