# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A WebSocket that answers each message with itself."""

from __future__ import annotations

from reference import websocket
from reference.websocket import BAD_TEXT, CLOSE, CONTINUATION, MESSAGE_LIMIT, PING, PONG, TEXT, TOO_BIG
from serving.message import Request, Response, render_head
from serving.server import Exchange
from serving.stream import Stream

VERSION = "13"


def handle(request: Request, exchange: Exchange) -> Response | None:
    """Take the connection over when the handshake is right, else say what is wrong with it."""
    upgrade = request.headers.get("Upgrade").lower() == "websocket" and request.wants_upgrade()
    if request.method != "GET" or not upgrade or request.headers.get("Sec-WebSocket-Version") != VERSION:
        response = Response(426, b"this path is a WebSocket\n")
        return response.with_header("Upgrade", "websocket").with_header("Sec-WebSocket-Version", VERSION)
    try:
        accept = websocket.accept_key(request.headers.get("Sec-WebSocket-Key"))
    except websocket.FrameError as error:
        return Response(400, f"{error}\n".encode())
    fields = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)]
    exchange.stream.send(render_head("HTTP/1.1 101 Switching Protocols", fields))
    exchange.keep = False
    exchange.stream.sock.settimeout(None)  # an idle WebSocket is no fault
    try:
        _echo(exchange.stream)
    except websocket.FrameError as error:
        exchange.stream.send(websocket.encode(CLOSE, websocket.close_payload(error.code, str(error))))
    return None


def _echo(stream: Stream) -> None:
    parts: list[bytes] = []
    kind = CONTINUATION
    while True:
        final, opcode, payload = websocket.read_frame(stream.read_exact)
        if opcode == CLOSE:
            stream.send(websocket.encode(CLOSE, payload[:2]))
            return
        if opcode == PING:
            stream.send(websocket.encode(PONG, payload))
            continue
        if opcode == PONG:
            continue
        if (opcode == CONTINUATION) != bool(kind):
            raise websocket.FrameError("a continuation without a beginning, or a beginning within a message")
        kind = kind or opcode
        parts.append(payload)
        if sum(map(len, parts)) > MESSAGE_LIMIT:
            raise websocket.FrameError(f"message is longer than {MESSAGE_LIMIT} bytes", TOO_BIG)
        if final:
            message = b"".join(parts)
            stream.send(websocket.encode(kind, _checked(kind, message)))
            parts, kind = [], CONTINUATION


def _checked(kind: int, message: bytes) -> bytes:
    if kind == TEXT:
        try:
            message.decode()
        except UnicodeDecodeError as error:
            raise websocket.FrameError(f"text message is not UTF-8: {error.reason}", BAD_TEXT) from error
    return message
