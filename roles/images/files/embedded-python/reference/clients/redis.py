# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redis: AUTH and PING by its own protocol (RESP 2)."""

from __future__ import annotations

from reference.clients.kept import Kept, Refused, address_of, login_of
from reference.settings import Settings
from serving.stream import Stream

PORT = 6379
LINE_LIMIT = 4096


def command(*words: str) -> bytes:
    """Return one command as RESP."""
    parts = [f"*{len(words)}\r\n".encode()]
    for word in words:
        data = word.encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


class Client(Kept):
    """Logs in as REDIS_URL says and asks PING."""

    def __init__(self, settings: Settings, name: str) -> None:
        parts = address_of(settings, "REDIS_URL", ("redis",))
        super().__init__(parts.hostname or "", parts.port or PORT)
        self._user, self._password = login_of(parts)
        self._database = parts.path.strip("/")

    def _send(self, stream: Stream, expected: bytes, *words: str) -> None:
        stream.send(command(*words))
        line = stream.read_until(b"\r\n", LINE_LIMIT)
        if line != expected:
            raise Refused(f"{words[0]}: {line.decode(errors='replace')}")

    def greet(self, stream: Stream) -> None:
        """Log in, and choose the database. Raises Refused with the server's own words."""
        if self._password:
            self._send(stream, b"+OK", *(word for word in ("AUTH", self._user, self._password) if word))
        if self._database:
            self._send(stream, b"+OK", "SELECT", self._database)

    def ask(self, stream: Stream) -> None:
        """PING; NOAUTH or LOADING in place of PONG is a failure."""
        self._send(stream, b"+PONG", "PING")
