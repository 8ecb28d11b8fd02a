# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order services start."""

from __future__ import annotations

import graphlib
from typing import Any

# The checklist starts these phases one service at a time; the others in parallel.
SEQUENTIAL_PHASES = (1, 8)


def hard_dependencies(name: str, services: dict[str, dict[str, Any]]) -> list[str]:
    """Return the dependencies that must be ready before *name* starts: those of its own phase or an earlier one."""
    phase = services[name]["phase"]
    return [
        dependency
        for dependency in services[name]["dependencies"]
        if dependency in services and services[dependency]["phase"] <= phase
    ]


def all_needed(name: str, services: dict[str, dict[str, Any]]) -> list[str]:
    """Return what *name* cannot do without: its hard dependencies, then theirs, and so on; the nearest first."""
    found = dict.fromkeys(hard_dependencies(name, services))
    queue = list(found)
    for needed in queue:
        further = [other for other in hard_dependencies(needed, services) if other not in found and other != name]
        found.update(dict.fromkeys(further))
        queue += further
    return list(found)


def soft_dependencies(services: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the edges to a later phase, which block neither start nor readiness; verification judges them."""
    return [
        {"service": name, "dependency": dependency, "phase": services[dependency]["phase"]}
        for name, entry in services.items()
        for dependency in entry["dependencies"]
        if dependency in services and services[dependency]["phase"] > entry["phase"]
    ]


def waves(names: list[str], services: dict[str, dict[str, Any]]) -> list[list[str]]:
    """Split *names*, all of one phase, into waves: each is started at once and gated before the next.

    :param names: in checklist order, which is kept within a wave.
    :returns: a wave a service in the sequential phases, else the levels of the dependency graph.
    """
    graph = {
        name: [dependency for dependency in hard_dependencies(name, services) if dependency in names] for name in names
    }
    sorter = graphlib.TopologicalSorter(graph)
    sorter.prepare()
    levels: list[list[str]] = []
    while sorter.is_active():
        level = sorted(sorter.get_ready(), key=names.index)
        sorter.done(*level)
        levels.append(level)
    if names and services[names[0]]["phase"] in SEQUENTIAL_PHASES:
        return [[name] for level in levels for name in level]
    return levels


def steps(
    names: list[str], services: dict[str, dict[str, Any]], gates: dict[str, dict[str, Any]]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return what one host starts: tier to phase to ``{waves, gates}``.

    Phase numbers are text, as YAML and Jinja keep the keys of a mapping.
    """
    grouped: dict[str, dict[str, list[str]]] = {}
    for name in names:
        entry = services[name]
        grouped.setdefault(entry["tier"], {}).setdefault(str(entry["phase"]), []).append(name)
    return {
        tier: {
            phase: {"waves": waves(members, services), "gates": [gates[name] for name in members if name in gates]}
            for phase, members in sorted(phases.items())
        }
        for tier, phases in grouped.items()
    }
