# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of Kong's Admin API that the collection calls: ``/status`` and ``/`` (kong-vectors, dl-01)."""

from __future__ import annotations

import os
import socket

from serving.message import Request, Response, json_response
from serving.server import Listener
from stand_in.face import marked

VERSION = "3.4.2"
PRODUCT = f"kong/{VERSION}"
JSON = "application/json; charset=utf-8"
# Entities that a real Kong serves here: the stand-in says so and does not claim that they do not exist.
REAL_ONLY = {
    "ca_certificates",
    "certificates",
    "clustering",
    "config",
    "consumers",
    "endpoints",
    "metrics",
    "plugins",
    "routes",
    "schemas",
    "services",
    "snis",
    "tags",
    "targets",
    "upstreams",
    "workspaces",
}
SHARED_DICTS = {
    "kong": ("0.04", "5.00"),
    "kong_cluster_events": ("0.04", "5.00"),
    "kong_core_db_cache": ("0.76", "128.00"),
    "kong_core_db_cache_miss": ("0.08", "12.00"),
    "kong_db_cache": ("0.76", "128.00"),
    "kong_db_cache_miss": ("0.08", "12.00"),
    "kong_healthchecks": ("0.04", "5.00"),
    "kong_locks": ("0.06", "8.00"),
    "kong_rate_limiting_counters": ("0.08", "12.00"),
    "kong_secrets": ("0.04", "5.00"),
    "prometheus_metrics": ("0.04", "5.00"),
}


class Node:
    """What the Admin API tells about this process."""

    def __init__(self, digest: str, declarative_file: str) -> None:
        self.digest = digest
        self.declarative_file = declarative_file
        self.listeners: list[Listener] = []
        # The kernel's, since importing uuid costs 8 ms.
        with open("/proc/sys/kernel/random/uuid", encoding="ascii") as file:
            self.node_id = file.read().strip()


def resident_mebibytes() -> float:
    """Return the process's resident memory; it stands where Kong reports its Lua heap."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def status(node: Node) -> dict[str, object]:
    """Return the body of ``/status`` in the shape of a DB-less Kong 3.4.2."""
    accepted = sum(listener.accepted for listener in node.listeners)
    active = sum(listener.active for listener in node.listeners)
    return {
        "memory": {
            "lua_shared_dicts": {
                name: {"allocated_slabs": f"{used} MiB", "capacity": f"{size} MiB"}
                for name, (used, size) in SHARED_DICTS.items()
            },
            "workers_lua_vms": [{"pid": os.getpid(), "http_allocated_gc": f"{resident_mebibytes():.2f} MiB"}],
        },
        "server": {
            "connections_accepted": accepted,
            "connections_active": active,
            "connections_handled": accepted,
            "connections_reading": 0,
            "connections_waiting": 0,
            "connections_writing": active,
            "total_requests": sum(listener.requests for listener in node.listeners),
        },
        "configuration_hash": node.digest,
    }


def information(node: Node) -> dict[str, object]:
    """Return the fields of ``/`` that tell what runs here."""
    return {
        "version": VERSION,
        "tagline": "Welcome to kong",
        "stand_in": "sahool.platform stand-in for kong",
        "hostname": socket.gethostname(),
        "node_id": node.node_id,
        "configuration": {
            "database": "off",
            "declarative_config": node.declarative_file,
            "router_flavor": "traditional_compatible",
        },
        "pids": {"master": os.getpid(), "workers": [os.getpid()]},
        "plugins": {"available_on_server": {}, "enabled_in_cluster": []},
        "timers": {"running": 0, "pending": 0},
    }


def _answer(request: Request, node: Node) -> Response:
    path = request.path.rstrip("/") or "/"
    if path in ("/", "/status"):
        if request.method not in ("GET", "HEAD"):
            return json_response(405, {"message": "Method not allowed"}, JSON)
        return json_response(200, status(node) if path == "/status" else information(node), JSON)
    if path.split("/")[1] in REAL_ONLY:
        text = f"the stand-in serves / and /status, not {path}: this needs the real Kong"
        return json_response(501, {"message": text}, JSON)
    return json_response(404, {"message": "Not found"}, JSON)


def answer(request: Request, node: Node) -> Response:
    """Return the answer to one Admin API request."""
    response = marked("kong", _answer(request, node))
    return response.with_header("Access-Control-Allow-Origin", "*").with_header(
        "Access-Control-Allow-Credentials", "true"
    )
