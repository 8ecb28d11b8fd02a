# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters around the plan: what they hand on, and that every finding of a pass gets to the user."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.sahool.platform.plugins.filter import host_plan as host_plan_file
from ansible_collections.sahool.platform.plugins.filter import service_addresses as service_addresses_file
from ansible_collections.sahool.platform.plugins.filter import service_placement as service_placement_file
from ansible_collections.sahool.platform.plugins.filter.host_plan import host_plan
from ansible_collections.sahool.platform.plugins.filter.service_addresses import service_addresses
from ansible_collections.sahool.platform.plugins.filter.service_placement import service_placement
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.complete import complete_entry

SECRET = "neverShowThis1234"
RAW: dict[str, dict[str, Any]] = {
    "redis": {
        "phase": 1,
        "tier": "data_tier",
        "image": "redis",
        "tag": "7.4.1-alpine",
        "container_port": 6379,
        "protocol": "redis",
        "credentials": {"password": "{secret:REDIS_PASSWORD}"},
        "resources": {"cpus": 4, "memory": "1G"},
    },
    "weather": {
        "phase": 3,
        "tier": "application_tier",
        "container_port": 8092,
        "health_path": "/healthz",
        "environment": {"REDIS_URL": "redis://:{secret:REDIS_PASSWORD}@{address:redis}/0"},
        "dependencies": ["redis"],
    },
    "advice": {
        "phase": 3,
        "tier": "application_tier",
        "container_port": 8093,
        "health_path": "/healthz",
        "environment": {"LEVEL": "{setting:log_level}"},
    },
}
PORTS = {("redis", "main"): 16379, ("weather", "main"): 18092, ("advice", "main"): 18093}
SERVICES = {
    name: complete_entry(name, entry, ports=PORTS, registry="registry.example", version="v1.2.3", environment_sets={})
    for name, entry in RAW.items()
}
ARGUMENTS: dict[str, Any] = {
    "host": "here",
    "placement": dict.fromkeys(SERVICES, "here"),
    "project": "sahool",
    "files_root": "/opt/sahool/files",
    "images": {name: {"reference": f"{name}:1.2.3", "source": "registry", "major": None} for name in SERVICES},
    "secrets": {"SAHOOL_DIGEST_KEY": "k" * 32, "REDIS_PASSWORD": SECRET},
    "settings": {"log_level": "INFO"},
}


def test_a_plan_with_as_few_arguments_as_possible():
    plan = host_plan(SERVICES, **ARGUMENTS)
    assert plan["services"] == ["redis", "weather", "advice"]
    assert SECRET not in plan["compose"]
    assert {file["mode"] for file in plan["files"] if file["name"] == "weather.env"} == {"0600"}


@pytest.mark.parametrize(("cap", "limit"), [(2, "2"), ("2", "2"), (0, "4"), (None, "4")])
def test_the_cap_of_cores_may_be_text_or_none(cap, limit):
    assert f'"cpus": "{limit}"' in host_plan(SERVICES, **ARGUMENTS, cpu_cap=cap)["compose"]


def test_every_finding_of_the_pass_is_in_the_one_error_and_no_secret():
    without = {**ARGUMENTS, "settings": {}, "secrets": {"SAHOOL_DIGEST_KEY": SECRET}}
    with pytest.raises(AnsibleFilterError) as refused:
        host_plan(SERVICES, **without)
    lines = str(refused.value).splitlines()
    assert lines[0] == "No plan can be made for here:"
    assert [line.split(":")[0] for line in lines[1:]] == ["redis", "weather", "advice"]
    assert "REDIS_PASSWORD" in lines[1] and "log_level" in lines[3]
    assert SECRET not in str(refused.value)


def test_the_placement_is_the_first_host_of_the_tier():
    groups = {"data_tier": ["b", "a"], "application_tier": ["c"]}
    assert service_placement(SERVICES, groups=groups) == {"redis": "b", "weather": "c", "advice": "c"}


def test_every_tier_without_a_host_is_in_the_one_error():
    with pytest.raises(AnsibleFilterError) as refused:
        service_placement(SERVICES, groups={"application_tier": []})
    lines = str(refused.value).splitlines()
    assert lines[0] == "The inventory has no place for every service:"
    assert lines[1].startswith("group data_tier: no host, but 1 services belong there (redis)")
    assert lines[2].startswith("group application_tier: no host, but 2 services belong there (weather, advice)")


def test_addresses_are_the_containers_port_here_and_the_published_one_elsewhere():
    placement = {"redis": "core", "weather": "app", "advice": "app"}
    seen = service_addresses(SERVICES, host="app", placement=placement)
    assert seen["redis"] == {"host": "redis", "port": 16379, "ports": {"main": 16379}}
    assert seen["weather"] == {"host": "weather", "port": 8092, "ports": {"main": 8092}}


@pytest.mark.parametrize(
    ("file", "name", "function"),
    [
        (host_plan_file, "host_plan", host_plan),
        (service_placement_file, "service_placement", service_placement),
        (service_addresses_file, "service_addresses", service_addresses),
    ],
)
def test_the_filters_are_found_by_their_names(file, name, function):
    assert file.FilterModule().filters() == {name: function}


def test_adopted_volumes_and_their_versions_are_in_the_plan() -> None:
    entry = {
        **RAW["redis"],
        "volumes": {"redis_data": {"target": "/data"}},
        "stateful": True,
        "command": ["redis-server"],
    }
    redis = complete_entry("redis", entry, ports=PORTS, registry="", version="", environment_sets={})
    record = {"volumes": {"redis_data": "stock_redis_data"}, "environment": {"A": "1"}, "arguments": ["--x"]}
    adopted = {"redis": {**record, "source": "registry", "major": "7"}}
    for recorded, major in (({}, "7"), ({"redis": {"source": "registry", "major": "8"}}, "8")):
        plan = host_plan({**SERVICES, "redis": redis}, **{**ARGUMENTS, "adopted": adopted, "recorded": recorded})
        model = json.loads(plan["compose"])
        assert model["volumes"] == {"redis_data": {"name": "stock_redis_data", "external": True}}
        assert model["services"]["redis"]["command"] == ["redis-server", "--x"]
        assert model["services"]["redis"]["environment"] == {"A": "1"}
        assert (plan["volumes"][0]["volume"], plan["volumes"][0]["recorded_major"]) == ("stock_redis_data", major)
    assert "external" not in host_plan({**SERVICES, "redis": redis}, **ARGUMENTS)["compose"]
