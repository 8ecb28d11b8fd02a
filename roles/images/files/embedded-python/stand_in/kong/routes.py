# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Match a path to a route and build the upstream's path, as Kong 3.4 does (kong-vectors, pg-15)."""

from __future__ import annotations


class Upstream:
    """Where a service lives. Times in seconds."""

    __slots__ = ("host", "port", "path", "connect_timeout", "read_timeout")

    def __init__(self, host: str, port: int, path: str, connect_timeout: float, read_timeout: float) -> None:
        self.host = host
        self.port = port
        self.path = path
        self.connect_timeout = connect_timeout
        self.read_timeout = read_timeout

    def authority(self) -> str:
        """Return what the upstream's Host header says."""
        return self.host if self.port == 80 else f"{self.host}:{self.port}"


class Route:
    """One path of one route."""

    __slots__ = ("path", "strip_path", "preserve_host", "upstream")

    def __init__(self, path: str, strip_path: bool, preserve_host: bool, upstream: Upstream) -> None:
        self.path = path
        self.strip_path = strip_path
        self.preserve_host = preserve_host
        self.upstream = upstream


def match(routes: list[Route], path: str) -> Route | None:
    """Return the first route whose path begins ``path``; ``routes`` stand by falling length.

    Kong compares characters, not segments: ``/echo`` also takes ``/echoes``.
    """
    for route in routes:
        if path.startswith(route.path):
            return route
    return None


def upstream_path(route: Route, path: str) -> str:
    """Return the path to ask the upstream for (path handling v0)."""
    base = route.upstream.path
    if not route.strip_path:
        return base + path[1:] if base.endswith("/") else (base if path == "/" else base + path)
    rest = path[len(route.path) :]
    if not rest:
        if base == "/":
            return "/"
        base = base.rstrip("/")
        return base + "/" if len(path) > 1 and path.endswith("/") else base
    return base.rstrip("/") + (rest if rest.startswith("/") else "/" + rest)
