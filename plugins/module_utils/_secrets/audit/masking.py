# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which values Ansible should mask in what a module returns.

Ansible replaces every occurrence of a value that must not be logged. A value such as ``sahool`` would so take paths and
words of the findings with it. The findings hold no value at all; masking is the second line behind that.
"""

from __future__ import annotations

import json
import typing as t

from .known import known_kind
from .strength import bits

_WORD = 40.0  # bits; words have less, passwords of twelve random characters more


def worth_masking(values: t.Iterable[str], elsewhere: t.Mapping[str, t.Any]) -> set[str]:
    """Return those of *values* that are no words, and that the other options do not show anyhow."""
    shown = json.dumps(elsewhere, ensure_ascii=False, default=str)
    return {value for value in values if bits(value) >= _WORD and known_kind(value) is None and value not in shown}
