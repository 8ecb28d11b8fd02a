# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger says since when each secret has its value, and nothing of the value."""

from __future__ import annotations

import datetime
import stat

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._secrets import ledger

KEY = "DigestKey1234567890abcdefghijklm"
THEN, NOW = datetime.date(2026, 1, 2), datetime.date(2026, 11, 26)
ONE = {"A": "FirstValue12345678", "B": "SecondValue1234567"}


def test_what_was_generated_has_a_date_and_what_came_from_elsewhere_has_none():
    entries = ledger.continued({}, ONE, ["A"], KEY, THEN)
    assert {name: entry["created"] for name, entry in entries.items()} == {"A": "2026-01-02", "B": None}


def test_a_value_that_stays_keeps_its_date_and_one_that_was_replaced_gets_a_new_one():
    entries = ledger.continued({}, ONE, ["A"], KEY, THEN)
    assert ledger.continued(entries, ONE, [], KEY, NOW) == entries
    later = ledger.continued(entries, {**ONE, "A": "Replaced123456789", "B": "Replaced987654321"}, [], KEY, NOW)
    assert {name: entry["created"] for name, entry in later.items()} == {"A": "2026-11-26", "B": "2026-11-26"}


def test_a_secret_that_is_not_asked_for_now_stays_in_the_ledger():
    entries = ledger.continued({}, ONE, ["A", "B"], KEY, THEN)
    assert ledger.continued(entries, {"A": ONE["A"]}, [], KEY, NOW) == entries


def test_marks_depend_on_key_and_name():
    assert len({ledger.mark(KEY, "A", "x"), ledger.mark(KEY, "B", "x"), ledger.mark(KEY + "1", "A", "x")}) == 3


def test_it_is_read_as_it_was_written_and_may_be_read_by_everybody(tmp_path):
    path = tmp_path / "all" / "secrets_created.yml"
    entries = ledger.continued({}, ONE, ["A"], KEY, NOW)
    assert ledger.read(str(path)) == {}
    ledger.write(str(path), entries)
    assert ledger.read(str(path)) == entries
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert not [value for value in ONE.values() if value in path.read_text()]
    ledger.write(str(path), {})
    assert ledger.read(str(path)) == {}


@pytest.mark.parametrize(
    "text", ["- 1\n", "sahool_secrets_created: [A]\n", "sahool_secrets_created: {A: today}\n", "a: [\n"]
)
def test_a_file_of_another_form_is_refused(tmp_path, text):
    path = tmp_path / "ledger.yml"
    path.write_text(text)
    with pytest.raises(ledger.LedgerError, match="restore it, or remove it"):
        ledger.read(str(path))
