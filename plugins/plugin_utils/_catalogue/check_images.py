# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of images: a pinned tag, and nothing else that could move."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.finding import PLATFORM, Finding, shown

# Three numbers in a row: 3.4.2, 16-3.4, 2024-01-16. "7.4-alpine3.20" has not, and does move within 7.4.
PINNED = re.compile(r"\d+([._-]\d+){2,}")
DIGEST = re.compile(r"(^|@)sha256:[0-9a-f]{64}$")
FLOATING = re.compile(r"(^|[._-])(latest|stable|edge|nightly|main|master|develop|dev)([._-]|$)")
RULE = "a digest (sha256:…) or a tag with at least three numbers in a row, such as 3.4.2, 16-3.4 or 2024-01-16"


def is_pinned(tag: str) -> bool:
    """Tell whether a tag can be expected to name one image for ever."""
    return bool(DIGEST.search(tag)) or bool(PINNED.search(tag) and not FLOATING.search(tag))


def image_findings(services: Mapping[str, Mapping[str, Any]], registry: str, version: str) -> list[Finding]:
    """Return what is wrong with the images of *services*.

    :param services: merged entries, without defaults.
    """
    findings = []
    own = [name for name, entry in services.items() if not entry.get("image")]
    by_version = [name for name in own if not services[name].get("tag")]
    if own and not registry:
        findings.append(
            Finding(
                PLATFORM,
                "sahool_registry",
                "nothing",
                "a registry and path",
                f"set sahool_registry: the images of {len(own)} services, {own[0]} the first, come from it",
            )
        )
    if by_version and not is_pinned(version):
        findings.append(
            Finding(
                PLATFORM,
                "sahool_version",
                shown(version or None),
                RULE,
                f"pin the release: {len(by_version)} services, {by_version[0]} the first, run it",
            )
        )
    for name, entry in services.items():
        image, tag = entry.get("image"), entry.get("tag")
        if image and (":" in image.rpartition("/")[2] or "@" in image):
            findings.append(
                Finding(name, "image", shown(image), "a repository without tag or digest", "move what follows to tag")
            )
        elif image and not tag:
            findings.append(Finding(name, "tag", "nothing", RULE, f"set the tag of {image}"))
        if tag and not is_pinned(tag):
            findings.append(Finding(name, "tag", shown(tag), RULE, "pin the tag"))
    return findings
