# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans as an operator reads them, frozen in golden/.

After a change that is meant, in the folder of the checkout:
``PYTHONPATH=playbooks/collections .venv/bin/python tests/unit/plugins/plugin_utils/deployment_plan/golden_plans.py``.
"""

from __future__ import annotations

import pathlib
from typing import Any

from found_hosts import IMAGES, deployment, image, plan, seen, survey

from ansible_collections.sahool.platform.plugins.filter.plan_text import plan_text

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden"
COMMAND = "ansible-playbook playbooks/deploy.yml -i inventories/production"
NEXT = "20261123T142100Z-bbbbbbbb"


def bare_machine() -> str:
    """A machine without Docker, images and secrets."""
    unknown = {name: image(name, id="unknown", digest="unknown") for name in IMAGES}
    unknown["kong"] = image("kong", id="unknown", digest=None, source="build")
    unknown["field-ops"] = image("field-ops", id="unknown", digest="unknown", source="unknown")
    found = {
        "plan": plan(images=unknown),
        "survey": survey(**{name.replace("-", "_"): seen("create", "absent") for name in IMAGES}),
        "next_release": NEXT,
        "recorded": True,
        "to_do": ["install docker.io iptables docker-compose", "start the Docker engine (init system: systemd)"],
        "images": [
            *({"action": "pull", "reference": IMAGES[name]} for name in IMAGES if name != "kong"),
            {"action": "pull", "reference": "redis:7.4.0-alpine"},
            {"action": "build", "reference": "sahool-embedded/stand-in:1"},
            {"action": "tag", "reference": IMAGES["kong"]},
        ],
        "written": ["/opt/sahool/files/d1/redis.env", "/opt/sahool/files/d1", "/opt/sahool/files/d2/compose.yaml"],
    }
    return plan_text(
        deployment({"localhost": found}, generated=["REDIS_PASSWORD", "POSTGRES_PASSWORD"]), command=COMMAND
    )


def new_version() -> str:
    """An upgrade: images, settings, files, a service that left, one that exited, and one that is not ready."""
    recreated = seen(
        "recreate",
        "image",
        "environment",
        "secret",
        "file",
        changes=[
            {"field": "image", "before": "redis:7.4.0-alpine", "after": "redis:7.4.1-alpine"},
            {"field": "environment.REDIS_MAXMEMORY", "before": "256mb", "after": "512mb"},
            {"field": "environment.REDIS_APPENDONLY", "before": None, "after": "yes"},
            {"field": "environment.REDIS_OLD", "before": "1", "after": None},
            {"field": "secret REDIS_PASSWORD", "before": "(secret)", "after": "(secret)"},
            {"field": "secret REDIS_KONG_PASSWORD", "before": None, "after": "(secret)"},
            {
                "field": "file /etc/redis/redis.conf",
                "before": "1a2b3c4d5e6f",
                "after": "6f5e4d3c2b1a",
                "diff": ["@@ -1,2 +1,2 @@", " port 6379", "-maxmemory 256mb", "+maxmemory 512mb"],
            },
            {
                "field": "file /etc/redis/users.acl",
                "before": "aaaaaaaaaaaa",
                "after": "bbbbbbbbbbbb",
                "diff": ["content hidden: 1 lines added, 0 removed"],
            },
            {"field": "deploy.resources.limits.memory", "before": "256M", "after": "512M"},
            {
                "field": "ports",
                "before": [{"host_ip": "127.0.0.1", "published": "6379", "target": 6379}],
                "after": [
                    {"host_ip": "127.0.0.1", "published": "6379", "target": 6379},
                    {"host_ip": "192.0.2.1", "published": "6379", "target": 6379},
                ],
            },
        ],
    )
    found = {
        "plan": plan(),
        "survey": survey(
            redis=recreated,
            kong=seen("start", "exit code 137"),
            weather_service=seen("none", ready=False, last_error="status 503: " + "database " * 40),
            advisory_service=seen("recreate", "image", changes=[{"field": "image", "before": "a:1", "after": "a:2"}]),
            field_ops=seen("create", "absent"),
            orphans=[
                {"service": "ndvi-processor", "container": "sahool-ndvi-processor-1", "state": "running"},
                {"service": "agro-rules", "container": "sahool-agro-rules-1", "state": "exited (0)"},
            ],
        ),
        "release": "20261101T090000Z-aaaaaaaa",
        "next_release": NEXT,
        "recorded": True,
        "images": [{"action": "pull", "reference": "redis:7.4.1-alpine"}],
        "written": ["/opt/sahool/files/d2", "/opt/sahool/files/d2/compose.yaml"],
    }
    return plan_text(deployment({"localhost": found}), command=COMMAND, saved="/tmp/plan.json")


def several_hosts() -> str:
    """Three hosts, of which one is done; one takes a platform over."""
    data = {"data_tier": {"1": [["postgres"], ["redis"]]}}
    applications = {"application_tier": {"3": [["weather-service", "advisory-service"]]}}
    hosts: dict[str, Any] = {
        "data1": {
            "plan": plan(data),
            "survey": survey(["postgres", "redis"], postgres=seen("create", "absent"), redis=seen("create", "absent")),
            "taken_over": [
                {"service": "postgres", "container": "stock-postgres", "action": "stop"},
                {"service": "certbot", "container": "stock-certbot", "action": "remove"},
            ],
        },
        "gateway1": {"plan": plan({"gateway_tier": {"2": [["kong"]]}}), "survey": survey(["kong"])},
        "app1": {
            "plan": plan(applications),
            "survey": survey(["weather-service", "advisory-service"], weather_service=seen("rerun", "exit code 1")),
            "to_do": ["install python3-psycopg2"],
        },
    }
    for host in hosts.values():
        host.update(release=None, next_release=NEXT, recorded=True)
    hosts["gateway1"].update(release="20261101T090000Z-aaaaaaaa")
    return plan_text(deployment(hosts), command=COMMAND)


def nothing() -> str:
    """Everything is as planned and ready."""
    return plan_text(deployment(), command=COMMAND)


def carried_out() -> str:
    """What a run that carries a saved plan out shows."""
    found = {
        "plan": plan(),
        "survey": survey(kong=seen("start", "exited")),
        "release": "20261101T090000Z-aaaaaaaa",
        "next_release": NEXT,
        "recorded": True,
    }
    return plan_text(deployment({"localhost": found}, environment="", ahead=False), applied="/tmp/plan.json")


PLANS = {
    "bare_machine": bare_machine,
    "new_version": new_version,
    "several_hosts": several_hosts,
    "nothing": nothing,
    "carried_out": carried_out,
}

if __name__ == "__main__":
    for name, text in PLANS.items():
        (GOLDEN / f"{name}.txt").write_text(text() + "\n", encoding="utf-8")
