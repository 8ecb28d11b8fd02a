# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what is up."""

from __future__ import annotations

from typing import Any

HEADER = ("PHASE", "SERVICE", "STATE", "DONE", "PORTS ON THE HOST")
UNTOUCHED = "none"


def table(
    services: dict[str, dict[str, Any]], states: dict[str, dict[str, Any]], actions: dict[str, dict[str, Any]]
) -> str:
    """Return a line a service, in the order of the catalogue.

    :param services: catalogue entries of the services of one host.
    :param states: service name to ``{state}``, as ``service_health`` returns them.
    :param actions: service name to ``{action}``, as ``service_rollout`` returns them.
    """
    rows = [HEADER]
    for name, entry in services.items():
        done = actions.get(name, {}).get("action", UNTOUCHED)
        state = states.get(name, {}).get("state", "not probed")
        rows.append((str(entry["phase"]), name, state, "" if done == UNTOUCHED else done, _ports(entry)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    ready = sum(1 for name in services if states.get(name, {}).get("state") == "ready")
    return "\n".join([*lines, f"{ready} of {len(services)} services are ready."])


def _ports(entry: dict[str, Any]) -> str:
    ports = [entry["port"]] if entry["container_port"] else []
    return " ".join(str(port) for port in [*ports, *(extra["port"] for extra in entry["extra_ports"].values())])
