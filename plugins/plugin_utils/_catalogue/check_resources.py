# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of resources: limits and reservations that a host can give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.finding import Finding
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.schema import TIERS

UNITS = {"b": 1, "k": 1 << 10, "kb": 1 << 10, "m": 1 << 20, "mb": 1 << 20, "g": 1 << 30, "gb": 1 << 30}
# https://docs.docker.com/engine/containers/resource_constraints/#limit-a-containers-access-to-memory
LEAST_MEMORY = 6 << 20


def size(text: str) -> int:
    """Return the bytes of a size such as ``512M``; *text* matches :data:`schema.MEMORY`."""
    number = text.rstrip("bBkKmMgG ")
    return int(float(number) * UNITS[text[len(number) :].strip().lower()])


def resource_findings(services: Mapping[str, Mapping[str, Any]], hosts: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """Return what is impossible in the resources of *services*.

    :param hosts: dictionaries ``name``, ``cores`` (number), ``memory_mb`` (MiB) and, where the host does not run every
        tier, ``tiers`` (list); none where the hosts are not known yet.
    """
    findings = []
    for name, entry in services.items():
        findings += _service(name, entry.get("resources") or {})
    for host in hosts:
        findings += _host(host, services)
    return findings


def _service(name: str, resources: Mapping[str, Any]) -> list[Finding]:
    findings = []
    cpus, reserve_cpus = resources.get("cpus"), resources.get("reserve_cpus")
    memory, reserve_memory = resources.get("memory"), resources.get("reserve_memory")
    if cpus is not None and reserve_cpus is not None and reserve_cpus > cpus:
        findings.append(
            Finding(
                name,
                "resources.reserve_cpus",
                f"{reserve_cpus}",
                f"at most the limit, {cpus}",
                "lower it, or raise resources.cpus",
            )
        )
    if memory and reserve_memory and size(reserve_memory) > size(memory):
        findings.append(
            Finding(
                name,
                "resources.reserve_memory",
                reserve_memory,
                f"at most the limit, {memory}",
                "lower it, or raise resources.memory",
            )
        )
    if memory and size(memory) < LEAST_MEMORY:
        findings.append(
            Finding(name, "resources.memory", memory, "at least 6M, the least that Docker takes", "raise it")
        )
    return findings


def _host(host: Mapping[str, Any], services: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    findings = []
    here = {name: entry for name, entry in services.items() if entry["tier"] in (host.get("tiers") or TIERS)}
    memory_mb, cores = host.get("memory_mb"), host.get("cores")
    for name, entry in here.items():
        limit = (entry.get("resources") or {}).get("memory")
        if memory_mb and limit and size(limit) > memory_mb << 20:
            findings.append(
                Finding(
                    name,
                    "resources.memory",
                    limit,
                    f"at most the {memory_mb} MiB of host {host['name']}",
                    "lower it in sahool_service_overrides, or give the host more memory",
                )
            )
    reserved = [entry.get("resources") or {} for entry in here.values()]
    memory = sum(size(one["reserve_memory"]) for one in reserved if one.get("reserve_memory"))
    cpus = round(sum(one.get("reserve_cpus") or 0 for one in reserved), 3)
    advice = "leave services out, lower their reservations, or add a host"
    if memory_mb and memory > memory_mb << 20:
        findings.append(
            Finding(
                f"host {host['name']}",
                "resources.reserve_memory",
                f"{memory >> 20} MiB reserved by {len(here)} services",
                f"at most the host's {memory_mb} MiB",
                advice,
            )
        )
    if cores and cpus > cores:
        findings.append(
            Finding(
                f"host {host['name']}",
                "resources.reserve_cpus",
                f"{cpus:g} cores reserved by {len(here)} services",
                f"at most the host's {cores}",
                advice,
            )
        )
    return findings
