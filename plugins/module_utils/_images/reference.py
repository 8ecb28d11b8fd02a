# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image references: the short form that Docker reports, and the registry that they name."""

from __future__ import annotations

DEFAULT_REGISTRY = "docker.io"
_DEFAULT_REGISTRY_ALIASES = ("docker.io", "index.docker.io", "registry-1.docker.io")


def registry_host(reference: str) -> str:
    """Return the registry that *reference* is pulled from.

    Docker's rule (distribution/reference): the first component is a host when it has a dot or a colon or is
    ``localhost``.
    """
    first, slash, _rest = reference.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return DEFAULT_REGISTRY if first in _DEFAULT_REGISTRY_ALIASES else first
    return DEFAULT_REGISTRY


def familiar(reference: str) -> str:
    """Return *reference* as ``docker image inspect`` lists it: without Docker Hub's host and ``library/``."""
    name = reference
    host, slash, rest = reference.partition("/")
    if slash and host in _DEFAULT_REGISTRY_ALIASES:
        name = rest
    if registry_host(reference) == DEFAULT_REGISTRY and name.startswith("library/"):
        name = name[len("library/") :]
    if "@" in name:
        # Docker ignores the tag beside a digest.
        repository_and_tag, _at, digest = name.partition("@")
        return f"{_without_tag(repository_and_tag)}@{digest}"
    return name if _has_tag(name) else f"{name}:latest"


def repository(reference: str) -> str:
    """Return the short form of *reference* without tag and digest."""
    return _without_tag(familiar(reference).partition("@")[0])


def _has_tag(name: str) -> bool:
    return ":" in name.rpartition("/")[2]


def _without_tag(name: str) -> str:
    return name.rpartition(":")[0] if _has_tag(name) else name
