# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP request and its answer, bounded in time and size.

Not ``open_url``: it follows redirects, takes a proxy from the environment and bounds single reads only.
"""

from __future__ import annotations

import http.client
import typing as t
from dataclasses import dataclass

from .timed_socket import Moment, connect, over_tls

BODY_LIMIT = 1024 * 1024  # bytes; a readiness answer is some hundred bytes long


class NotHttp(Exception):
    """What answers does not speak HTTP."""


@dataclass(frozen=True)
class Reply:
    """An answer; ``body`` holds its first ``BODY_LIMIT`` bytes, ``cut`` says whether there were more."""

    status: int
    body: bytes
    cut: bool


def exchange(
    host: str,
    port: int,
    path: str,
    moment: Moment,
    *,
    scheme: str = "http",
    method: str = "GET",
    headers: t.Mapping[str, str] | None = None,
    body: bytes = b"",
) -> Reply:
    """Send one request and read its answer; redirects are answers like any other.

    :raises NotHttp: the peer speaks something else.
    :raises NoConnection: nothing accepts the connection.
    :raises OSError: no complete answer before ``moment``.
    """
    lines = ["%s %s HTTP/1.1" % (method, path), "Host: %s" % _authority(host, port)]
    fields = {"Accept": "*/*", "Connection": "close", "User-Agent": "sahool-service-health", **(headers or {})}
    if body:
        fields["Content-Length"] = str(len(body))
    lines += ["%s: %s" % item for item in fields.items()]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace") + body

    with connect(host, port, moment) as plain:
        connection = over_tls(plain, host) if scheme == "https" else plain
        with connection:
            connection.sendall(request)
            return _read(http.client.HTTPResponse(connection, method=method))


def _read(response: http.client.HTTPResponse) -> Reply:
    with response:
        try:
            response.begin()
            body = response.read(BODY_LIMIT + 1)
        except http.client.RemoteDisconnected as error:
            raise ConnectionError("the connection was closed without an answer") from error
        except http.client.IncompleteRead as error:
            raise ConnectionError("the connection was closed in the middle of the answer") from error
        except (http.client.HTTPException, ValueError) as error:
            raise NotHttp("%s: %.80r" % (type(error).__name__, str(error))) from error
        if response.length and len(body) <= BODY_LIMIT:
            raise ConnectionError("the connection was closed in the middle of the answer")
        return Reply(response.status, body[:BODY_LIMIT], len(body) > BODY_LIMIT)


def _authority(host: str, port: int) -> str:
    return "[%s]:%d" % (host, port) if ":" in host else "%s:%d" % (host, port)
