# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a secret may look like: letters and digits, a letter first.

Such a value survives every consumer without quoting: URLs, shell, ini files, SQL, YAML and Docker's env files.
"""

from __future__ import annotations

import re
import secrets
import string
from typing import Any

MINIMUM_LENGTH = 16
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LETTERS = string.ascii_letters
_ALPHABET = string.ascii_letters + string.digits


def generate(length: int) -> str:
    """Return a new secret of *length* characters from the system's cryptographic source."""
    return secrets.choice(_LETTERS) + "".join(secrets.choice(_ALPHABET) for position in range(length - 1))


def placeholder(length: int) -> str:
    """Return a value of the right form that is no secret, for check mode."""
    return "CheckModePlaceholder".ljust(length, "0")[:length]


def complaint(value: Any) -> str | None:
    """Return what is wrong with *value* as a secret, without showing any of it; None when it is fine."""
    if not isinstance(value, str):
        return f"is a {type(value).__name__}, expected text; put it in quotes"
    if not value:
        return "is empty; give it a value, or remove its line to have one generated"
    if not set(value) <= set(_ALPHABET):
        return (
            "holds characters other than the letters A-Z, a-z and digits, which break URLs and configuration files; "
            "replace the value"
        )
    if value[0] not in _LETTERS:
        return "does not start with a letter; replace the value"
    return None
