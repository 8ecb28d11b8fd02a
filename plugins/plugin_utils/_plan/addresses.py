# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Under which name and port a service is reached, as seen from one host."""

from __future__ import annotations

from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._plan.tokens import addressed_services


def addresses_from(
    host: str, services: dict[str, dict[str, Any]], placement: dict[str, str]
) -> dict[str, dict[str, Any]]:
    """Return how the containers of *host* reach every service.

    The name is always the service's: Docker's resolver answers it on the same host, ``extra_hosts`` elsewhere.
    The port is the container's on the same host and the published one across hosts.

    :returns: service name to ``{host: str, port: int, ports: {name: int}}``; ``port`` and every value of ``ports``
        are TCP port numbers, ``port`` is None for a service that listens nowhere.
    """
    addresses = {}
    for name, entry in services.items():
        side = "container_port" if placement.get(name) == host else "port"
        ports = {key: extra[side] for key, extra in entry["extra_ports"].items()}
        if entry.get("container_port"):
            ports["main"] = entry[side]
        addresses[name] = {"host": name, "port": ports.get("main"), "ports": ports}
    return addresses


def consumed(name: str, services: dict[str, dict[str, Any]]) -> list[str]:
    """Return the other services that *name* talks to.

    These are its dependencies, those whose addresses stand in its environment and, for the gateway, the tier that it
    proxies.
    """
    entry = services[name]
    texts = [*entry["environment"].values(), *entry["embedded_environment"].values()]
    addressed = [found for text in texts for found in addressed_services(str(text))]
    proxied = [other for other, found in services.items() if found["tier"] == entry["proxies"]]
    return [
        other
        for other in dict.fromkeys([*entry["dependencies"], *addressed, *proxied])
        if other in services and other != name
    ]


def consumers_elsewhere(service: str, services: dict[str, dict[str, Any]], placement: dict[str, str]) -> list[str]:
    """Return the hosts, other than its own, whose services talk to *service*."""
    return sorted(
        {
            placement[name]
            for name in services
            if placement[name] != placement[service] and service in consumed(name, services)
        }
    )
