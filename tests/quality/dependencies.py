# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""galaxy.yml and requirements.yml name exactly the collections that roles and playbooks use."""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml

# `community.docker.docker_image:` as a task's key, `lookup('community.general.x')`, `| ansible.utils.y`, `is a.b.c`.
USES = (
    re.compile(r"^\s*(?:- )?([a-z_0-9]+\.[a-z_0-9]+)\.[a-z_0-9.]+:(?:\s|$)", re.MULTILINE),
    re.compile(r"(?:lookup|query|q)\(\s*['\"]([a-z_0-9]+\.[a-z_0-9]+)\.[a-z_0-9]+['\"]"),
    re.compile(r"(?:\||\bis(?: not)?)\s+([a-z_0-9]+\.[a-z_0-9]+)\.[a-z_0-9]+"),
)
ALWAYS_THERE = {"ansible.builtin", "sahool.platform"}
PLACES = ("roles/", "playbooks/")


def findings(files: list[str], text: Callable[[str], str]) -> list[str]:
    """One sentence for each collection that is used and not declared, or declared and not used."""
    used: dict[str, str] = {}
    for name in files:
        if name.startswith(PLACES) and name.endswith((".yml", ".yaml", ".j2")) and "/files/" not in name:
            for pattern in USES:
                for collection in pattern.findall(text(name)):
                    used.setdefault(collection, name)
    declared = set(yaml.safe_load(text("galaxy.yml"))["dependencies"])
    required = {entry["name"] for entry in yaml.safe_load(text("requirements.yml"))["collections"]}
    found = [
        f"{used[collection]} uses {collection}, which `dependencies` of galaxy.yml does not name"
        for collection in sorted(set(used) - ALWAYS_THERE - declared)
        if _is_collection(collection)
    ]
    found += [f"galaxy.yml names {name}, which no role or playbook uses" for name in sorted(declared - set(used))]
    found += [f"galaxy.yml and requirements.yml disagree about {name}" for name in sorted(declared ^ required)]
    return found


def _is_collection(name: str) -> bool:
    """Whether ``name`` is one of the collections of the package ansible, not a dotted key of some other file."""
    import importlib.util

    try:
        return importlib.util.find_spec(f"ansible_collections.{name}") is not None
    except ModuleNotFoundError:
        return False
