# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gates: what the probes of a service are and when they are content."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._plan.order import all_needed
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.tokens import TokenValues

LOOPBACK = "127.0.0.1"
REFERENCE = "reference"
ALIVE = "/healthz"
READY = "/readyz"


def gate(
    name: str, services: dict[str, dict[str, Any]], values: TokenValues, source: str, here: Container[str]
) -> dict[str, Any] | None:
    """Return the gate of a service as the modules ``service_health`` and ``service_rollout`` take it.

    :param source: where its image comes from; some services answer in the embedded image only.
    :param here: the services of its host. Only their containers can be looked at when it is not ready.

    Probes go to the published port on loopback, where every service is published on its own host.

    :returns: None for a service that nothing can be asked of: it is ready when its container runs.
    """
    entry = services[name]
    needs = [needed for needed in all_needed(name, services) if needed in here]
    if not entry["protocol"] or source not in (entry.get("probe_sources") or [source]):
        return {"name": name, "one_shot": True, "needs": needs} if entry["one_shot"] else None
    probed = services[entry.get("probe_service") or name]
    port_name = entry["probe_port"]
    ready = entry["ready"]
    identity = entry["identity"]
    credentials = {key: values.fill(str(text)) for key, text in entry["credentials"].items()}
    options = {
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
        "needs": needs,
    }
    if source == "build" and entry["embedded"] == REFERENCE and options["path"] == ALIVE:
        # The real services' /healthz is all they have; the reference image tells alive from ready.
        options.update(path=READY, json={"status": ["ready"]}, text=None)
    # The modules have defaults for what is left out, not for null.
    return {key: value for key, value in options.items() if value is not None}
