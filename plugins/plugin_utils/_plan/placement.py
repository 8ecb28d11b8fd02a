# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which host runs which service."""

from __future__ import annotations

from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._plan.errors import PlanError


def place(services: dict[str, dict[str, Any]], groups: dict[str, list[str]]) -> dict[str, str]:
    """Give every service the host that runs it: the first host of its tier's group.

    :param services: complete catalogue entries by service name.
    :param groups: the inventory's groups, as ``groups`` is in a playbook.
    :returns: service name to inventory host name.
    :raises PlanError: a tier with services has no host.
    """
    empty: dict[str, list[str]] = {}
    placement: dict[str, str] = {}
    for name, entry in services.items():
        hosts = groups.get(entry["tier"]) or []
        if hosts:
            placement[name] = hosts[0]
        else:
            empty.setdefault(entry["tier"], []).append(name)
    if empty:
        raise PlanError(
            [
                f"group {tier}: no host, but {len(names)} services belong there ({', '.join(names)}); "
                f"add a host to [{tier}] in the inventory, or leave them out with sahool_services_exclude"
                for tier, names in empty.items()
            ]
        )
    return placement
