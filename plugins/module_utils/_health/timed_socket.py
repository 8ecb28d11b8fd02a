# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets whose whole conversation ends at one moment.

``socket.settimeout`` bounds a single ``recv``: a server that sends one byte per second never runs into it.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
import typing as t


class NoConnection(OSError):
    """Nothing accepts the connection; the text says why."""


class Moment:
    """A moment on the monotonic clock by which a conversation must have ended."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, always positive.

        :raises socket.timeout: when the moment has passed.
        """
        left = self._at - time.monotonic()
        if left <= 0:
            raise socket.timeout("no complete answer within %.3g s" % self.seconds)
        return left


class TimedSocket(socket.socket):
    """A stream socket that hands what is left of the time to every single operation."""

    moment: Moment

    def recv(self, *args: t.Any) -> bytes:
        self.settimeout(self.moment.left())
        return super().recv(*args)

    def recv_into(self, *args: t.Any) -> int:
        self.settimeout(self.moment.left())
        return super().recv_into(*args)

    def sendall(self, *args: t.Any) -> None:
        self.settimeout(self.moment.left())
        super().sendall(*args)


class TimedTlsSocket(ssl.SSLSocket):
    """The same over TLS."""

    moment: Moment

    def recv(self, *args: t.Any) -> bytes:
        self.settimeout(self.moment.left())
        return super().recv(*args)

    def recv_into(self, *args: t.Any) -> int:
        self.settimeout(self.moment.left())
        return super().recv_into(*args)

    def sendall(self, *args: t.Any) -> None:
        self.settimeout(self.moment.left())
        super().sendall(*args)


def connect(host: str, port: int, moment: Moment) -> TimedSocket:
    """Open a TCP connection that ends at ``moment``.

    :raises NoConnection: nothing accepts it.
    """
    try:
        plain = socket.create_connection((host, port), timeout=moment.left())
    except socket.timeout as error:
        raise NoConnection("no connection within %.3g s" % moment.seconds) from error
    except OSError as error:
        raise NoConnection((error.strerror or str(error)).lower()) from error
    timed = TimedSocket(plain.family, plain.type, plain.proto, fileno=plain.detach())
    timed.moment = moment
    return timed


def over_tls(plain: TimedSocket, host: str) -> TimedTlsSocket:
    """Start TLS on a connection.

    The certificate is not verified: the probe asks whether a service is ready on this address, and a service on
    loopback cannot have a certificate for it. (The kubelet's HTTPS probes do the same.)

    :raises OSError: the handshake failed.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.sslsocket_class = TimedTlsSocket
    plain.settimeout(plain.moment.left())
    moment = plain.moment
    tls = t.cast(TimedTlsSocket, context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False))
    tls.moment = moment
    with contextlib.ExitStack() as on_failure:
        on_failure.callback(tls.close)
        tls.settimeout(moment.left())
        tls.do_handshake()  # OpenSSL's loop in the interpreter takes the timeout as one for the whole handshake
        on_failure.pop_all()
    return tls


def in_words(error: OSError, moment: Moment) -> str:
    """What went wrong on an open connection, in the words of an operator."""
    if isinstance(error, socket.timeout):
        return "no complete answer within %.3g s" % moment.seconds
    if isinstance(error, ConnectionResetError):
        return "the connection was reset"
    return error.strerror or str(error) or type(error).__name__


def read_line(connection: socket.socket, limit: int = 64 * 1024) -> bytes:
    """Read up to and including one line feed; what comes after it stays unread.

    :raises OSError: the time is up, the peer closed the connection or the line is longer than ``limit`` bytes.
    """
    line = bytearray()
    while not line.endswith(b"\n"):
        # Byte by byte, because a second reader takes over after the line; the lines are few and short.
        byte = connection.recv(1)
        if not byte:
            raise ConnectionError("the connection was closed in the middle of the answer")
        line += byte
        if len(line) > limit:
            raise ConnectionError("a line of the answer is longer than %d bytes" % limit)
    return bytes(line)
