# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Qdrant: the list of collections, which needs the API key when one is set."""

from __future__ import annotations

from reference.clients.http import HttpKept
from reference.settings import Settings, SettingsError

PORT = 6333


class Client(HttpKept):
    """Asks QDRANT_HOST and QDRANT_PORT with QDRANT_API_KEY."""

    def __init__(self, settings: Settings, name: str) -> None:
        environment = settings.environment
        if not environment.get("QDRANT_HOST"):
            raise SettingsError("QDRANT_HOST is not set, expected Qdrant's host name")
        key = environment.get("QDRANT_API_KEY", "")
        fields = [("api-key", key)] if key else []
        super().__init__(
            environment["QDRANT_HOST"], int(environment.get("QDRANT_PORT") or PORT), "/collections", fields
        )
