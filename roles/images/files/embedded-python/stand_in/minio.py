# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MinIO's health paths; the S3 API answers AccessDenied, as MinIO does to an unsigned call."""

from __future__ import annotations

from serving.message import Request, Response
from serving.server import Exchange, Listener
from stand_in.face import ConfigurationError, marked, server_name

__all__ = ["ConfigurationError", "listeners"]

API_PORT = 9000
CONSOLE_PORT = 9001
MINIMUM_USER = 3
MINIMUM_PASSWORD = 8
HEALTH_PATHS = ("/minio/health/live", "/minio/health/ready", "/minio/health/cluster", "/minio/health/cluster/read")
DENIED = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<Error><Code>AccessDenied</Code><Message>Access Denied. (stand-in: the S3 API is not served)</Message></Error>"
)


def answer(request: Request) -> Response:
    """Return the answer to one request on the API port."""
    if request.path in HEALTH_PATHS and request.method in ("GET", "HEAD"):
        response = Response(200).with_header("X-Minio-Server-Status", "online")
        return response.with_header("X-Minio-Write-Quorum", "1") if "cluster" in request.path else response
    return Response(403, DENIED.encode(), "application/xml")


def console(request: Request) -> Response:
    """Return what stands in for the console's start page."""
    return Response(200, b"MinIO console: stand-in of sahool.platform, not served\n")


def port_of(option: str, arguments: list[str], default: int) -> int:
    """Return the port that ``--option ADDRESS`` or ``--option=ADDRESS`` of minio's command line names."""
    for position, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == option:
            if not equals:
                value = arguments[position + 1] if position + 1 < len(arguments) else ""
            port = value.rpartition(":")[2]
            if not port.isdigit():
                raise ConfigurationError(f"{option} {value!r} names no port, expected HOST:PORT or :PORT")
            return int(port)
    return default


def with_config_file(environment: dict[str, str]) -> dict[str, str]:
    """Return *environment* with the variables of the file that MINIO_CONFIG_ENV_FILE names laid over it.

    Raises ConfigurationError when the file cannot be read.
    """
    path = environment.get("MINIO_CONFIG_ENV_FILE")
    if not path:
        return environment
    try:
        with open(path, encoding="utf-8") as file:
            lines = [line.strip().removeprefix("export ") for line in file]
    except OSError as error:
        raise ConfigurationError(f"MINIO_CONFIG_ENV_FILE {path}: {error.strerror}") from None
    pairs = [line.partition("=") for line in lines if "=" in line and not line.startswith("#")]
    return {**environment, **{name: value.strip("\"'") for name, _equals, value in pairs}}


def check_credentials(environment: dict[str, str]) -> None:
    """Refuse root credentials that MinIO itself refuses. Raises ConfigurationError."""
    user = environment.get("MINIO_ROOT_USER", "minioadmin")
    password = environment.get("MINIO_ROOT_PASSWORD", "minioadmin")
    if len(user) < MINIMUM_USER or len(password) < MINIMUM_PASSWORD:
        raise ConfigurationError(
            f"MINIO_ROOT_USER has {len(user)} characters and MINIO_ROOT_PASSWORD {len(password)}, "
            f"expected at least {MINIMUM_USER} and {MINIMUM_PASSWORD}"
        )


def listeners(environment: dict[str, str], arguments: list[str]) -> list[Listener]:
    """Open the API port and the console's, where minio's own command line puts them."""
    check_credentials(with_config_file(environment))

    def handle(request: Request, exchange: Exchange) -> Response:
        return marked("minio", answer(request))

    def handle_console(request: Request, exchange: Exchange) -> Response:
        return marked("minio", console(request))

    return [
        Listener(port_of("--address", arguments, API_PORT), handle, server_name("MinIO")),
        Listener(port_of("--console-address", arguments, CONSOLE_PORT), handle_console, server_name("MinIO Console")),
    ]
