# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked for: which image each service wants, and which builds there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

REGISTRY = "registry"
BUILD = "build"
AUTO = "auto"

IMAGE_OPTIONS: dict[str, Any] = {
    "service": {"type": "str", "required": True},
    "registry_reference": {"type": "str", "required": True},
    "major": {"type": "str"},
    "build": {"type": "str"},
    "build_reference": {"type": "str"},
    "build_major": {"type": "str"},
}

BUILD_OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "reference": {"type": "str", "required": True},
    "digest": {"type": "str", "required": True},
    "context": {"type": "path", "required": True},
    "target": {"type": "str"},
}


class RequestError(Exception):
    """The options contradict themselves; the text says where and what to do."""


@dataclass(frozen=True)
class Request:
    """The image of one service.

    :param registry_reference: what a registry calls it.
    :param major: major version of the server in it (stateful services only).
    :param build: name of the build that gives the embedded default; None when there is none.
    :param build_reference: what the host calls the embedded default of this service.
    """

    service: str
    registry_reference: str
    major: str | None
    build: str | None
    build_reference: str | None
    build_major: str | None


@dataclass(frozen=True)
class Build:
    """One embedded image.

    :param reference: its own name; services may call it by further names.
    :param digest: of its context; stands in a label of the image.
    :param context: folder on this host; several builds may share it.
    :param target: stage of its Dockerfile; None for the last one.
    """

    name: str
    reference: str
    digest: str
    context: str
    target: str | None = None


def read_requests(images: Iterable[Mapping[str, Any]], builds: Mapping[str, Build]) -> list[Request]:
    """Make requests of the option ``images``.

    :raises RequestError: a service is named twice, or its build is not among *builds*.
    """
    requests: list[Request] = []
    findings: list[str] = []
    seen: set[str] = set()
    for image in images:
        fields: dict[str, Any] = {name: image.get(name) for name in IMAGE_OPTIONS}
        request = Request(**fields)
        if request.service in seen:
            findings.append(f"{request.service}: named twice in images; keep one entry")
        seen.add(request.service)
        if request.build and request.build not in builds:
            findings.append(f"{request.service}: build {request.build!r} is not among builds; add it there")
        if bool(request.build) != bool(request.build_reference):
            findings.append(f"{request.service}: build and build_reference go together; give both or neither")
        requests.append(request)
    if findings:
        raise RequestError("\n".join(findings))
    return requests


def chosen_sources(mode: str, allow_fallback: bool, recorded: Mapping[str, Any]) -> dict[str, str]:
    """Return the sources that are settled beforehand, by service (only V(auto) looks at *recorded*).

    :raises RequestError: V(auto) without permission, or a recorded source that is none.
    """
    if mode != AUTO:
        return {}
    if not allow_fallback:
        raise RequestError(
            "source 'auto' may fall back to embedded images, which this inventory does not allow "
            "(images_allow_fallback is false); set sahool_image_source to 'registry' or 'build'"
        )
    wrong = [f"{name}: {source!r}" for name, source in recorded.items() if source not in (REGISTRY, BUILD)]
    if wrong:
        raise RequestError(f"recorded sources must be '{REGISTRY}' or '{BUILD}', found " + ", ".join(wrong))
    return dict(recorded)
