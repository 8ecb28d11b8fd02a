# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Qdrant 1.7.4's health paths and an empty collection list behind its API key.

Texts and the 403 are those of Qdrant's own source (src/actix/api/service_api.rs, src/actix/api_key.rs).
"""

from __future__ import annotations

import hmac
import os
import re
import time

from serving.message import Request, Response, json_response
from serving.server import Exchange, Listener, accept_only
from stand_in.face import ConfigurationError, marked, server_name

__all__ = ["ConfigurationError", "listeners"]

VERSION = "1.7.4"
HTTP_PORT = 6333
GRPC_PORT = 6334
# https://qdrant.tech/documentation/guides/configuration/: read after config.yaml, before the environment.
LOCAL_CONFIG = "/qdrant/config/local.yaml"
OPEN_PATHS = {
    "/healthz": "healthz check passed",
    "/livez": "healthz check passed",
    "/readyz": "all shards are ready",
}


def answer(request: Request, api_key: str) -> Response:
    """Return the answer to one request; every path but the open ones needs ``api_key`` when one is set."""
    if request.path in OPEN_PATHS:
        return Response(200, OPEN_PATHS[request.path].encode())
    if request.path == "/":
        title = "qdrant - vector search engine (sahool.platform stand-in)"
        return json_response(200, {"title": title, "version": VERSION})
    given = request.headers.get("api-key").encode("latin-1")
    if api_key and not hmac.compare_digest(given, api_key.encode()):
        return Response(403, b"Invalid api-key")
    if request.path == "/collections" and request.method == "GET":
        began = time.monotonic()
        return json_response(
            200, {"result": {"collections": []}, "status": "ok", "time": round(time.monotonic() - began, 9)}
        )
    return Response(404)


def configured_key(environment: dict[str, str], path: str = LOCAL_CONFIG) -> str:
    """Return the API key: the variable, or the line ``api_key:`` of config/local.yaml (empty: none is asked for).

    Raises ConfigurationError when the file is there and cannot be read.
    """
    if "QDRANT__SERVICE__API_KEY" in environment or not os.path.exists(path):
        return environment.get("QDRANT__SERVICE__API_KEY", "")
    try:
        with open(path, encoding="utf-8") as file:
            found = re.search(r"^ +api_key: *(\"?)(?P<key>[^\"\s]*)\1 *$", file.read(), re.MULTILINE)
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None
    return found["key"] if found else ""


def listeners(environment: dict[str, str], arguments: list[str]) -> list[Listener]:
    """Open 6333 (HTTP) and 6334 (gRPC, which only takes connections)."""
    api_key = configured_key(environment)

    def handle(request: Request, exchange: Exchange) -> Response:
        return marked("qdrant", answer(request, api_key))

    accept_only(int(environment.get("QDRANT__SERVICE__GRPC_PORT") or GRPC_PORT))
    return [Listener(HTTP_PORT, handle, server_name(f"qdrant/{VERSION}"))]
