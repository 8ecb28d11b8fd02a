# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kong's proxy: any answer of its own below 500 shows that it works, 404 included (no route for ``/``)."""

from __future__ import annotations

from reference.clients.http import HttpKept
from reference.clients.kept import address_of
from reference.settings import Settings

PORT = 8000


class Client(HttpKept):
    """Asks KONG_URL."""

    def __init__(self, settings: Settings, name: str) -> None:
        parts = address_of(settings, "KONG_URL", ("http",))
        super().__init__(parts.hostname or "", parts.port or PORT, parts.path or "/")

    def accepts(self, status: int) -> bool:
        """Tell whether the gateway answered."""
        return status < 500
