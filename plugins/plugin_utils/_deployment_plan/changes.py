# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One changed field of a service, as lines for people: what it was, what it will be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# A secret's value is never known here; this text stands for "there is one".
MASK = "(secret)"
# Longer pairs of values stand below each other.
ONE_LINE = 96


def change_lines(change: Mapping[str, Any], width: int) -> list[str]:
    """Return the lines of one of ``service_rollout``'s changes, the field first.

    :param change: ``{field, before, after}``, for a file also ``diff``.
    :param width: of the column that holds the fields.
    """
    field = printable(str(change["field"]))
    before, after = change.get("before"), change.get("after")
    sign = "+" if before is None else "-" if after is None else "~"
    head = f"{sign} {field.ljust(width)}  "
    if MASK in (before, after):
        return [head + {"+": "new", "-": "dropped", "~": "changed"}[sign]]
    if sign == "+":
        return [head + shown(after), *_diff(change)]
    if sign == "-":
        return [head + shown(before), *_diff(change)]
    old, new = shown(before), shown(after)
    if len(old) + len(new) <= ONE_LINE:
        return [f"{head}{old} -> {new}", *_diff(change)]
    return [f"{sign} {field}", f"    {old}", f" -> {new}", *_diff(change)]


def _diff(change: Mapping[str, Any]) -> list[str]:
    return [f"    {printable(str(line))}".rstrip() for line in change.get("diff") or ()]


def shown(value: Any) -> str:
    """Return *value* as it stands in the plan: a text as it is, unless that could be misread, all else as JSON."""
    if isinstance(value, str) and value and value == value.strip():
        return printable(value)
    return printable(json.dumps(value, ensure_ascii=False, sort_keys=True))


def printable(text: str) -> str:
    """Return *text* with control characters spelled out: a value must not move the cursor of who reads it."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
