# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a secret looks like that is made here: letters and digits, a letter first.

Such a value survives every consumer without quoting: URLs, shell, ini files, SQL, YAML and Docker's env files.
"""

from __future__ import annotations

import json
import re
import secrets
import string
from typing import Any

MINIMUM_LENGTH = 16
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LONGER_THAN_WORDS = 8  # null, true, off and the like
_LETTERS = string.ascii_letters
_ALPHABET = string.ascii_letters + string.digits


def generate(length: int) -> str:
    """Return a new secret of *length* characters from the system's cryptographic source."""
    return secrets.choice(_LETTERS) + "".join(secrets.choice(_ALPHABET) for position in range(length - 1))


def complaint(value: Any) -> str | None:
    """Return why *value* cannot be kept as a secret, without showing any of it; None when it can.

    Whether it is a good one, and whether its consumers can read it, is judged where they are known.
    """
    if not isinstance(value, str):
        return f"is a {type(value).__name__}, expected text; put it in quotes"
    if not value:
        return "is empty; give it a value, or remove its line to have one generated"
    if not value.isprintable():
        return "holds a line break or another control character, which no line of a file can carry; replace the value"
    return None


def as_yaml(value: str) -> str:
    """Return *value* as it stands behind a colon in YAML: in quotes, but for letters and digits that are no word."""
    plain = len(value) >= _LONGER_THAN_WORDS and value[0] in _LETTERS and set(value) <= set(_ALPHABET)
    return value if plain else json.dumps(value, ensure_ascii=False)
