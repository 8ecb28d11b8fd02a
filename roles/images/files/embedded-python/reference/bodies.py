# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bodies of the service's answers, built from values alone."""

from __future__ import annotations

from reference.settings import Settings


def identified(settings: Settings, body: dict[str, object]) -> dict[str, object]:
    """Return ``body`` with who answers: name, version, release, and ``service`` where the real service says so."""
    named: dict[str, object] = dict(body)
    if settings.identity:
        named["service"] = settings.identity
    named["name"] = settings.service
    named["version"] = settings.version
    named["release"] = settings.release
    return named


def _label(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def metrics(settings: Settings, requests: int, dependencies: dict[str, str | None]) -> str:
    """Return the metrics text; a dependency counts 1 while it works."""
    service = f'service="{_label(settings.service)}"'
    release = f'version="{_label(settings.version)}",release="{_label(settings.release)}"'
    lines = [
        "# HELP reference_up Whether the service answers.",
        "# TYPE reference_up gauge",
        f"reference_up{{{service}}} 1",
        "# HELP reference_info Name, version and release of the service.",
        "# TYPE reference_info gauge",
        f"reference_info{{{service},{release}}} 1",
        "# HELP reference_requests_total HTTP requests taken.",
        "# TYPE reference_requests_total counter",
        f"reference_requests_total{{{service}}} {requests}",
    ]
    if dependencies:
        lines += [
            "# HELP reference_dependency_up Whether a hard dependency works.",
            "# TYPE reference_dependency_up gauge",
        ]
    for name, failure in dependencies.items():
        lines.append(f'reference_dependency_up{{{service},dependency="{_label(name)}"}} {int(failure is None)}')
    return "\n".join(lines) + "\n"


def openapi(settings: Settings, paths: list[str]) -> dict[str, object]:
    """Return an OpenAPI 3.1 description of ``paths``."""
    answer = {"get": {"responses": {"200": {"description": "as the path's name says"}}}}
    info = {"title": settings.service, "version": settings.version, "x-release": settings.release}
    document: dict[str, object] = {"openapi": "3.1.0", "info": info, "paths": dict.fromkeys(paths, answer)}
    return identified(settings, document)
