# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection that is opened at the first check, kept, and opened again when it turns out dead."""

from __future__ import annotations

import socket
from urllib.parse import SplitResult, unquote, urlsplit

from reference.settings import Settings, SettingsError
from serving.message import MessageError
from serving.stream import Stream

TIMEOUT = 1.5


class Refused(Exception):
    """The dependency answered, but not as one that works."""


class Kept:
    """Base of the socket clients: ``greet`` logs in on a fresh connection, ``ask`` proves that it works."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self._stream: Stream | None = None

    def greet(self, stream: Stream) -> None:
        """Log in. Raises Refused, OSError."""

    def ask(self, stream: Stream) -> None:
        """Make one exchange. Raises Refused, OSError."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise when the dependency does not work.

        Servers close idle connections (Redis after 300 s), so a kept one that fails is replaced once.
        """
        if self._stream is not None:
            try:
                self.ask(self._stream)
                return
            except (OSError, MessageError, Refused):
                self._drop()
        self._stream = Stream(self._connect())
        try:
            self.greet(self._stream)
            self.ask(self._stream)
        except (OSError, MessageError, Refused) as error:
            self._drop()
            raise Refused(f"{self.host}:{self.port}: {error}") from error

    def _connect(self) -> socket.socket:
        try:
            return socket.create_connection((self.host, self.port), TIMEOUT)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise Refused(f"{reason} ({self.host}:{self.port})") from error

    def _drop(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def address_of(settings: Settings, variable: str, schemes: tuple[str, ...]) -> SplitResult:
    """Return the parts of the URL in ``variable``. Raises SettingsError, without showing the URL's password."""
    text = settings.environment.get(variable, "")
    if not text:
        raise SettingsError(f"{variable} is not set, expected {schemes[0]}://host:port")
    parts = urlsplit(text)
    if parts.scheme not in schemes or not parts.hostname:
        raise SettingsError(f"{variable} is no URL of the form {schemes[0]}://[user:password@]host:port")
    return parts


def login_of(parts: SplitResult) -> tuple[str, str]:
    """Return user and password of a URL, decoded; empty where it names none."""
    return unquote(parts.username or ""), unquote(parts.password or "")
