# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WebSocket frames and the opening handshake (RFC 6455), as functions over bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
CONTROL = {CLOSE, PING, PONG}
MESSAGE_LIMIT = 1024 * 1024
PROTOCOL_ERROR = 1002
BAD_TEXT = 1007
TOO_BIG = 1009


class FrameError(ValueError):
    """A frame that the protocol forbids; ``code`` is what the close frame says."""

    def __init__(self, text: str, code: int = PROTOCOL_ERROR) -> None:
        super().__init__(text)
        self.code = code


def accept_key(key: str) -> str:
    """Return Sec-WebSocket-Accept for a client's Sec-WebSocket-Key. Raises FrameError for a malformed key."""
    try:
        decoded = base64.b64decode(key, validate=True)
    except binascii.Error as error:
        raise FrameError(f"Sec-WebSocket-Key is not base64: {error}") from error
    if len(decoded) != 16:
        raise FrameError(f"Sec-WebSocket-Key has {len(decoded)} bytes, expected 16")
    return base64.b64encode(hashlib.sha1(key.encode() + GUID, usedforsecurity=False).digest()).decode()


def encode(opcode: int, payload: bytes) -> bytes:
    """Return one final, unmasked frame, as a server sends it."""
    length = len(payload)
    if length < 126:
        head = bytes([0x80 | opcode, length])
    elif length < 65536:
        head = bytes([0x80 | opcode, 126]) + length.to_bytes(2, "big")
    else:
        head = bytes([0x80 | opcode, 127]) + length.to_bytes(8, "big")
    return head + payload


def close_payload(code: int, reason: str) -> bytes:
    """Return the payload of a close frame; a control frame takes 125 bytes at most."""
    return code.to_bytes(2, "big") + reason.encode()[:123]


def unmask(payload: bytes, mask: bytes) -> bytes:
    """Return ``payload`` with the client's mask taken off."""
    if not payload:
        return b""
    pattern = (mask * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(pattern, "big")).to_bytes(len(payload), "big")


def read_frame(read_exact) -> tuple[bool, int, bytes]:
    """Read one frame of a client by ``read_exact(count)``; return final, opcode and payload. Raises FrameError."""
    first, second = read_exact(2)
    final, opcode = bool(first & 0x80), first & 0x0F
    if first & 0x70:
        raise FrameError("reserved bits are set, but no extension was agreed")
    if opcode not in CONTROL and opcode not in (CONTINUATION, TEXT, BINARY):
        raise FrameError(f"opcode {opcode} is unknown")
    if not second & 0x80:
        raise FrameError("a client's frame is not masked")
    length = second & 0x7F
    if opcode in CONTROL and (length > 125 or not final):
        raise FrameError("a control frame is longer than 125 bytes or in parts")
    if length == 126:
        length = int.from_bytes(read_exact(2), "big")
    elif length == 127:
        length = int.from_bytes(read_exact(8), "big")
    if length > MESSAGE_LIMIT:
        raise FrameError(f"frame of {length} bytes, at most {MESSAGE_LIMIT} are taken", TOO_BIG)
    mask = read_exact(4)
    return final, opcode, unmask(read_exact(length), mask)
