# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a secret may look like."""

from __future__ import annotations

import string

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._secrets.value import complaint, generate, placeholder

_ALLOWED = set(string.ascii_letters + string.digits)


def test_new_secrets_are_fit_and_differ() -> None:
    values = [generate(32) for _number in range(300)]
    assert len(set(values)) == len(values)
    assert all(len(value) == 32 and set(value) <= _ALLOWED and value[0].isalpha() for value in values)
    assert any(any(character.isdigit() for character in value) for value in values)
    assert not any(complaint(value) for value in values)


@pytest.mark.parametrize("length", [16, 20, 32, 64])
def test_a_placeholder_is_fit(length: int) -> None:
    assert len(placeholder(length)) == length
    assert complaint(placeholder(length)) is None


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("", "is empty"),
        (None, "is a NoneType"),
        (12345, "is a int"),
        ("Sw0rd/fish+", "other than the letters"),
        ("passwört", "other than the letters"),
        ("white space", "other than the letters"),
        ("1abcdef", "does not start with a letter"),
    ],
)
def test_complaints_show_nothing_of_the_value(value: object, part: str) -> None:
    found = complaint(value)
    assert found is not None
    assert part in found
    assert not value or str(value) not in found
