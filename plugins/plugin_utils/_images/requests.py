# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the catalogue to the options of ``service_images``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._images.context import context_digest

TAG_DIGITS = 12
_OWN_REPOSITORY = "sahool-embedded"
# The reference image stands for services whose images are the user's own; each gets a name with its release.
_UNDER_SERVICE_NAME = "reference"


@dataclass(frozen=True)
class Recipe:
    """How an embedded image is built.

    :param folder: name of the build context below the folder of all contexts.
    :param target: stage of its Dockerfile, or None for the last.
    :param further: digest of what is downloaded into the context.
    """

    folder: str
    target: str | None
    further: str


def image_requests(
    services: Mapping[str, Mapping[str, Any]],
    contexts: str,
    home: str,
    recipes: Mapping[str, Mapping[str, Any]],
) -> dict[str, list[dict[str, Any]]]:
    """Return the options ``images`` and ``builds`` of ``service_images``.

    :param services: complete catalogue entries by service name.
    :param contexts: folder of the build contexts on the controller.
    :param home: folder of the build contexts on the managed host.
    :param recipes: embedded name to ``folder``, ``target`` and ``sha256`` of a download, where they differ from the
        rule (the folder of the same name, last stage, no download).
    :raises ContextError: a build context cannot be read.
    """
    names = sorted({entry["embedded"] for entry in services.values() if entry.get("embedded")})
    builds = {name: _build(name, services, contexts, home, recipes.get(name, {})) for name in names}
    images = []
    for service, entry in services.items():
        image = {
            "service": service,
            "registry_reference": entry["registry_image"],
            "major": entry.get("major"),
        }
        name = entry.get("embedded")
        if name:
            image["build"] = name
            image["build_reference"] = (
                _reference(service, _release(entry["tag"]), builds[name]["digest"])
                if name == _UNDER_SERVICE_NAME
                else _reference(name, entry.get("embedded_major"), builds[name]["digest"])
            )
            image["build_major"] = entry.get("embedded_major")
        images.append(image)
    return {"images": images, "builds": list(builds.values())}


def _build(
    name: str,
    services: Mapping[str, Mapping[str, Any]],
    contexts: str,
    home: str,
    raw_recipe: Mapping[str, Any],
) -> dict[str, Any]:
    recipe = Recipe(raw_recipe.get("folder", name), raw_recipe.get("target"), raw_recipe.get("sha256", ""))
    digest = context_digest(os.path.join(contexts, recipe.folder), recipe.further)
    majors = {entry.get("embedded_major") for entry in services.values() if entry.get("embedded") == name}
    return {
        "name": name,
        "reference": _reference(name, majors.pop() if len(majors) == 1 else None, digest),
        "digest": digest,
        "context": f"{home}/{recipe.folder}-{digest[:TAG_DIGITS]}",
        "target": recipe.target,
    }


def _release(tag: str) -> str | None:
    """Return what of a service's *tag* can stand in another: a digest cannot."""
    return None if ":" in tag else tag


def _reference(name: str, version: str | None, digest: str) -> str:
    tag = digest[:TAG_DIGITS] if version is None else f"{version}-{digest[:TAG_DIGITS]}"
    return f"{_OWN_REPOSITORY}/{name}:{tag}"
