# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of dependencies: known, running, no cycle, none that starts later and yet is waited for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.finding import Finding, nearest, shown
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.schema import TIERS


def dependency_findings(
    services: Mapping[str, Mapping[str, Any]], known: Mapping[str, Any], left_out: Mapping[str, str]
) -> list[Finding]:
    """Return what is wrong with the dependencies of *services*, which run.

    :param known: every service that could run; an empty entry where the schema is broken.
    """
    findings = []
    for name, entry in services.items():
        for dependency in entry.get("dependencies") or []:
            found = shown(dependency)
            if dependency not in known:
                hint = nearest(dependency, known)
                findings.append(
                    Finding(name, "dependencies", found, "a service of the catalogue", f"correct or remove it{hint}")
                )
            elif dependency in left_out:
                findings.append(
                    Finding(
                        name,
                        "dependencies",
                        f"{found}, which is left out: {left_out[dependency]}",
                        "a service that runs",
                        f"let {dependency} run, or leave out {name} as well",
                    )
                )
            elif known[dependency] and _starts_later(entry, known[dependency]):
                findings.append(
                    Finding(
                        name,
                        "dependencies",
                        f"{found}, which is in {known[dependency]['tier']}",
                        f"a tier that starts before {entry['tier']}",
                        f"move one of the two, or remove the dependency; {name} would wait for it for ever",
                    )
                )
    for cycle in cycles(services):
        findings.append(
            Finding(
                cycle[0],
                "dependencies",
                "a cycle: " + " -> ".join([*cycle, cycle[0]]),
                "an order in which each can start",
                "remove one of these dependencies",
            )
        )
    return findings


def hard_dependencies(name: str, services: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the dependencies that block the start: a dependency of a later phase does not."""
    return [
        dependency
        for dependency in services[name].get("dependencies") or []
        if dependency in services and services[dependency]["phase"] <= services[name]["phase"]
    ]


def cycles(services: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Return one cycle of each group of services that wait for each other, in catalogue order."""
    found: list[list[str]] = []
    done: set[str] = set()
    for start in services:
        if start in done:
            continue
        path = [start]
        pending = [iter(hard_dependencies(start, services))]
        while path:
            following = next(pending[-1], None)
            if following is None:
                done.add(path.pop())
                pending.pop()
            elif following in path:
                cycle = path[path.index(following) :]
                if not any(set(cycle) & set(other) for other in found):
                    found.append(cycle)
            elif following not in done:
                path.append(following)
                pending.append(iter(hard_dependencies(following, services)))
    return found


def _starts_later(entry: Mapping[str, Any], dependency: Mapping[str, Any]) -> bool:
    """Tell whether a dependency of the same phase belongs to a tier that starts later."""
    return entry["phase"] == dependency["phase"] and TIERS.index(entry["tier"]) < TIERS.index(dependency["tier"])
