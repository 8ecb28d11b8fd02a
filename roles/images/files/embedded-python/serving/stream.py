# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A buffered socket: read heads and exact lengths, copy bodies from one connection to another."""

from __future__ import annotations

import select
import socket
import time

from serving.message import CHUNKED, UNTIL_CLOSE, MessageError

HEAD_LIMIT = 64 * 1024
CHUNK_LINE_LIMIT = 4096
BLOCK = 64 * 1024
Sink = "collections.abc.Callable[[bytes], None]"


class Closed(ConnectionError):
    """The peer closed the connection where a message was expected to begin or go on."""


class Stream:
    """One TCP connection with what was read from it but not yet used."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.buffer = b""

    def send(self, data: bytes) -> None:
        """Send all of ``data``. Raises OSError."""
        self.sock.sendall(data)

    def close(self) -> None:
        """Close the connection."""
        self.sock.close()

    def linger(self, seconds: float, limit: int) -> None:
        """Say that nothing more is sent, and read away what the peer still sends, before the connection is closed.

        Closing with bytes unread resets the connection, and the peer loses the answer that was just sent (RFC 9112
        section 9.6). It ends when the peer closes, after ``seconds``, or after ``limit`` bytes.
        """
        self.buffer = b""
        end = time.monotonic() + seconds
        try:
            self.sock.shutdown(socket.SHUT_WR)
            while limit > 0 and (left := end - time.monotonic()) > 0:
                self.sock.settimeout(left)
                data = self.sock.recv(BLOCK)
                if not data:
                    return
                limit -= len(data)
        except OSError:
            return  # the peer is gone, which is what was waited for

    def _fill(self) -> None:
        data = self.sock.recv(BLOCK)
        if not data:
            raise Closed("connection closed by the peer")
        self.buffer += data

    def read_until(self, mark: bytes, limit: int) -> bytes:
        """Return what comes before ``mark`` and drop the mark. Raises Closed, OSError, MessageError past ``limit``."""
        while mark not in self.buffer:
            if len(self.buffer) > limit:
                raise MessageError(f"no {mark!r} within {limit} bytes", 431)
            self._fill()
        found, _mark, self.buffer = self.buffer.partition(mark)
        return found

    def read_head(self) -> bytes:
        """Return the head of the next message, without the empty line that ends it."""
        return self.read_until(b"\r\n\r\n", HEAD_LIMIT)

    def read_exact(self, count: int) -> bytes:
        """Return exactly ``count`` bytes. Raises Closed, OSError."""
        while len(self.buffer) < count:
            self._fill()
        found, self.buffer = self.buffer[:count], self.buffer[count:]
        return found

    def _copy_exact(self, count: int, sink: Sink) -> None:
        while count > 0:
            if not self.buffer:
                self._fill()
            part, self.buffer = self.buffer[:count], self.buffer[count:]
            count -= len(part)
            sink(part)

    def _copy_chunks(self, sink: Sink) -> None:
        while True:
            line = self.read_until(b"\r\n", CHUNK_LINE_LIMIT)
            digits = line.partition(b";")[0].strip()
            try:
                size = int(digits, 16)
            except ValueError:
                raise MessageError(f"chunk size {digits[:20]!r} is not hexadecimal") from None
            if size < 0:
                raise MessageError(f"chunk size {digits[:20]!r} is negative")
            sink(line + b"\r\n")
            if size == 0:
                break
            self._copy_exact(size + 2, sink)
        while True:  # trailer fields, up to the empty line
            line = self.read_until(b"\r\n", CHUNK_LINE_LIMIT)
            sink(line + b"\r\n")
            if not line:
                return

    def copy_body(self, framing: int, sink: Sink) -> None:
        """Hand a body to ``sink`` as it stands on the wire, chunk lines included."""
        if framing == CHUNKED:
            self._copy_chunks(sink)
        elif framing == UNTIL_CLOSE:
            while True:
                if self.buffer:
                    sink(self.buffer)
                    self.buffer = b""
                data = self.sock.recv(BLOCK)
                if not data:
                    return
                sink(data)
        else:
            self._copy_exact(framing, sink)

    def read_body(self, framing: int, limit: int) -> bytes:
        """Return a whole body, chunk lines removed. Raises MessageError (413) when it is longer than ``limit``."""
        if framing > limit:
            raise MessageError(f"body of {framing} bytes, at most {limit} are taken", 413)
        parts: list[bytes] = []
        size = 0

        def keep(part: bytes) -> None:
            nonlocal size
            size += len(part)
            if size > limit:
                raise MessageError(f"body is longer than {limit} bytes", 413)
            parts.append(part)

        self.copy_body(framing, keep)
        body = b"".join(parts)
        return dechunk(body) if framing == CHUNKED else body


def dechunk(raw: bytes) -> bytes:
    """Return the content of a complete, well-formed chunked body."""
    content = b""
    while True:
        line, _end, raw = raw.partition(b"\r\n")
        size = int(line.partition(b";")[0], 16)
        if size == 0:
            return content
        content, raw = content + raw[:size], raw[size + 2 :]


def pipe(left: Stream, right: Stream) -> None:
    """Carry bytes both ways until one side closes; what is already buffered goes first."""
    for source, target in ((left, right), (right, left)):
        if source.buffer:
            target.send(source.buffer)
            source.buffer = b""
    left.sock.settimeout(None)
    right.sock.settimeout(None)
    other = {left.sock: right.sock, right.sock: left.sock}
    while True:
        for sock in select.select(list(other), [], [])[0]:
            data = sock.recv(BLOCK)
            if not data:
                return
            other[sock].sendall(data)
