# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for the plan of any platform, however it is spread over hosts."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.complete import complete_entry
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.files import rendered_file
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.host import Site, host_plan

HOSTS = {"one": "192.0.2.1", "two": "192.0.2.2", "three": "192.0.2.3"}
SECRETS = {"SAHOOL_DIGEST_KEY": "k" * 32, "PASSWORD": "aVerySecretValue"}
TIERS = {1: "data_tier", 2: "gateway_tier", 3: "application_tier", 8: "application_tier"}
Platform = tuple[dict[str, dict[str, Any]], dict[str, str]]


@st.composite
def platforms(draw) -> Platform:
    """Draw complete entries of some services, and the host of each."""
    names = [f"service-{number}" for number in range(draw(st.integers(2, 7)))]
    services, placement = {}, {}
    for index, name in enumerate(names):
        earlier = st.lists(st.sampled_from(names[:index]), unique=True, max_size=2) if index else st.just([])
        addressed = draw(earlier)
        phase = draw(st.sampled_from(sorted(TIERS)))
        raw = {
            "phase": phase,
            "tier": TIERS[phase],
            "image": "registry.example/image",
            "tag": "1.2.3",
            "container_port": 8000,
            "extra_ports": {"more": {"container_port": 9000}} if draw(st.booleans()) else {},
            "health_path": "/healthz",
            "identity": {"container": True},
            "dependencies": draw(earlier),
            "environment": {
                **{f"URL_{number}": f"http://{{address:{used}}}" for number, used in enumerate(addressed)},
                **({"PASSWORD": "{secret:PASSWORD}"} if draw(st.booleans()) else {}),
            },
            "files": {"/etc/its.conf": {"template": "its.conf.j2"}} if draw(st.booleans()) else {},
            "volumes": {f"{name}-data": {"target": "/data"}} if draw(st.booleans()) else {},
        }
        ports = {(name, "main"): 10000 + 10 * index, (name, "more"): 10001 + 10 * index}
        services[name] = complete_entry(name, raw, ports=ports, registry="", version="", environment_sets={})
        placement[name] = draw(st.sampled_from(sorted(HOSTS)))
    return services, placement


def plan(platform: Platform, host: str, text: str = "it = {name}\n") -> dict[str, Any]:
    services, placement = platform
    return host_plan(
        services,
        Site(host, placement, HOSTS, "sahool", "/opt/sahool/files"),
        rendered={name: dict.fromkeys(entry["files"], text.format(name=name)) for name, entry in services.items()},
        images={
            name: {"reference": entry["registry_image"], "source": "registry", "major": None}
            for name, entry in services.items()
        },
        secrets=SECRETS,
        settings={},
        recorded={},
    )


def models(platform: Platform) -> dict[str, dict[str, Any]]:
    """Return the model of every service of all hosts."""
    return {
        name: service
        for host in HOSTS
        for name, service in json.loads(plan(platform, host)["compose"])["services"].items()
    }


def turned(value: Any) -> Any:
    """Return *value* with the keys of every dictionary the other way round."""
    if isinstance(value, dict):
        return {key: turned(value[key]) for key in reversed(list(value))}
    return value


@given(platforms(), st.sampled_from(sorted(HOSTS)))
def test_the_same_input_gives_the_same_plan(platform, host):
    assert plan(copy.deepcopy(platform), host) == plan(platform, host)


@given(platforms(), st.sampled_from(sorted(HOSTS)))
def test_planning_changes_nothing_of_its_input(platform, host):
    before = copy.deepcopy(platform)
    plan(platform, host)
    assert platform == before


@given(platforms(), st.sampled_from(sorted(HOSTS)))
def test_the_order_of_keys_does_not_matter_for_the_digest(platform, host):
    services, placement = platform
    other = ({name: turned(entry) for name, entry in reversed(list(services.items()))}, turned(placement))
    first, second = plan(platform, host), plan(other, host)
    assert first["digest"] == second["digest"]
    assert first["compose"] == second["compose"]
    assert first["environment_digest"] == second["environment_digest"]
    assert first["file_names"] == second["file_names"]


CHANGES = {
    "stop_grace_period": 99,
    "restart": "on-failure",
    "user": "1:1",
    "command": ["another"],
    "tmpfs": ["/elsewhere"],
    "resources": {"memory": "99M"},
}


@given(platforms(), st.sampled_from(sorted(CHANGES)), st.data())
def test_a_changed_field_changes_its_own_service_only(platform, field, data):
    services, placement = platform
    name = data.draw(st.sampled_from(sorted(services)))
    changed = copy.deepcopy(services)
    changed[name][field] = CHANGES[field]
    before, after = models(platform), models((changed, placement))
    assert {one for one in before if before[one] != after[one]} == {name}


@given(platforms(), st.data())
def test_a_changed_address_changes_those_that_use_it_and_no_other(platform, data):
    services, placement = platform
    name = data.draw(st.sampled_from(sorted(services)))
    changed = copy.deepcopy(services)
    changed[name]["port"] += 5000
    users = {
        one
        for one, entry in services.items()
        if f"http://{{address:{name}}}" in entry["environment"].values() and placement[one] != placement[name]
    }
    before, after = models(platform), models((changed, placement))
    # On its own host a service is reached by the port of its container, which stays.
    assert {one for one in before if before[one] != after[one]} == {name} | users


@given(platforms())
def test_every_port_is_published_once_on_each_address(platform):
    for host in HOSTS:
        published = [
            (port["host_ip"], port["published"])
            for service in json.loads(plan(platform, host)["compose"])["services"].values()
            for port in service["ports"]
        ]
        assert len(published) == len(set(published))


@given(platforms())
def test_all_that_a_model_reads_is_among_its_files(platform):
    for host in HOSTS:
        made = plan(platform, host)
        files = {f"/opt/sahool/files/{file['digest']}/{file['name']}" for file in made["files"]}
        assert made["compose_path"] in files
        for service in json.loads(made["compose"])["services"].values():
            binds = [mount["source"] for mount in service.get("volumes", []) if mount["type"] == "bind"]
            assert set(binds + service.get("env_file", [])) <= files
        assert made["file_names"] == sorted(name.removeprefix("/opt/sahool/files/") for name in files)


@given(platforms())
def test_every_name_that_a_service_uses_can_be_resolved(platform):
    services, placement = platform
    for name, model in models(platform).items():
        used = {
            match
            for value in model.get("environment", {}).values()
            for match in re.findall(r"http://(service-\d+):", value)
        }
        elsewhere = {one for one in used if placement[one] != placement[name]}
        resolved = {entry.rpartition(":")[0]: entry.rpartition(":")[2] for entry in model.get("extra_hosts", [])}
        assert elsewhere <= set(resolved)
        assert all(resolved[one] == HOSTS[placement[one]] for one in elsewhere)
        # …and where it leads, the port is open.
        for one in elsewhere:
            bound = {port["host_ip"] for port in models(platform)[one]["ports"]}
            assert HOSTS[placement[one]] in bound


@given(platforms(), st.sampled_from(sorted(HOSTS)))
def test_every_service_starts_in_one_step_and_is_gated_there(platform, host):
    made = plan(platform, host)
    started = [
        name for phases in made["steps"].values() for step in phases.values() for wave in step["waves"] for name in wave
    ]
    assert sorted(started) == sorted(made["services"])
    assert sorted(gate["name"] for gate in made["gates"]) == sorted(started)


@given(platforms(), st.sampled_from(sorted(HOSTS)))
def test_no_plan_shows_a_secret_in_its_model(platform, host):
    made = plan(platform, host)
    assert SECRETS["PASSWORD"] not in made["compose"]
    assert SECRETS["SAHOOL_DIGEST_KEY"] not in json.dumps(made)


FILE = {"name": "its.conf", "content": "a = 1\n", "mode": "0400", "uid": 999, "gid": 999}


@pytest.mark.parametrize(
    "change", [{"name": "other.conf"}, {"content": "a = 2\n"}, {"mode": "0440"}, {"uid": 998}, {"gid": 998}], ids=str
)
def test_whatever_a_reader_could_notice_makes_another_digest(change):
    first, second = rendered_file("key", **FILE), rendered_file("key", **{**FILE, **change})
    assert first.digest != second.digest
    assert rendered_file("key", **FILE).digest == first.digest


def test_the_digest_of_a_file_cannot_be_guessed_without_the_key():
    assert rendered_file("key", **FILE).digest != rendered_file("other", **FILE).digest


@given(platforms(), st.data())
def test_a_changed_file_changes_the_label_of_its_reader(platform, data):
    services, _placement = platform
    readers = {name for name, entry in services.items() if entry["files"]}
    before = {host: json.loads(plan(platform, host)["compose"])["services"] for host in HOSTS}
    after = {host: json.loads(plan(platform, host, "it = another {name}\n")["compose"])["services"] for host in HOSTS}
    labels = [
        {name: one["labels"]["sahool.platform.inputs"] for plans in side.values() for name, one in plans.items()}
        for side in (before, after)
    ]
    assert {name for name in labels[0] if labels[0][name] != labels[1][name]} == readers
