# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a certificate is for the names that its service is reached by."""

from __future__ import annotations

import typing as t


def covers(pattern: str, name: str) -> bool:
    """Whether *pattern* of a certificate is for *name*; ``*`` stands for one label, the first (RFC 6125)."""
    if pattern.startswith("*."):
        label, dot, rest = name.partition(".")
        return bool(label and dot) and rest == pattern[2:]
    return pattern == name


def lacking(wanted: t.Iterable[str], given: t.Collection[str]) -> list[str]:
    """The names of *wanted* that *given* do not cover."""
    return [name for name in wanted if not any(covers(pattern, name.lower()) for pattern in given)]
