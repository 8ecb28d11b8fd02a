# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers on loopback that misbehave in one way each."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import typing as t


def receive(connection: socket.socket, until: bytes = b"\r\n\r\n") -> bytes:
    """Read until a byte sequence, or until the client has gone."""
    got = b""
    while until not in got:
        chunk = connection.recv(4096)
        if not chunk:
            break
        got += chunk
    return got


class Server:
    """Accepts connections and hands each to ``serve`` in a thread.

    A client that leaves early ends ``serve`` with an ``OSError``, which is what an evil server has to expect.
    """

    def __init__(self, serve: t.Callable[[socket.socket], None]) -> None:
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self.closing = threading.Event()
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener is closed at the end of the test
            while True:
                connection = self._listener.accept()[0]
                self.connections += 1
                threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _handle(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            self._serve(connection)

    def close(self) -> None:
        self.closing.set()
        # shutdown wakes the accepting thread, which close alone does not
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def answering(*parts: bytes, keep_open: bool = False) -> t.Callable[[socket.socket], None]:
    """Serve one HTTP answer, given as it goes over the wire."""

    def serve(connection: socket.socket) -> None:
        receive(connection)
        for part in parts:
            connection.sendall(part)
        if keep_open:
            connection.recv(1)

    return serve


def http_answer(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


def silent(connection: socket.socket) -> None:
    """Accept, and never say a word."""
    while connection.recv(4096):
        pass


def closing_at_once(connection: socket.socket) -> None:
    """Accept and close, as Docker's proxy does for a container in which nothing listens yet."""


def dripping(head: bytes = b"", drop: bytes = b"x", pause: float = 0.05) -> t.Callable[[socket.socket], None]:
    """One byte now and then, without end: no single read ever runs into its timeout."""

    def serve(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(drop)
            time.sleep(pause)

    return serve


def flooding(connection: socket.socket) -> None:
    """Bytes without end and without a line feed."""
    while True:
        connection.sendall(b"x" * 65536)


def speaking_http(connection: socket.socket) -> None:
    """A web server, on whatever port it should not be."""
    connection.recv(4096)
    connection.sendall(http_answer(b"<html>hello</html>", "400 Bad Request"))


def babbling(connection: socket.socket) -> None:
    """Greets in no protocol known to anybody."""
    connection.sendall(b"220 mail.example ESMTP\r\n")
    connection.recv(4096)
    connection.sendall(b"500 what?\r\n")
