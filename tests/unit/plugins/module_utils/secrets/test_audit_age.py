# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How old a secret is."""

from __future__ import annotations

import datetime

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.age import findings

NOW = datetime.datetime(2026, 6, 30, 12, tzinfo=datetime.timezone.utc)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("2026-06-30", None),
        ("2026-04-01", None),
        ("2026-04-01T12:00:00Z", None),
        ("2026-04-01T14:00:00+02:00", None),
        ("2026-07-01", None),  # today, east of here
        ("2026-03-31", ("medium", "91 days since it was made")),
        ("2026-03-31T12:00:00Z", ("medium", "91 days since it was made")),
        ("2026-07-02", ("medium", "a date in the future")),
        ("0001-01-01T00:00:00+14:00", ("medium", "a record that is no date")),
        ("yesterday", ("medium", "a record that is no date")),
        ("", ("medium", "a record that is no date")),
        (20260101, ("medium", "a record that is no date")),
        (None, ("unknown", "no record of when it was made")),
    ],
)
def test_age(record: object, expected: tuple[str, str] | None) -> None:
    found = findings(["A"], {"A": record}, 90, NOW)
    assert [(finding.severity, finding.found) for finding in found] == ([expected] if expected else [])


def test_every_secret_and_every_record_is_judged_once() -> None:
    found = findings(["A", "B"], {"B": "2020-01-01", "C": "2020-01-01"}, 90, NOW)
    assert [(finding.name, finding.severity) for finding in found] == [
        ("A", "unknown"),
        ("B", "medium"),
        ("C", "medium"),
    ]


def test_a_record_that_is_no_date_is_not_quoted() -> None:
    (finding,) = findings([], {"A": "Wq7fH2mZx9LpK4vT"}, 90, NOW)
    assert "Wq7fH2mZx9LpK4vT" not in finding.line()
