# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read Kong's declarative format 3.0 (JSON): services with a URL, routes with prefix paths.

What needs the real Kong is refused by name: a route that is silently served otherwise would hide a mistake.
"""

from __future__ import annotations

import hashlib
import json

from stand_in.face import ConfigurationError
from stand_in.kong.routes import Route, Upstream

EMPTY_DIGEST = "0" * 32
FILE_KEYS = {"_format_version", "_transform", "_comment", "_info", "services"}
SERVICE_KEYS = {"name", "id", "url", "routes", "tags", "connect_timeout", "read_timeout", "write_timeout", "retries"}
ROUTE_KEYS = {"name", "id", "paths", "strip_path", "preserve_host", "protocols", "tags"}
DEFAULT_TIMEOUT = 60000


class Configuration:
    """Routes by falling length of their path, and the digest that /status reports."""

    def __init__(self, routes: list[Route], digest: str) -> None:
        self.routes = routes
        self.digest = digest


def _check_keys(where: str, given: dict, known: set[str]) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        raise ConfigurationError(f"{where}: {', '.join(unknown)} not served by the stand-in; use the real Kong")


def _upstream(service: dict, where: str) -> Upstream:
    url = service.get("url")
    if not isinstance(url, str) or not url.startswith("http://"):
        raise ConfigurationError(f"{where}: url is {url!r}, expected http://host[:port][/path]")
    address, slash, path = url[len("http://") :].partition("/")
    host, colon, port = address.rpartition(":") if ":" in address else (address, "", "80")
    if not host or not port.isdigit():
        raise ConfigurationError(f"{where}: url {url!r} names no host and port")
    connect = service.get("connect_timeout", DEFAULT_TIMEOUT) / 1000
    read = service.get("read_timeout", DEFAULT_TIMEOUT) / 1000
    return Upstream(host, int(port), slash + path if path else "/", connect, read)


def _routes(service: dict, where: str) -> list[Route]:
    upstream = _upstream(service, where)
    routes = []
    for position, route in enumerate(service.get("routes", [])):
        name = f"{where}, route {route.get('name', position)}"
        _check_keys(name, route, ROUTE_KEYS)
        if "http" not in route.get("protocols", ["http"]):
            raise ConfigurationError(f"{name}: protocols {route['protocols']!r} holds no http; TLS needs the real Kong")
        paths = route.get("paths")
        if not isinstance(paths, list) or not paths:
            raise ConfigurationError(f"{name}: paths is {paths!r}, expected a list of paths")
        for path in paths:
            if not isinstance(path, str) or not path.startswith("/"):
                raise ConfigurationError(f"{name}: path {path!r} is no prefix path; regular expressions need Kong")
            # Both default as in Kong: strip_path true, preserve_host false.
            routes.append(Route(path, route.get("strip_path", True), route.get("preserve_host", False), upstream))
    return routes


def parse(text: str) -> Configuration:
    """Parse a declarative file. Raises ConfigurationError naming the service and the field."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"declarative configuration is not JSON: {error}") from error
    if not isinstance(document, dict) or document.get("_format_version") not in ("3.0", "2.1", "1.1"):
        raise ConfigurationError("declarative configuration has no _format_version '3.0'")
    _check_keys("declarative configuration", document, FILE_KEYS)
    routes: list[Route] = []
    for position, service in enumerate(document.get("services") or []):
        where = f"service {service.get('name', position)}"
        _check_keys(where, service, SERVICE_KEYS)
        routes.extend(_routes(service, where))
    routes.sort(key=lambda route: -len(route.path))
    # Kong reports the MD5 of the file's text (kong-vectors, dl-02).
    return Configuration(routes, hashlib.md5(text.encode(), usedforsecurity=False).hexdigest())


def load(path: str) -> Configuration:
    """Read the file that KONG_DECLARATIVE_CONFIG names; without one the configuration is empty, as in Kong."""
    if not path:
        return Configuration([], EMPTY_DIGEST)
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except OSError as error:
        raise ConfigurationError(f"KONG_DECLARATIVE_CONFIG {path}: {error.strerror}") from error
    try:
        return parse(text)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from error
