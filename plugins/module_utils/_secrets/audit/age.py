# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How old a secret is, by the date on record."""

from __future__ import annotations

import datetime
import typing as t

from .finding import Finding, shown

_UTC = datetime.timezone.utc
_AHEAD = datetime.timedelta(hours=14)  # a date without a zone may be one of the easternmost
_FORM = "a date like 2026-01-31 or a time like 2026-01-31T12:00:00Z"


def findings(
    names: t.Iterable[str], created: t.Mapping[str, t.Any], maximum_age: int, now: datetime.datetime
) -> list[Finding]:
    """Return which of *names*, or of those on record, are older than *maximum_age* days or of unknown age."""
    found = []
    for name in dict.fromkeys([*names, *created]):
        finding = _judge(shown(name), created.get(name), maximum_age, now)
        if finding:
            found.append(finding)
    return found


def _judge(name: str, record: t.Any, maximum_age: int, now: datetime.datetime) -> Finding | None:
    at_most = "at most %d days" % maximum_age
    if record is None:
        return Finding(
            "unknown", "age", name, "no record of when it was made", at_most, "record it, or replace the value"
        )
    made = _moment(record)
    if made is None:
        # Not quoted: somebody may have put the value there.
        return Finding("medium", "age", name, "a record that is no date", _FORM, "correct the record")
    if made > now + _AHEAD:
        return Finding("medium", "age", name, "a date in the future", "one in the past", "correct the record")
    days = (now - made).days
    if days > maximum_age:
        return Finding("medium", "age", name, "%d days since it was made" % days, at_most, "replace the value")
    return None


def _moment(record: t.Any) -> datetime.datetime | None:
    try:
        text = record.strip()
        made = datetime.datetime.fromisoformat(text[:-1] + "+00:00" if text[-1:] in ("Z", "z") else text)
        return made.replace(tzinfo=_UTC) if made.tzinfo is None else made.astimezone(_UTC)
    except (AttributeError, ValueError, OverflowError):
        return None
