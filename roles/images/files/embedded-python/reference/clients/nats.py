# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NATS: INFO, CONNECT with the user's password, PING and PONG."""

from __future__ import annotations

import json

from reference.clients.kept import Kept, Refused, address_of, login_of
from reference.settings import Settings
from serving.stream import Stream

PORT = 4222
LINE_LIMIT = 64 * 1024


class Client(Kept):
    """Logs in as NATS_URL says and asks PING."""

    def __init__(self, settings: Settings, name: str) -> None:
        parts = address_of(settings, "NATS_URL", ("nats",))
        super().__init__(parts.hostname or "", parts.port or PORT)
        self._user, self._password = login_of(parts)
        self._name = settings.service

    def greet(self, stream: Stream) -> None:
        """Send CONNECT; the server answers it together with the first PING."""
        line = stream.read_until(b"\r\n", LINE_LIMIT)
        if not line.startswith(b"INFO "):
            raise Refused(f"began with {line[:40]!r}, expected INFO")
        options = {"verbose": False, "pedantic": False, "lang": "python3", "version": "1", "name": self._name}
        if self._user:
            options |= {"user": self._user, "pass": self._password}
        stream.send(b"CONNECT " + json.dumps(options).encode() + b"\r\n")

    def ask(self, stream: Stream) -> None:
        """PING; the server's own pings that came meanwhile are answered. Raises Refused for -ERR."""
        stream.send(b"PING\r\n")
        while True:
            line = stream.read_until(b"\r\n", LINE_LIMIT)
            if line == b"PONG":
                return
            if line == b"PING":
                stream.send(b"PONG\r\n")
            elif line.startswith(b"-ERR"):
                raise Refused(line[4:].decode(errors="replace").strip(" '"))
            # INFO (a change in the cluster) and +OK say nothing about this check
