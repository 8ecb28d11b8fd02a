# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host with the containers and volumes of another project, as compose_project_info tells of it."""

from __future__ import annotations

from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.complete import complete_entry
from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.adoption import Wish, adopt
from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.findings import Findings

RAW: dict[str, dict[str, Any]] = {
    "postgres": {
        "tier": "data_tier",
        "image": "postgis/postgis",
        "tag": "16-3.4",
        "embedded": "postgres",
        "major": "16",
        "embedded_major": "17",
        "stateful": True,
        "user": "999:999",
        "environment": {"PGDATA": "/var/lib/postgresql/data/pgdata"},
        "volumes": {"postgres_data": {"target": "/var/lib/postgresql/data"}},
    },
    "redis": {
        "tier": "data_tier",
        "image": "redis",
        "tag": "7.4.1-alpine",
        "embedded": "redis",
        "major": "7",
        "embedded_major": "8",
        "stateful": True,
        "user": "999:1000",
        "command": ["redis-server", "/usr/local/etc/redis/redis.conf"],
        "volumes": {"redis_data": {"target": "/data"}},
    },
    "nats": {
        "tier": "messaging_tier",
        "image": "nats",
        "tag": "2.10.24",
        "embedded": "nats",
        "major": "2",
        "embedded_major": "2",
        "stateful": True,
        "volumes": {"nats_data": {"target": "/data"}},
    },
    "etcd": {
        "tier": "vector_tier",
        "image": "etcd",
        "tag": "v3.5.5",
        "embedded": "etcd",
        "major": "3.5",
        "embedded_major": "3.5",
        "stateful": True,
        "volumes": {"etcd_data": {"target": "/var/lib/etcd"}},
    },
    "weather": {"phase": 3, "tier": "application_tier", "embedded": "reference"},
}


def found(path: str, uid: int = 999, text: str | None = None, size: int = 3) -> dict[str, Any]:
    """Return one entry of a volume's ``found``."""
    return {"path": path, "uid": uid, "size": size, "text": text}


class Host:
    """Collects what a project has; everything is as the stock platform has it unless it is said otherwise."""

    def __init__(self) -> None:
        self.info: dict[str, Any] = {
            "containers": [],
            "volumes": [],
            "networks": [],
            "working_dir": "/srv/stock",
            "env_files": [],
            "projects": ["stock"],
        }

    def volume(self, name: str, *contents: dict[str, Any], **changes: Any) -> None:
        """Add a volume."""
        self.info["volumes"].append(
            {
                "name": f"stock_{name}",
                "key": name,
                "own": True,
                "folder": f"/volumes/stock_{name}",
                "state": "filled",
                "found": list(contents),
                "used_elsewhere": [],
                **changes,
            }
        )

    def container(self, service: str, image: str, *mounts: dict[str, Any], **changes: Any) -> None:
        """Add a container."""
        self.info["containers"].append(
            {
                "id": f"id-{service}-{len(self.info['containers'])}",
                "name": f"stock-{service}-1",
                "service": service,
                "state": "running",
                "exit_code": 0,
                "image": image,
                "restart": "unless-stopped",
                "one_off": False,
                "mounts": list(mounts),
                **changes,
            }
        )

    @staticmethod
    def mount(destination: str, key: str | None = None, **changes: Any) -> dict[str, Any]:
        """Return a mount of the volume of *key*."""
        return {
            "type": "volume",
            "volume": f"stock_{key}" if key else None,
            "key": key,
            "anonymous": False,
            "source": f"/volumes/stock_{key}",
            "destination": destination,
            "rw": True,
            "folder": True,
            **changes,
        }

    def postgres(self, *contents: dict[str, Any], **changes: Any) -> None:
        """Add a PostgreSQL with its cluster at the root of its volume."""
        self.volume("postgres_data", *(contents or (found("PG_VERSION", text="16"),)), **changes)
        self.container("postgres", "postgis/postgis:16-3.4", self.mount("/var/lib/postgresql/data", "postgres_data"))

    def redis(self, *contents: dict[str, Any]) -> None:
        """Add a Redis with an append-only file of its own name."""
        self.volume("redis_data", *(contents or (found("appendonlydir/stock.aof.manifest"),)))
        self.container("redis", "redis:7.4-alpine", self.mount("/data", "redis_data"))

    def nats(self, *contents: dict[str, Any]) -> None:
        """Add a NATS with streams of the global account."""
        self.volume("nats_data", *(contents or (found("jetstream/$G/streams", uid=0),)))
        self.container("nats", "nats:2.10.24-alpine", self.mount("/data", "nats_data"))

    def adopt(
        self, *accepted: str, own: str = "sahool", here: Any = None, recorded: Any = None
    ) -> tuple[Any, Findings]:
        """Decide; return the result and the findings."""
        services = {
            name: complete_entry(name, raw, ports={}, registry="", version="", environment_sets={})
            for name, raw in catalogue().items()
        }
        findings = Findings(accepted)
        wish = Wish("stock", own, services, list(services) if here is None else here, recorded or {})
        return adopt(wish, self.info, findings), findings


def catalogue() -> dict[str, dict[str, Any]]:
    """Return the raw entries, each with a phase."""
    return {name: {"phase": 1, **raw} for name, raw in RAW.items()}
