# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxy one request to the service that its route names; answers of its own read as Kong's (kong-vectors, pg-15)."""

from __future__ import annotations

import json
import socket
import time

from serving.log import log
from serving.message import (
    CHUNKED,
    UNTIL_CLOSE,
    MessageError,
    Request,
    Response,
    parse_response,
    render_head,
    response_framing,
)
from serving.server import IDLE_SECONDS, Exchange
from serving.stream import Closed, Stream, pipe
from stand_in.face import marked
from stand_in.kong.admin import PRODUCT
from stand_in.kong.routes import Route, match, upstream_path

NO_ROUTE = "no Route matched with those values"
BAD_UPSTREAM = "An invalid response was received from the upstream server"
SLOW_UPSTREAM = "The upstream server is timing out"
NO_NAME = "name resolution failed"
# Fields that belong to one connection (RFC 9110 section 7.6.1), and those that the proxy sets itself.
HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
SET_BY_PROXY = {"host", "x-real-ip", "expect", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"} | {
    "x-forwarded-port",
    "x-forwarded-path",
    "x-forwarded-prefix",
}


def refusal(status: int, message: str, reached: bool) -> Response:
    """Return an answer of the gateway's own; ``reached`` tells whether an upstream was tried."""
    body = json.dumps({"message": message}, separators=(",", ":")).encode()
    response = marked("kong", Response(status, body, "application/json; charset=utf-8"))
    if reached:
        return response.with_header("X-Kong-Upstream-Latency", "0").with_header("Via", PRODUCT)
    return response.with_header("X-Kong-Response-Latency", "0")


def upstream_fields(
    request: Request, peer: str, port: int, route: Route, scheme: str = "http"
) -> list[tuple[str, str]]:
    """Return the header fields of the request to the upstream."""
    listed = request.headers.tokens("Connection")
    fields = [
        (name, value)
        for name, value in request.headers.fields
        if name.lower() not in HOP_BY_HOP and name.lower() not in SET_BY_PROXY and name.lower() not in listed
    ]
    asked = request.headers.get("Host")
    earlier = request.headers.get("X-Forwarded-For")
    fields += [
        ("Host", asked if route.preserve_host and asked else route.upstream.authority()),
        ("X-Real-IP", peer),
        ("X-Forwarded-For", f"{earlier}, {peer}" if earlier else peer),
        ("X-Forwarded-Proto", scheme),
        ("X-Forwarded-Host", asked.partition(":")[0]),
        ("X-Forwarded-Port", str(port)),
        ("X-Forwarded-Path", request.path),
    ]
    if route.strip_path:
        fields.append(("X-Forwarded-Prefix", route.path))
    if "chunked" in request.headers.tokens("Transfer-Encoding"):
        fields.append(("Transfer-Encoding", "chunked"))
    if request.wants_upgrade():
        fields += [("Connection", "Upgrade"), ("Upgrade", request.headers.get("Upgrade"))]
    else:
        fields.append(("Connection", "close"))
    return fields


def handle(request: Request, exchange: Exchange, routes: list[Route]) -> Response | None:
    """Answer one request on the proxy port; None when the upstream's answer was passed on."""
    route = match(routes, request.path)
    if route is None:
        return refusal(404, NO_ROUTE, reached=False)
    upstream = route.upstream
    began = time.monotonic()
    try:
        address = socket.getaddrinfo(upstream.host, upstream.port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        log(f"{upstream.authority()}: {error.strerror}")
        return refusal(503, NO_NAME, reached=False)
    server = Stream(socket.socket(address[0], address[1], address[2]))
    try:
        server.sock.settimeout(upstream.connect_timeout)
        server.sock.connect(address[4])
        server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server.sock.settimeout(upstream.read_timeout)
        head = _ask(request, exchange, route, server)
        status, reason, headers = parse_response(head)
    except TimeoutError:
        log(f"{upstream.authority()}: no answer within its timeout")
        exchange.keep = False
        server.close()
        return refusal(504, SLOW_UPSTREAM, reached=True)
    except (OSError, MessageError) as error:
        log(f"{upstream.authority()}: {error}")
        exchange.keep = False
        server.close()
        return refusal(502, BAD_UPSTREAM, reached=True)
    try:
        latency = int((time.monotonic() - began) * 1000)
        _pass_on(request, exchange, server, (status, reason, headers), latency)
    finally:
        server.close()
    return None


def _ask(request: Request, exchange: Exchange, route: Route, server: Stream) -> bytes:
    path = upstream_path(route, request.path) + (f"?{request.query}" if request.query else "")
    fields = upstream_fields(request, exchange.peer, exchange.port, route, exchange.scheme)
    server.send(render_head(f"{request.method} {path} HTTP/1.1", fields))
    exchange.invite_body()
    exchange.stream.copy_body(exchange.framing, server.send)
    while True:
        head = server.read_head()
        if head.split(b" ", 2)[1] != b"100":  # an interim answer, the client has its own already
            return head


def _pass_on(request: Request, exchange: Exchange, server: Stream, answer: tuple, latency: int) -> None:
    status, reason, headers = answer
    fields = [(name, value) for name, value in headers.fields if name.lower() not in HOP_BY_HOP]
    fields += [("X-Kong-Upstream-Latency", str(latency)), ("X-Kong-Proxy-Latency", "0"), ("Via", PRODUCT)]
    fields.append(("X-Stand-In", "sahool.platform stand-in for kong"))
    if status == 101:
        fields += [("Connection", "Upgrade"), ("Upgrade", headers.get("Upgrade"))]
        exchange.stream.send(render_head(f"HTTP/1.1 101 {reason}", fields))
        exchange.keep = False
        pipe(exchange.stream, server)
        return
    framing = response_framing(request.method, status, headers)
    if framing == CHUNKED:
        fields.append(("Transfer-Encoding", "chunked"))
    if framing == UNTIL_CLOSE:
        exchange.keep = False
    fields.append(("Connection", "keep-alive" if exchange.keep else "close"))
    exchange.stream.send(render_head(f"HTTP/1.1 {status} {reason}", fields))
    try:
        server.copy_body(framing, exchange.stream.send)
    except (Closed, MessageError, TimeoutError) as error:
        # The client has the head already: an early close is the only way left to say that the body is not whole.
        log(f"upstream broke off its body: {error}")
        exchange.keep = False
    exchange.stream.sock.settimeout(IDLE_SECONDS)
