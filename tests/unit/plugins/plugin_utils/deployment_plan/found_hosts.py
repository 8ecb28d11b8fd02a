# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host finds out, as the roles leave it: plan, survey, images."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._deployment_plan.collect import make_plan

TIER = {"1": "data_tier", "2": "gateway_tier"}
# Phase, tier and waves of a small platform.
STEPS = {
    "application_tier": {"3": [["weather-service"], ["advisory-service", "field-ops"]]},
    "gateway_tier": {"2": [["kong"]]},
    "data_tier": {"1": [["postgres"], ["redis"]]},
}
IMAGES = {
    "postgres": "postgis/postgis:16-3.4",
    "redis": "redis:7.4.1-alpine",
    "kong": "kong:3.4.2",
    "weather-service": "registry.example/weather-service:v16.0.0",
    "advisory-service": "registry.example/advisory-service:v16.0.0",
    "field-ops": "registry.example/field-ops:v16.0.0",
}
NAMES = list(IMAGES)


def image(name: str, **fields: Any) -> dict[str, Any]:
    """Return an image as the role images leaves it; present unless *fields* say otherwise."""
    digest = f"sha256:{NAMES.index(name):x}" + "a1b2c3d4e5f6" * 5
    return {
        "reference": IMAGES[name],
        "id": digest,
        "digest": f"{IMAGES[name].rpartition(':')[0]}@{digest}",
        "source": "registry",
        "major": None,
        **fields,
    }


def plan(steps: dict[str, Any] | None = None, *, images: dict[str, Any] | None = None, **models: str) -> dict[str, Any]:
    """Return what the plan of a host has that a deployment plan reads; *models* are labels of services."""
    steps = STEPS if steps is None else steps
    names = [name for by_phase in steps.values() for waves in by_phase.values() for wave in waves for name in wave]
    label = "sahool.platform.model"
    return {
        "services": names,
        "steps": {
            # Gates hold passwords; none of it may come out.
            tier: {
                phase: {"waves": waves, "gates": [{"name": "redis", "password": "neverShowThis"}]}
                for phase, waves in by_phase.items()
            }
            for tier, by_phase in steps.items()
        },
        "images": {name: image(name) for name in names} | (images or {}),
        "compose": json.dumps(
            {
                "services": {
                    name: {"labels": {label: models.get(name.replace("-", "_"), f"{name:x<12}"[:12] + "0" * 20)}}
                    for name in names
                }
            }
        ),
        "files": [
            {"digest": "d1", "name": "redis.env", "content": "REDIS_PASSWORD=neverShowThis"},
            {"digest": "d2", "name": "compose.yaml", "content": "{}"},
        ],
    }


def seen(action: str = "none", *causes: str, ready: bool | None = None, **fields: Any) -> dict[str, Any]:
    """Return one service of a survey."""
    ready = action == "none" if ready is None else ready
    return {"action": action, "causes": list(causes), "changes": [], "ready": ready, "state": "unknown", **fields}


def survey(
    names: list[str] | None = None, *, orphans: Any = (), observed: Any = None, **services: Any
) -> dict[str, Any]:
    """Return a survey; services that are not given are as planned."""
    by_name = {name.replace("_", "-"): entry for name, entry in services.items()}
    return {
        "services": {name: by_name.get(name) or seen() for name in names or NAMES},
        "orphans": list(orphans),
        "observed": observed or {},
    }


def container(name: str, **fields: Any) -> dict[str, Any]:
    """Return a container as a survey has observed it."""
    number = NAMES.index(name)
    return {"id": f"c{number}" * 6, "image": f"1{number}" * 6, "status": "running", "model": f"m{number}" * 6, **fields}


def deployment(hosts: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """Return the plan of a deployment; of one host that is as planned unless something else is given."""
    hosts = hosts or {"localhost": {"plan": plan(), "survey": survey(), "release": "20261101T090000Z-aaaaaaaa"}}
    given = {"project": "sahool", "environment": "production", "generated": [], "ahead": True, **options}
    return make_plan(hosts, **given)
