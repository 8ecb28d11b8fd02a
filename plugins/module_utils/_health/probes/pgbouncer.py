# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readiness of PgBouncer: ``SELECT 1`` through the pool, which proves the pooler, its login and the server behind."""

from __future__ import annotations

from ..answer import Answer
from ..gate import Gate
from . import postgres

missing_library = postgres.missing_library


def probe(gate: Gate, timeout: float) -> Answer:
    """Log in to the pool and run ``SELECT 1`` on a server connection; ``timeout`` in seconds bounds all of it."""
    return postgres.probe(gate, timeout)
