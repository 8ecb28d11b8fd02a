# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small catalogue that is in order, to be broken by the tests."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.finding import Finding
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.request import Request

SMALL: dict[str, Any] = {
    "postgres": {
        "phase": 1,
        "tier": "data_tier",
        "image": "postgis/postgis",
        "tag": "16-3.4",
        "embedded": "postgres",
        "embedded_major": "17",
        "stateful": True,
        "major": "16",
        "port": 5432,
        "container_port": 5432,
        "volumes": {"postgres_data": {"target": "/var/lib/postgresql/data"}},
        "protocol": "postgres",
        "credentials": {"username": "sahool", "password": "{secret:POSTGRES_PASSWORD}", "database": "sahool"},
        "resources": {"cpus": 2.0, "memory": "2G", "reserve_cpus": 0.5, "reserve_memory": "256M"},
    },
    "pgbouncer": {
        "phase": 1,
        "tier": "data_tier",
        "image": "edoburu/pgbouncer",
        "tag": "v1.24.1-p1",
        "port": 6432,
        "container_port": 6432,
        "dependencies": ["postgres"],
        "protocol": "pgbouncer",
        "files": {"/etc/pgbouncer.ini": {"template": "pgbouncer/pgbouncer.ini.j2", "mode": "0400", "uid": 70}},
    },
    "kong": {
        "phase": 2,
        "tier": "gateway_tier",
        "image": "kong",
        "tag": "3.4.2",
        "port": 8000,
        "container_port": 8000,
        "publish": "public",
        "extra_ports": {"admin": {"port": 8001, "container_port": 8001}},
        "probe_port": "admin",
        "health_path": "/status",
        "identity": {"container": True},
    },
    "fields": {
        "phase": 3,
        "tier": "application_tier",
        "embedded": "reference",
        "port": 8100,
        "container_port": 3000,
        "environment_sets": ["common", "database"],
        "environment": {"KONG_URL": "http://{address:kong}", "ADMIN": "{port:kong:admin}", "OWN": "{self:port}"},
        "dependencies": ["pgbouncer"],
        "health_path": "/healthz",
        "ready": {"json": {"status": ["ok"]}},
        "identity": {"field": "service", "accept": ["fields"]},
    },
    "weather": {
        "phase": 3,
        "tier": "application_tier",
        "embedded": "reference",
        "container_port": 8092,
        "dependencies": ["pgbouncer", "seed"],
        "health_path": "/healthz",
        "identity": {"container": True},
    },
    "advice": {
        "phase": 3,
        "tier": "application_tier",
        "container_port": 8093,
        "dependencies": ["fields"],
        "health_path": "/healthz",
        "identity": {"container": True},
    },
    "seed": {
        "phase": 7,
        "tier": "application_tier",
        "one_shot": True,
        "dependencies": ["weather"],
    },
    "demo": {
        "phase": 9,
        "tier": "application_tier",
        "optional": "demo",
        "container_port": 8150,
        "health_path": "/healthz",
        "identity": {"container": True},
    },
}
SETS = {
    "common": {"LOG_LEVEL": "{setting:log_level}"},
    "database": {"DATABASE_URL": "postgresql://sahool:{secret:POSTGRES_PASSWORD}@{address:pgbouncer}/sahool"},
}
DEFAULTS: dict[str, Any] = {
    "registry": "registry.example/sahool",
    "version": "v16.0.0",
    "environment_sets": SETS,
    "settings": ["log_level", "version"],
    "secrets": ["POSTGRES_PASSWORD"],
}


@pytest.fixture(name="small")
def fixture_small() -> dict[str, Any]:
    """Return a copy of the small catalogue."""
    return copy.deepcopy(SMALL)


@pytest.fixture(name="request_with")
def fixture_request_with() -> Callable[..., Request]:
    """Return a function that makes a request from the small catalogue and what is asked differently."""

    def make(**changes: Any) -> Request:
        return Request(**{"catalogue": copy.deepcopy(SMALL), **DEFAULTS, **changes})

    return make


@pytest.fixture(name="findings_with")
def fixture_findings_with(request_with: Callable[..., Request]) -> Callable[..., list[Finding]]:
    """Return a function that finds what is wrong with the small catalogue, changed as asked."""

    def find(**changes: Any) -> list[Finding]:
        return request_with(**changes).findings()

    return find
