# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One service in the Compose model.

Source of the fields: https://docs.docker.com/reference/compose-file/services/
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

LABEL_INPUTS = "sahool.platform.inputs"
LABEL_TIER = "sahool.platform.tier"
LABEL_PHASE = "sahool.platform.phase"


def compose_service(
    entry: dict[str, Any],
    *,
    image: str,
    environment: dict[str, str],
    env_file: str | None,
    files: dict[str, str],
    bind_addresses: Iterable[str],
    extra_hosts: dict[str, str],
    cpu_cap: float | None,
    gpus: bool,
    inputs: str,
) -> dict[str, Any]:
    """Return the model of one service.

    There is no ``depends_on``: the plan orders, and Compose would honour it among the services named even with
    ``--no-deps``.

    :param files: target in the container to path on the host.
    :param bind_addresses: the host's addresses that loopback-only ports are published on.
    :param cpu_cap: cores of the host; the engine refuses a limit above them.
    :param gpus: reserve the host's GPUs.
    :param inputs: digest of all the service reads.
    """
    service: dict[str, Any] = {
        "image": image,
        "pull_policy": "never",
        "restart": entry["restart"],
        "stop_grace_period": f"{entry['stop_grace_period']}s",
        "logging": entry["logging"],
        "labels": {LABEL_INPUTS: inputs, LABEL_TIER: entry["tier"], LABEL_PHASE: str(entry["phase"])},
        "deploy": {"resources": _resources(entry["resources"], cpu_cap)},
    }
    optional = {
        "entrypoint": entry["entrypoint"],
        "command": entry["command"],
        "user": entry["user"],
        "stop_signal": entry["stop_signal"],
        "environment": environment,
        "env_file": [env_file] if env_file else None,
        "ports": _ports(entry, bind_addresses),
        "volumes": _mounts(entry, files),
        "tmpfs": entry["tmpfs"],
        "ulimits": entry["ulimits"],
        "extra_hosts": [f"{name}:{address}" for name, address in sorted(extra_hosts.items())],
        "healthcheck": _healthcheck(entry["healthcheck"]),
    }
    service.update({key: value for key, value in optional.items() if value})
    if gpus:
        device = {"driver": "nvidia", "count": "all", "capabilities": ["gpu"]}
        service["deploy"]["resources"].setdefault("reservations", {})["devices"] = [device]
    return service


def _resources(resources: dict[str, Any], cpu_cap: float | None) -> dict[str, Any]:
    def capped(cpus: float) -> str:
        return f"{min(float(cpus), cpu_cap or float(cpus)):g}"

    parts = {
        "limits": {"cpus": resources.get("cpus"), "memory": resources.get("memory")},
        "reservations": {"cpus": resources.get("reserve_cpus"), "memory": resources.get("reserve_memory")},
    }
    return {
        part: {key: capped(value) if key == "cpus" else value for key, value in fields.items() if value is not None}
        for part, fields in parts.items()
        if any(value is not None for value in fields.values())
    }


def _ports(entry: dict[str, Any], bind_addresses: Iterable[str]) -> list[dict[str, Any]]:
    pairs = [(entry["port"], entry["container_port"], entry["publish"])] if entry["container_port"] else []
    pairs += [
        (extra["port"], extra["container_port"], extra.get("publish", "loopback"))
        for extra in entry["extra_ports"].values()
    ]
    addresses = sorted(set(bind_addresses))
    return [
        {"target": target, "published": str(published), "host_ip": address, "protocol": "tcp", "mode": "ingress"}
        for published, target, publish in pairs
        for address in (["0.0.0.0"] if publish == "public" else addresses)
    ]


def _mounts(entry: dict[str, Any], files: dict[str, str]) -> list[dict[str, Any]]:
    volumes = [
        {"type": "volume", "source": key, "target": volume["target"]} for key, volume in entry["volumes"].items()
    ]
    binds = [
        {
            "type": "bind",
            "source": source,
            "target": target,
            "read_only": True,
            # A missing source is an error, not a directory made by Docker.
            "bind": {"create_host_path": False},
        }
        for target, source in sorted(files.items())
    ]
    return volumes + binds


def _healthcheck(healthcheck: dict[str, Any] | None) -> dict[str, Any] | None:
    if not healthcheck:
        return None
    durations = {"interval", "timeout", "start_period"}
    return {key: f"{value}s" if key in durations else value for key, value in healthcheck.items()}
