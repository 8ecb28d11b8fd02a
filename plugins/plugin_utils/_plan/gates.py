# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gates: what the probes of a service are and when they are content."""

from __future__ import annotations

from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._plan.tokens import TokenValues

LOOPBACK = "127.0.0.1"


def gate(name: str, services: dict[str, dict[str, Any]], values: TokenValues) -> dict[str, Any] | None:
    """Return the gate of a service as the modules ``service_health`` and ``service_rollout`` take it.

    Probes go to the published port on loopback, where every service is published on its own host.

    :returns: None for a service that can be judged by its exit code only.
    """
    entry = services[name]
    if not entry["protocol"]:
        return {"name": name, "one_shot": True} if entry["one_shot"] else None
    probed = services[entry.get("probe_service") or name]
    port_name = entry["probe_port"]
    ready = entry["ready"]
    identity = entry["identity"]
    credentials = {key: values.fill(str(text)) for key, text in entry["credentials"].items()}
    return {
        "name": name,
        "protocol": entry["protocol"],
        "host": LOOPBACK,
        "port": probed["port"] if port_name == "main" else probed["extra_ports"][port_name]["port"],
        "path": entry["gate_path"] or entry["health_path"],
        "status": ready["status"],
        "json": ready["json"],
        "text": ready["text"],
        "reject_false": ready["reject_false"],
        "jetstream": bool(ready.get("jetstream")),
        "identity_field": identity.get("field"),
        "identity_accept": identity.get("accept", []),
        "identity_container": bool(identity.get("container")),
        "username": credentials.get("username"),
        "password": credentials.get("password"),
        "database": credentials.get("database"),
        "header": credentials.get("header"),
        "topic": credentials.get("topic"),
        "consecutive": entry["consecutive"],
        "min_interval": entry["min_probe_interval"],
        "deadline": entry["ready_timeout"],
        "one_shot": entry["one_shot"],
    }
