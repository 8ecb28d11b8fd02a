# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines are added to a mapping of a YAML text, and every other character stays."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.sahool.platform.plugins.module_utils._secrets.block import BlockError, with_lines

KEY = "sahool_secrets"
NEW = ["B: two"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"\n{KEY}:\n  B: two\n"),
        ("---\n# mine\n", f"---\n# mine\n{KEY}:\n  B: two\n"),
        (f"{KEY}:\n  A: one", f"{KEY}:\n  A: one\n  B: two\n"),
        (f"{KEY}:\n    A: one  # why\nother: 1\n", f"{KEY}:\n    A: one  # why\n    B: two\nother: 1\n"),
        (
            f"{KEY}:\n  A: |\n    one\n    more\nz: 1\n",
            f"{KEY}:\n  A: |\n    one\n    more\n  B: two\nz: 1\n",
        ),
        (f"{KEY}:\nother: 1\n", f"{KEY}:\n  B: two\nother: 1\n"),
        (f"{KEY}: # none yet\nother: 1\n", f"{KEY}: # none yet\n  B: two\nother: 1\n"),
        (f"{KEY}:\n  A: !vault |\n    $ANSIBLE\nz: 1\n", f"{KEY}:\n  A: !vault |\n    $ANSIBLE\n  B: two\nz: 1\n"),
    ],
)
def test_they_come_behind_the_last_entry(before, after):
    assert with_lines(before, KEY, NEW) == after


@pytest.mark.parametrize(
    "text", [f"{KEY}: {{A: one}}\n", f"{KEY}: [A]\n", f"{KEY}: text\n", "[1]\n", "{a: 1}\n", "a: [\n"]
)
def test_a_mapping_that_has_no_lines_is_refused(text):
    with pytest.raises(BlockError):
        with_lines(text, KEY, NEW)


NAMES = st.dictionaries(st.from_regex(r"\A[A-Z]{1,6}\Z"), st.from_regex(r"\A[a-z][a-z0-9]{0,9}\Z"), max_size=5)


@given(before=NAMES, other=NAMES, new=NAMES, first=st.booleans())
def test_what_is_read_back_is_both(before, other, new, first):
    new = {name: value for name, value in new.items() if name not in before}
    parts = [
        yaml.safe_dump({key: value or None}).replace(" null", "") for key, value in ((KEY, before), ("others", other))
    ]
    text = "".join(parts if first else reversed(parts))
    found = yaml.safe_load(with_lines(text, KEY, [f"{name}: '{value}'" for name, value in new.items()]))
    assert (found[KEY] or {}) == {**before, **new}
    assert (found["others"] or {}) == other
