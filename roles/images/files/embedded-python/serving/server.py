# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listen, one thread for each connection, and leave at once on SIGTERM."""

from __future__ import annotations

import signal
import socket
import threading

from serving.log import log
from serving.message import MessageError, Request, Response, parse_request, render_response, request_framing
from serving.stream import Closed, Stream

TYPE_CHECKING = False  # typing costs 4 ms at start
if TYPE_CHECKING:
    import ssl

Handler = "collections.abc.Callable[[Request, Exchange], Response | None]"
# Enough for every probe and proxied call of one platform; beyond it new connections wait in the kernel's queue.
CONNECTION_LIMIT = 256
IDLE_SECONDS = 75.0
BODY_LIMIT = 1024 * 1024
DRAIN_LIMIT = 16 * 1024 * 1024
LINGER_SECONDS = 5.0


class Exchange:
    """What a handler may need besides the request: the connection, the peer, the body."""

    __slots__ = ("stream", "peer", "port", "scheme", "request", "framing", "body_taken", "keep")

    def __init__(self, stream: Stream, peer: str, port: int, request: Request, scheme: str = "http") -> None:
        self.stream = stream
        self.peer = peer
        self.port = port
        self.scheme = scheme
        self.request = request
        self.framing = request_framing(request.headers)
        self.body_taken = False
        self.keep = request.keeps_alive()

    def invite_body(self) -> None:
        """Tell a client that waits with its body (Expect: 100-continue) to send it."""
        self.body_taken = True
        if "100-continue" in self.request.headers.tokens("Expect"):
            self.stream.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def body(self) -> bytes:
        """Return the whole request body. Raises MessageError when it is longer than BODY_LIMIT."""
        self.invite_body()
        return self.stream.read_body(self.framing, BODY_LIMIT)


class Listener:
    """One port, the function that answers there and the name in its Server header.

    A handler returns a Response, or None when it answered on the connection itself. ``tls`` is the ssl.SSLContext of a
    port that speaks TLS; the module ssl is imported by who makes one.
    """

    def __init__(self, port: int, handler: Handler, server: str, tls: ssl.SSLContext | None = None) -> None:
        self.handler = handler
        self.server = server
        self.tls = tls
        self.active = 0
        self.accepted = 0
        self.requests = 0
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(CONNECTION_LIMIT)
        self.sock = socket.create_server(("0.0.0.0", port), backlog=256, reuse_port=False)
        self.port = self.sock.getsockname()[1]

    def accept_forever(self) -> None:
        """Accept connections until the listening socket is closed."""
        while True:
            self._slots.acquire()
            try:
                sock, address = self.sock.accept()
            except OSError:
                self._slots.release()
                if self.sock.fileno() < 0:
                    return
                continue  # the client left between SYN and accept
            threading.Thread(target=self._serve, args=(sock, address[0]), daemon=True).start()

    def _serve(self, sock: socket.socket, peer: str) -> None:
        with self._lock:
            self.active += 1
            self.accepted += 1
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(IDLE_SECONDS)
            if self.tls:
                # The handshake here, not in accept: one slow client would keep all others out.
                sock = self.tls.wrap_socket(sock, server_side=True)
            stream = Stream(sock)
            while self._serve_one(stream, peer):
                pass
        except (Closed, TimeoutError):
            pass  # the normal end of a kept connection
        except OSError as error:
            log(f"connection of {peer} to port {self.port} broke off: {error}")
        finally:
            sock.close()
            with self._lock:
                self.active -= 1
            self._slots.release()

    def _serve_one(self, stream: Stream, peer: str) -> bool:
        try:
            request = parse_request(stream.read_head())
            exchange = Exchange(stream, peer, self.port, request, "https" if self.tls else "http")
        except MessageError as error:
            stream.send(render_response(Response(error.status, f"{error}\n".encode()), self.server, keep=False))
            stream.linger(LINGER_SECONDS, DRAIN_LIMIT)
            return False
        with self._lock:
            self.requests += 1
        try:
            response = self.handler(request, exchange)
        except MessageError as error:
            exchange.keep = False
            response = Response(error.status, f"{error}\n".encode())
        if response is None:
            return exchange.keep
        if exchange.keep and not exchange.body_taken:
            exchange.keep = self._drain(exchange)
        stream.send(render_response(response, self.server, exchange.keep, request.method == "HEAD"))
        if not exchange.keep and exchange.framing != 0:
            stream.linger(LINGER_SECONDS, DRAIN_LIMIT)
        return exchange.keep

    @staticmethod
    def _drain(exchange: Exchange) -> bool:
        """Read away a body nobody asked for; tell whether the connection can be kept."""
        if exchange.framing == 0:
            return True
        if exchange.framing < 0 or exchange.framing > DRAIN_LIMIT or exchange.request.headers.get("Expect"):
            return False
        exchange.stream.copy_body(exchange.framing, lambda part: None)
        return True


def accept_only(port: int) -> socket.socket:
    """Open a port that takes connections and closes each: for protocols that the image does not speak."""
    sock = socket.create_server(("0.0.0.0", port), backlog=16)

    def run() -> None:
        while True:
            try:
                sock.accept()[0].close()
            except OSError:
                if sock.fileno() < 0:
                    return

    threading.Thread(target=run, daemon=True).start()
    return sock


def run_until_told_to_stop(listeners: list[Listener]) -> int:
    """Serve all listeners until SIGTERM or SIGINT; return the exit code.

    PID 1 ignores signals that it does not handle, so the signals are waited for; nothing is drained, because the
    platform stops a service only after its consumers.
    """
    stop = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    for listener in listeners:
        threading.Thread(target=listener.accept_forever, daemon=True).start()
    received = signal.sigwait(stop)
    log(f"{signal.Signals(received).name} received, stopping")
    for listener in listeners:
        listener.sock.close()
    return 0
