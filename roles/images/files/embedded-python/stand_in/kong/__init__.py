# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kong 3.4.2 DB-less: /status and / of the Admin API on 8001, and a proxy on 8000 by the declarative file.

Both also over TLS, on 8444 and 8443, where they are given a certificate. Not served in this version: plugins, upstream
entities, writes, HTTP/2.
"""

from __future__ import annotations

from serving.message import Request, Response
from serving.server import Exchange, Listener
from stand_in.face import ConfigurationError, server_name
from stand_in.kong import admin, proxy
from stand_in.kong.declarative import load
from stand_in.kong.tls import server_context

__all__ = ["ConfigurationError", "listeners"]

PROXY_PORT = 8000
ADMIN_PORT = 8001
PROXY_TLS_PORT = 8443
ADMIN_TLS_PORT = 8444


def listeners(environment: dict[str, str], arguments: list[str]) -> list[Listener]:
    """Open the proxy and the Admin API. Raises ConfigurationError for a file that Kong refuses or that needs Kong."""
    configuration = load(environment.get("KONG_DECLARATIVE_CONFIG", ""))
    node = admin.Node(configuration.digest, environment.get("KONG_DECLARATIVE_CONFIG", ""))

    def handle_proxy(request: Request, exchange: Exchange) -> Response | None:
        return proxy.handle(request, exchange, configuration.routes)

    def handle_admin(request: Request, exchange: Exchange) -> Response:
        return admin.answer(request, node)

    node.listeners = [
        Listener(PROXY_PORT, handle_proxy, server_name(admin.PRODUCT)),
        Listener(ADMIN_PORT, handle_admin, server_name(admin.PRODUCT)),
    ]
    for port, handler, variable in (
        (PROXY_TLS_PORT, handle_proxy, "KONG_SSL_CERT"),
        (ADMIN_TLS_PORT, handle_admin, "KONG_ADMIN_SSL_CERT"),
    ):
        context = server_context(environment, variable)
        if context:
            node.listeners.append(Listener(port, handler, server_name(admin.PRODUCT), context))
    return node.listeners
