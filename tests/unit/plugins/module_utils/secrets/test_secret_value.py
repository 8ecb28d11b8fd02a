# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a secret looks like that is made here, and what can be kept."""

from __future__ import annotations

import string

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.sahool.platform.plugins.module_utils._secrets.value import as_yaml, complaint, generate

_ALLOWED = set(string.ascii_letters + string.digits)


def test_new_secrets_are_fit_and_differ() -> None:
    values = [generate(32) for _number in range(300)]
    assert len(set(values)) == len(values)
    assert all(len(value) == 32 and set(value) <= _ALLOWED and value[0].isalpha() for value in values)
    assert any(any(character.isdigit() for character in value) for value in values)
    assert not any(complaint(value) for value in values)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_yaml_reads_back_what_was_written(value: str) -> None:
    assert yaml.safe_load(f"A: {as_yaml(value)}") == {"A": value}


@pytest.mark.parametrize("value", ["null", "yes", "Off", "1e5", "0x1f", "2026", "~", "a: b", "- a", "#"])
def test_words_and_signs_of_yaml_are_in_quotes(value: str) -> None:
    assert yaml.safe_load(f"A: {as_yaml(value)}") == {"A": value}


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("", "is empty"),
        (None, "is a NoneType"),
        (12345, "is a int"),
        ("two\nlines", "line break"),
        ("be\x07ll", "control character"),
    ],
)
def test_complaints_show_nothing_of_the_value(value: object, part: str) -> None:
    found = complaint(value)
    assert found is not None
    assert part in found
    assert not value or str(value) not in found
