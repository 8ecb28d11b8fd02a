# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP/1.1 messages as values: parse a head, render a head, tell how a body is framed (RFC 9112)."""

from __future__ import annotations

import json

REASONS = {
    100: "Continue",
    101: "Switching Protocols",
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    413: "Content Too Large",
    426: "Upgrade Required",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
CHUNKED = -1
UNTIL_CLOSE = -2


class MessageError(ValueError):
    """A message that cannot be understood; ``status`` is what a server answers to it."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


class Headers:
    """Header fields in the order received; names compare without case."""

    __slots__ = ("fields",)

    def __init__(self, fields: list[tuple[str, str]] | None = None) -> None:
        self.fields = fields if fields is not None else []

    def get(self, name: str, default: str = "") -> str:
        """Return all values of ``name`` joined by a comma, or ``default`` when there is none."""
        wanted = name.lower()
        values = [value for key, value in self.fields if key.lower() == wanted]
        return ", ".join(values) if values else default

    def tokens(self, name: str) -> set[str]:
        """Return the comma separated values of ``name`` in lower case."""
        return {token.strip().lower() for token in self.get(name).split(",") if token.strip()}


class Request:
    """The head of one request; its body stays on the connection until somebody reads it."""

    __slots__ = ("method", "target", "path", "query", "version", "headers")

    def __init__(self, method: str, target: str, version: str, headers: Headers) -> None:
        self.method = method
        self.target = target
        self.path, _mark, self.query = target.partition("?")
        self.version = version
        self.headers = headers

    def wants_upgrade(self) -> bool:
        """Tell whether the client asks to leave HTTP on this connection (WebSocket)."""
        return "upgrade" in self.headers.tokens("Connection") and bool(self.headers.get("Upgrade"))

    def keeps_alive(self) -> bool:
        """Tell whether the connection stays open after this exchange."""
        options = self.headers.tokens("Connection")
        return "close" not in options if self.version == "HTTP/1.1" else "keep-alive" in options


class Response:
    """An answer that is small enough to be built as a whole."""

    __slots__ = ("status", "headers", "body")

    def __init__(self, status: int, body: bytes = b"", content_type: str = "text/plain; charset=utf-8") -> None:
        self.status = status
        self.body = body
        self.headers: list[tuple[str, str]] = [("Content-Type", content_type)] if body else []

    def with_header(self, name: str, value: str) -> Response:
        """Add one header field and return the response itself."""
        self.headers.append((name, value))
        return self


def json_response(status: int, body: object, content_type: str = "application/json") -> Response:
    """Return ``body`` as a JSON answer."""
    return Response(status, json.dumps(body, separators=(",", ":")).encode(), content_type)


def _parse_fields(lines: list[str]) -> Headers:
    fields = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise MessageError(f"header line {line[:60]!r} is not 'Name: value'")
        fields.append((name, value.strip()))
    return Headers(fields)


def parse_request(head: bytes) -> Request:
    """Parse a request head (without the empty line). Raises MessageError."""
    lines = head.decode("latin-1").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3 or not parts[0].isalpha() or parts[2] not in ("HTTP/1.0", "HTTP/1.1"):
        raise MessageError(f"request line {lines[0][:60]!r} is not 'METHOD target HTTP/1.1'")
    target = parts[1]
    if target.startswith(("http://", "https://")):
        target = "/" + target.split("://", 1)[1].partition("/")[2]
    if not target.startswith("/") and target != "*":
        raise MessageError(f"request target {target[:60]!r} does not start with '/'")
    return Request(parts[0], target, parts[2], _parse_fields(lines[1:]))


def parse_response(head: bytes) -> tuple[int, str, Headers]:
    """Parse a response head (without the empty line) into status, reason and headers. Raises MessageError."""
    lines = head.decode("latin-1").split("\r\n")
    version, _space, rest = lines[0].partition(" ")
    code, _space, reason = rest.partition(" ")
    if not version.startswith("HTTP/1.") or not (code.isdigit() and len(code) == 3):
        raise MessageError(f"status line {lines[0][:60]!r} is not 'HTTP/1.1 CODE reason'", 502)
    return int(code), reason, _parse_fields(lines[1:])


def render_head(first_line: str, fields: list[tuple[str, str]]) -> bytes:
    """Render a start line and header fields, with the empty line that ends them."""
    lines = [first_line, *(f"{name}: {value}" for name, value in fields), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def render_response(response: Response, server: str, keep: bool, head_only: bool = False) -> bytes:
    """Render a complete response; ``head_only`` leaves the body out but keeps its length (HEAD)."""
    fields = list(response.headers)
    if not any(name.lower() == "server" for name, _value in fields):
        fields.append(("Server", server))
    fields.append(("Content-Length", str(len(response.body))))
    fields.append(("Connection", "keep-alive" if keep else "close"))
    head = render_head(f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Status')}", fields)
    return head if head_only else head + response.body


def _length(headers: Headers) -> int | None:
    text = headers.get("Content-Length")
    if not text:
        return None
    if not text.isdigit():
        raise MessageError(f"Content-Length {text[:30]!r} is not a number")
    return int(text)


def request_framing(headers: Headers) -> int:
    """Return the length of a request's body in bytes, or CHUNKED. Raises MessageError."""
    if headers.get("Transfer-Encoding"):
        # Both headers at once is how requests are smuggled past a proxy (RFC 9112 section 6.1).
        if headers.tokens("Transfer-Encoding") != {"chunked"} or headers.get("Content-Length"):
            raise MessageError("Transfer-Encoding is not 'chunked' alone")
        return CHUNKED
    return _length(headers) or 0


def response_framing(method: str, status: int, headers: Headers) -> int:
    """Return the length of a response's body in bytes, CHUNKED or UNTIL_CLOSE. Raises MessageError."""
    if method == "HEAD" or status in (204, 304) or 100 <= status < 200:
        return 0
    if "chunked" in headers.tokens("Transfer-Encoding"):
        return CHUNKED
    length = _length(headers)
    return UNTIL_CLOSE if length is None else length
