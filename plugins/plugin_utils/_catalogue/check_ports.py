# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of host ports: one owner each, within range, and none but the gateway's open to the world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.finding import Finding, shown
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.ports import FIRST_ASSIGNED, MAIN, Slot

HIGHEST = 65535


def port_findings(services: Mapping[str, Mapping[str, Any]], ports: Mapping[Slot, int], offset: int) -> list[Finding]:
    """Return what is wrong with the ports of *services*.

    :param ports: host port, offset added, of every service of the catalogue, also of those left out.
    """
    findings = []
    owners: dict[int, Slot] = {}
    free = _free_port(ports)
    for slot, port in ports.items():
        name, port_name = slot
        if name not in services:
            continue
        field = "port" if port_name == MAIN else f"extra_ports.{port_name}.port"
        if not 1 <= port <= HIGHEST:
            findings.append(
                Finding(
                    name,
                    field,
                    f"{port} (sahool_port_offset is {offset})",
                    f"a port from 1 to {HIGHEST}",
                    "choose a smaller sahool_port_offset",
                )
            )
        first = owners.setdefault(port, slot)
        if first != slot:
            findings.append(
                Finding(
                    name,
                    field,
                    f"host port {port}, which belongs to {_named(first)}",
                    "one owner for each host port",
                    f"choose another port, {free - offset} for one, in sahool_service_overrides",
                )
            )
    for name, entry in services.items():
        findings += _public(name, entry)
    return findings


def _public(name: str, entry: Mapping[str, Any]) -> list[Finding]:
    if entry.get("tier") == "gateway_tier":
        return []
    published = {"publish": entry.get("publish")}
    for port_name, extra in (entry.get("extra_ports") or {}).items():
        published[f"extra_ports.{port_name}.publish"] = extra.get("publish")
    return [
        Finding(
            name,
            field,
            shown(value),
            "loopback: only the gateway is open to the world",
            "remove it and reach the service through Kong",
        )
        for field, value in published.items()
        if value == "public"
    ]


def _free_port(ports: Mapping[Slot, int]) -> int:
    """Return a port that nobody has."""
    taken = set(ports.values())
    return next((port for port in range(FIRST_ASSIGNED, HIGHEST) if port not in taken), HIGHEST)


def _named(slot: Slot) -> str:
    name, port_name = slot
    return name if port_name == MAIN else f"{name} ({port_name})"
