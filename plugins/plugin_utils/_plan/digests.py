# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Digests that stand in labels and paths."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

LENGTH = 32


def keyed_digest(key: str, *parts: str) -> str:
    """Return an HMAC-SHA256 over *parts*, 32 hex digits long.

    Keyed, because it stands in paths and labels that are no secret while what it covers may hold one.
    """
    message = "\0".join(parts).encode()
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()[:LENGTH]


def plain_digest(value: Any) -> str:
    """Return a SHA-256 over the canonical JSON of *value* (which holds no secret), 32 hex digits long."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]
