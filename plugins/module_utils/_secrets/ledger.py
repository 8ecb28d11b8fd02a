# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger of the secrets: when each got the value that it has. Holds no value.

A file of variables that may lie in an inventory and be committed. Beside each date stands a mark, a keyed digest of the
value: a secret that was replaced by hand is noticed, and whoever has the file learns nothing from it without the key,
which is a secret itself.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import os
from collections.abc import Collection, Mapping
from typing import Any

from ansible_collections.sahool.platform.plugins.module_utils._secrets.text_file import replace_text

try:
    import yaml
except ImportError:
    yaml = None

VARIABLE = "sahool_secrets_created"
_MARK_DIGITS = 16
_HEADER = "---\n# When each secret got its value. Written by sahool.platform; holds no value, and may be committed.\n"


class LedgerError(Exception):
    """The ledger cannot be read; the text names it and the remedy."""


def mark(key: str, name: str, value: str) -> str:
    """Return the mark of *value*: 64 bits of an HMAC with *key*."""
    return hmac.new(key.encode(), f"{name}\0{value}".encode(), hashlib.sha256).hexdigest()[:_MARK_DIGITS]


def read(path: str) -> dict[str, dict[str, Any]]:
    """Return name to ``{created, mark}``; nothing where there is no ledger yet.

    :raises LedgerError: it is none.
    """
    try:
        with open(path, encoding="utf-8") as file:
            content = yaml.safe_load(file)
    except FileNotFoundError:
        return {}
    except (yaml.YAMLError, UnicodeDecodeError):
        raise LedgerError(f"{path} is no YAML; restore it, or remove it to begin a new one without dates") from None
    entries = (content or {}).get(VARIABLE, {}) if isinstance(content or {}, dict) else None
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        raise LedgerError(
            f"{path} holds no {VARIABLE} of name: {{created: date, mark: text}}; restore it, or remove it to begin a "
            "new one without dates"
        )
    return entries


def continued(
    entries: Mapping[str, Mapping[str, Any]],
    values: Mapping[str, str],
    generated: Collection[str],
    key: str,
    today: datetime.date,
) -> dict[str, dict[str, Any]]:
    """Return the ledger of *values*.

    What was generated now, or has another value than the ledger knows, is from *today*. What came from elsewhere has no
    date: nobody knows how old it is.
    """
    ledger: dict[str, dict[str, Any]] = {name: dict(entry) for name, entry in entries.items()}
    for name, value in values.items():
        now, before = mark(key, name, value), entries.get(name)
        if before is not None and before.get("mark") == now:
            continue
        fresh = name in generated or before is not None
        ledger[name] = {"created": today.isoformat() if fresh else None, "mark": now}
    return ledger


def write(path: str, entries: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the ledger, one line an entry, in the order of the names."""
    rows = [
        f"  {name}: {{created: {_text(entry.get('created'))}, mark: {_text(entry.get('mark'))}}}\n"
        for name, entry in sorted(entries.items())
    ]
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    replace_text(path, f"{_HEADER}{VARIABLE}:\n{''.join(rows)}" if rows else f"{_HEADER}{VARIABLE}: {{}}\n", 0o644)


def _text(value: Any) -> str:
    return "null" if value is None else f'"{value}"'
