# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP GET on a kept connection."""

from __future__ import annotations

from reference.clients.kept import Kept, Refused
from serving.message import UNTIL_CLOSE, parse_response, render_head, response_framing
from serving.stream import Stream

BODY_LIMIT = 1024 * 1024
SHOWN = 120


class HttpKept(Kept):
    """Asks for ``path`` and judges the status by ``accepts``."""

    def __init__(self, host: str, port: int, path: str, fields: list[tuple[str, str]] | None = None) -> None:
        super().__init__(host, port)
        self._path = path
        self._fields = fields or []

    def accepts(self, status: int) -> bool:
        """Tell whether an answer of this status means that the dependency works."""
        return status == 200

    def ask(self, stream: Stream) -> None:
        """GET. Raises Refused with status and the begin of the body."""
        fields = [("Host", f"{self.host}:{self.port}"), ("Accept", "*/*"), *self._fields]
        stream.send(render_head(f"GET {self._path} HTTP/1.1", fields))
        status, reason, headers = parse_response(stream.read_head())
        framing = response_framing("GET", status, headers)
        body = stream.read_body(framing, BODY_LIMIT)
        if framing == UNTIL_CLOSE or "close" in headers.tokens("Connection"):
            self._drop()
        if not self.accepts(status):
            said = body[:SHOWN].decode(errors="replace").strip()
            raise Refused(f"GET {self._path} answered {status} {reason}{': ' + said if said else ''}")
