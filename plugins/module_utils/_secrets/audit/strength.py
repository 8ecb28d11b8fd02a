# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much chance is in a value, as far as the value itself tells."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence

# A value of the least length must have as many times this. Random letters and digits have 4.2 at 24 characters, and
# random hexadecimal digits 3.5.
BITS_PER_CHARACTER = 3.0


def bits(value: str) -> float:
    """Return an estimate of the bits in *value*: its length times the Shannon entropy of its characters.

    This is the plug-in estimate of C. E. Shannon's "A Mathematical Theory of Communication" (1948): frequencies in the
    value stand for probabilities. It cannot see words, so that it only tells what is too weak for certain. A value that
    repeats a part counts as that part, and of the characters and the steps between them the weaker counts, which
    unmasks ``abcdef``.
    """
    part = value[: (value + value).find(value, 1)] if value else ""
    steps = [ord(after) - ord(before) for before, after in zip(part, part[1:])]
    return len(part) * min(_entropy(part), _entropy(steps) if steps else 0.0)


def _entropy(symbols: Sequence[Hashable]) -> float:
    total = len(symbols)
    return -sum(count / total * math.log2(count / total) for count in Counter(symbols).values())
