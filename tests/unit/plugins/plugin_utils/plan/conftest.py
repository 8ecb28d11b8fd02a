# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A platform small enough to read a whole plan of it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.complete import complete_entry
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.host import Site, host_plan

PORTS = {
    ("postgres", "main"): 5432,
    ("nats", "main"): 4222,
    ("nats", "monitor"): 8222,
    ("kong", "main"): 8000,
    ("kong", "admin"): 8001,
    ("weather", "main"): 8104,
    ("advice", "main"): 8105,
}
SETS = {"database": {"DATABASE_URL": "postgresql://sahool:{secret:POSTGRES_PASSWORD}@{address:postgres}/sahool"}}
RAW: dict[str, dict[str, Any]] = {
    "postgres": {
        "phase": 1,
        "tier": "data_tier",
        "image": "postgis/postgis",
        "tag": "16-3.4",
        "embedded": "postgres",
        "stateful": True,
        "container_port": 5432,
        "protocol": "postgres",
        "credentials": {"username": "sahool", "password": "{secret:POSTGRES_PASSWORD}", "database": "sahool"},
        "volumes": {"postgres_data": {"target": "/var/lib/postgresql/data"}},
        "files": {"/etc/pg.conf": {"template": "postgres/pg.conf.j2", "mode": "0400", "uid": 999, "gid": 999}},
        "resources": {"cpus": 4, "memory": "2G", "reserve_cpus": 0.5},
    },
    "nats": {
        "phase": 1,
        "tier": "messaging_tier",
        "image": "nats",
        "tag": "2.10.24",
        "embedded": "nats",
        "container_port": 4222,
        "extra_ports": {"monitor": {"container_port": 8222}},
        "protocol": "nats",
    },
    "kong": {
        "phase": 2,
        "tier": "gateway_tier",
        "image": "kong",
        "tag": "3.4.2",
        "embedded": "stand-in",
        "container_port": 8000,
        "publish": "public",
        "extra_ports": {"admin": {"container_port": 8001}},
        "proxies": "application_tier",
        "probe_port": "admin",
        "gate_path": "/status",
    },
    "weather": {
        "phase": 3,
        "tier": "application_tier",
        "embedded": "reference",
        "container_port": 8092,
        "health_path": "/healthz",
        "environment_sets": ["database"],
        "environment": {"NATS_MONITOR": "http://{address:nats:monitor}/healthz", "PORT": "{self:port}"},
        "dependencies": ["postgres"],
        "identity": {"field": "service", "accept": ["weather-service", "weather"]},
    },
    "advice": {
        "phase": 3,
        "tier": "application_tier",
        "embedded": "reference",
        "container_port": 8093,
        "health_path": "/healthz",
        "dependencies": ["weather"],
        "min_probe_interval": 5,
    },
}
SECRETS = {"SAHOOL_DIGEST_KEY": "k" * 32, "POSTGRES_PASSWORD": "pgSecretValue1234"}
RENDERED = {"postgres": {"/etc/pg.conf": "listen_addresses = '*'\n"}}


@pytest.fixture
def services() -> dict[str, dict[str, Any]]:
    """Return complete entries, in checklist order."""
    return {
        name: complete_entry(
            name, entry, ports=PORTS, registry="registry.example", version="v16.0.0", environment_sets=SETS
        )
        for name, entry in RAW.items()
    }


@pytest.fixture
def images(services):
    """Return images of the registry, as the role images leaves them."""
    return {
        name: {"reference": entry["registry_image"], "source": "registry", "major": entry["major"], "id": "sha256:1"}
        for name, entry in services.items()
    }


@pytest.fixture
def plan_of(services, images):
    """Return a function that plans one host; everything runs there unless *placement* says otherwise."""

    def plan(host: str = "here", **changes: Any) -> dict[str, Any]:
        site = Site(
            host,
            changes.pop("placement", dict.fromkeys(services, host)),
            changes.pop("host_addresses", {}),
            "sahool",
            "/opt/sahool/files",
            changes.pop("cpu_cap", None),
        )
        arguments = {"rendered": RENDERED, "images": images, "secrets": SECRETS, "settings": {}, "recorded": {}}
        return host_plan(changes.pop("services", services), site, **{**arguments, **changes})

    return plan
