# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another service of the platform: its path in REFERENCE_UPSTREAMS answers 200 while it is ready."""

from __future__ import annotations

from urllib.parse import urlsplit

from reference.clients.http import HttpKept
from reference.settings import Settings


class Client(HttpKept):
    """Asks the URL of ``name``."""

    def __init__(self, settings: Settings, name: str) -> None:
        parts = urlsplit(settings.upstreams[name])
        super().__init__(parts.hostname or "", parts.port or 80, parts.path or "/")
