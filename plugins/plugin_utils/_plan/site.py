# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the hosts of an inventory, found before any of them is touched."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.finding import nearest, shown
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.addresses import consumed
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.errors import PlanError
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.placement import place
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.tokens import TOKEN


def site_findings(
    services: dict[str, dict[str, Any]],
    groups: Mapping[str, list[str]],
    host_addresses: Mapping[str, Any],
    settings: Iterable[str],
    known_settings: Iterable[str],
) -> list[str]:
    """Return one line for each finding.

    :param groups: the inventory's groups, as ``groups`` is in a playbook.
    :param host_addresses: every host of the group ``sahool`` and its private address, empty where it has none.
    :param settings: names of the settings that the inventory changes; *known_settings* those that there are.
    """
    findings = _setting_findings(services, settings, list(known_settings)) + _address_findings(host_addresses)
    try:
        placement = place(services, dict(groups))
    except PlanError as error:
        return findings + error.findings
    return findings + _host_findings(services, placement, host_addresses)


def _setting_findings(
    services: dict[str, dict[str, Any]], settings: Iterable[str], known_settings: list[str]
) -> list[str]:
    used = {
        name
        for entry in services.values()
        for text in [*entry["environment"].values(), *entry["embedded_environment"].values()]
        for kind, name, _port in TOKEN.findall(str(text))
        if kind == "setting"
    }
    return [
        f"sahool_settings: found '{name}', which no service reads; expected a name of catalogue_default_settings; "
        f"correct or remove it{nearest(name, known_settings)}"
        for name in settings
        if name not in known_settings and name not in used
    ]


def _address_findings(host_addresses: Mapping[str, Any]) -> list[str]:
    findings = []
    owners: dict[str, str] = {}
    for host, address in host_addresses.items():
        if not address:
            continue
        if not _is_reachable(address):
            findings.append(
                f"{host}: sahool_private_address: found {shown(address)}; expected the IP address by which the other "
                "hosts reach this one; correct it"
            )
        elif (first := owners.setdefault(str(address), host)) != host:
            findings.append(
                f"{host}: sahool_private_address: found {shown(address)}, which {first} has as well; expected an "
                "address for each host; correct one of the two"
            )
    return findings


def _host_findings(
    services: dict[str, dict[str, Any]], placement: Mapping[str, str], host_addresses: Mapping[str, Any]
) -> list[str]:
    outside: dict[str, list[str]] = {}
    unreachable: dict[str, tuple[str, str]] = {}
    for name in services:
        if placement[name] not in host_addresses:
            outside.setdefault(placement[name], []).append(services[name]["tier"])
        for provider in consumed(name, services):
            host = placement[provider]
            if host != placement[name] and host in host_addresses and not host_addresses[host]:
                unreachable.setdefault(host, (name, provider))
    return [
        f"{host}: found in {', '.join(dict.fromkeys(tiers))}, but not in group sahool; expected every host of a tier "
        "there; make the group a child of sahool in the inventory"
        for host, tiers in outside.items()
    ] + [
        f"{host}: sahool_private_address: found nothing; expected the IP address by which {consumer} on "
        f"{placement[consumer]} reaches {provider}; set it for {host} in the inventory"
        for host, (consumer, provider) in unreachable.items()
    ]


def _is_reachable(value: Any) -> bool:
    """Tell whether a port can be bound to *value* and another host can reach it there."""
    try:
        address = ipaddress.ip_address(str(value))
    except ValueError:
        return False
    return not (address.is_unspecified or address.is_loopback or address.is_multicast)
