# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ollama: its version."""

from __future__ import annotations

from reference.clients.http import HttpKept
from reference.clients.kept import address_of
from reference.settings import Settings

PORT = 11434


class Client(HttpKept):
    """Asks OLLAMA_URL for /api/version."""

    def __init__(self, settings: Settings, name: str) -> None:
        parts = address_of(settings, "OLLAMA_URL", ("http",))
        super().__init__(parts.hostname or "", parts.port or PORT, parts.path.rstrip("/") + "/api/version")
