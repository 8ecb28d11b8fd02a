# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plans of the shipped inventories."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess

import pytest
from golden_summary import golden_file, summary
from inventory_plan import ROOT, Planned

LOOPBACK = "127.0.0.1"
WORLD = "0.0.0.0"
PUBLIC_PORTS = {("kong", "8000"), ("kong", "8443")}
PINNED = re.compile(r"[^:\s]+(:\d+)?(/[^:\s]+)*(@sha256:[0-9a-f]{64}|:\S*\d+[.-]\d+[.-]\d+\S*|:\S*[0-9a-f]{12})")
ADDRESS_TOKEN = re.compile(r"\{(?:host|port|address):([a-z0-9-]+)")


def address_of(planned: Planned, host: str) -> str | None:
    """Return the private address that the inventory gives *host*."""
    done = subprocess.run(
        [
            str(ROOT / ".venv/bin/ansible-inventory"),
            "-i",
            str(ROOT / "inventories" / planned.inventory),
            "--host",
            host,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout).get("sahool_private_address")


@pytest.fixture
def addresses(planned):
    """Return the private address of every host."""
    return {host: address_of(planned, host) for host in planned.hosts}


@pytest.fixture
def consumers(planned):
    """Return consumer to the services it must reach, read off the catalogue's entries and not off the plan."""
    services = planned.platform["services"]
    applications = {name for name, entry in services.items() if entry["tier"] == "application_tier"}
    return {
        name: {
            *entry["dependencies"],
            *ADDRESS_TOKEN.findall(json.dumps([entry["environment"], entry["embedded_environment"]])),
            *(applications if name == "kong" else ()),
        }
        - {name}
        for name, entry in services.items()
    }


def test_the_summary_is_the_frozen_one(planned):
    assert summary(planned) == golden_file(planned.inventory).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("inventory", "count", "classes"),
    [("local", 53, set()), ("staging", 45, {"gpu", "deprecated"}), ("production", 44, {"gpu", "deprecated", "demo"})],
)
def test_optional_services_are_left_out_and_it_is_said(plan_of, inventory, count, classes):
    planned = plan_of(inventory)
    left_out = planned.platform["left_out"]
    assert len(planned.services) == count
    assert len(left_out) == 53 - count
    assert {re.match(r"optional \((\w+)\)", reason)[1] for reason in left_out.values()} == classes
    for name, reason in left_out.items():
        assert f"{name}: {reason}" in planned.run.output
    assert ("Left out are" in planned.run.output) == bool(left_out)


def test_the_pool_always_runs(planned):
    assert "pgbouncer" in planned.services


def test_every_service_is_planned_on_one_host_only(planned):
    placed = [name for model in planned.models.values() for name in model["services"]]
    assert sorted(placed) == sorted(planned.platform["services"])


def test_ports_are_bound_to_loopback_and_further_only_for_a_reason(planned, addresses, consumers):
    placement = planned.platform["placement"]
    for host, model in planned.models.items():
        for name, service in model["services"].items():
            used_elsewhere = {placement[user] for user, used in consumers.items() if name in used} - {host}
            expected = {LOOPBACK, addresses[host]} if used_elsewhere else {LOOPBACK}
            by_port = {}
            for port in service.get("ports", []):
                by_port.setdefault(port["published"], set()).add(port["host_ip"])
            for published, bound in by_port.items():
                assert bound == ({WORLD} if (name, published) in PUBLIC_PORTS else expected), (name, published)


def test_no_two_services_of_a_host_publish_one_port(planned):
    for model in planned.models.values():
        published = [
            (port["host_ip"], port["published"])
            for service in model["services"].values()
            for port in service.get("ports", [])
        ]
        assert len(published) == len(set(published))


def test_a_consumer_elsewhere_can_resolve_every_name_it_uses(planned, addresses, consumers):
    placement = planned.platform["placement"]
    for name, service in planned.services.items():
        expected = {
            f"{used}:{addresses[placement[used]]}" for used in consumers[name] if placement[used] != placement[name]
        }
        assert set(service.get("extra_hosts", [])) == expected, name


def test_consumers_use_the_container_port_here_and_the_published_one_elsewhere(planned):
    services, placement = planned.platform["services"], planned.platform["placement"]
    by_length = sorted(services, key=len, reverse=True)
    named = re.compile(rf"(?<![\w-])({'|'.join(by_length)}):(\d+)(?!\d)")
    seen = 0
    for host, plan in planned.hosts.items():
        texts = [
            (name, value)
            for name, service in planned.models[host]["services"].items()
            for value in service.get("environment", {}).values()
        ]
        texts += [(file["name"], file["content"]) for file in plan["files"] if file["name"] != "compose.yaml"]
        for where, text in texts:
            for provider, port in named.findall(text):
                side = "container_port" if placement[provider] == host else "port"
                entry = services[provider]
                ports = {entry[side], *(extra[side] for extra in entry["extra_ports"].values())}
                assert int(port) in ports, (host, where, provider, port)
                seen += 1
    assert seen > 100


def test_the_gateway_proxies_every_application_that_listens(planned):
    services, placement = planned.platform["services"], planned.platform["placement"]
    (file,) = [file for file in planned.files.values() if file["name"] == "kong.json"]
    side = "container_port" if placement["kong"] == placement["weather-service"] else "port"
    assert {service["name"]: service["url"] for service in json.loads(file["content"])["services"]} == {
        name: f"http://{name}:{entry[side]}"
        for name, entry in services.items()
        if entry["tier"] == "application_tier" and entry["container_port"]
    }


def test_every_image_is_pinned(planned):
    for name, service in planned.services.items():
        assert PINNED.fullmatch(service["image"]), (name, service["image"])
        assert service["pull_policy"] == "never"


def test_no_secret_stands_in_any_compose_text(planned):
    assert len(planned.secrets) >= 20
    for plan in planned.hosts.values():
        assert [name for name, value in planned.secrets.items() if value in plan["compose"]] == []


def test_ansible_shows_no_secret_however_much_it_is_asked(planned):
    assert "TASK [sahool.platform.release : Render" in planned.run.output
    assert [name for name, value in planned.secrets.items() if value in planned.run.output] == []


def test_ansible_shows_no_secret_when_the_plan_fails(tmp_path):
    template = tmp_path / "slip.j2"
    # The error quotes the key, which is the secret.
    template.write_text("{{ {}[sahool_secrets.POSTGRES_PASSWORD].nothing }}", encoding="utf-8")
    planned = Planned("local", tmp_path)
    overrides = {"redis": {"files": {"/slip": {"template": str(template)}}}}
    done = planned.play("-vvv", sahool_service_overrides=overrides)
    assert done.returncode != 0
    assert f"redis: template {template} cannot be rendered" in done.output
    assert [name for name, value in planned.secrets.items() if value in done.output] == []


def test_phases_1_and_8_start_one_by_one_and_every_phase_in_the_order_of_the_checklist(planned):
    checklist = planned.platform["order"]
    for plan in planned.hosts.values():
        for phases in plan["steps"].values():
            for phase, waves in phases.items():
                if phase in ("1", "8"):
                    assert all(len(wave) == 1 for wave in waves)
                    waves = [[name for wave in waves for name in wave]]
                for wave in waves:
                    assert wave == sorted(wave, key=checklist.index)


def test_the_one_edge_backwards_does_not_block(planned):
    edge = {"service": "field-intelligence", "dependency": "astronomical-calendar", "phase": 7}
    for plan in planned.hosts.values():
        assert plan["soft_dependencies"] == [edge]


def test_all_that_a_container_reads_is_among_the_files(planned):
    for service in planned.services.values():
        sources = [mount["source"] for mount in service.get("volumes", []) if mount["type"] == "bind"]
        # Certificates lie in numbered folders of their own, made before the plan.
        rendered = [source for source in sources if f"{planned.folder}/home/certificates/" not in source]
        assert set(rendered + service.get("env_file", [])) <= set(planned.files)


def test_only_the_gateway_reads_a_certificate_and_finds_it_where_it_looks(planned):
    home = f"{planned.folder}/home/certificates"
    readers = {
        name: {
            mount["target"]: mount["source"] for mount in service.get("volumes", []) if home in mount.get("source", "")
        }
        for name, service in planned.services.items()
    }
    mounted = readers.pop("kong")
    assert set().union(*readers.values()) == set()
    folder = f"{home}/kong-000001"
    assert mounted == {f"/kong/tls/{name}": f"{folder}/{name}" for name in ("tls.crt", "tls.key", "ca.crt")}
    environment = planned.services["kong"]["environment"]
    for variable in ("KONG_SSL_CERT", "KONG_ADMIN_SSL_CERT"):
        assert (environment[variable], environment[f"{variable}_KEY"]) == ("/kong/tls/tls.crt", "/kong/tls/tls.key")


def test_compose_accepts_the_model_of_every_host(planned, tmp_path):
    for path in planned.files:
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(path).touch()
    for host, plan in planned.hosts.items():
        model = tmp_path / f"{host}.yaml"
        model.write_text(plan["compose"], encoding="utf-8")
        done = subprocess.run(
            ["docker", "compose", "-f", str(model), "config", "-q"], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")


def shared_names(planned: Planned) -> set[str]:
    """Return all that the engine or the host's file system knows a platform by."""
    (plan,) = planned.hosts.values()
    (model,) = planned.models.values()
    ports = {f"port {port['published']}" for service in model["services"].values() for port in service.get("ports", [])}
    paths = {
        mount["source"]
        for service in model["services"].values()
        for mount in service.get("volumes", [])
        if mount["type"] == "bind"
    }
    paths |= {path for service in model["services"].values() for path in service.get("env_file", [])}
    kept = {f"volume {volume['name']}" for volume in model["volumes"].values()}
    kept |= {f"network {network['name']}" for network in model["networks"].values()}
    return {model["name"], plan["compose_path"], *ports, *paths, *kept}


def test_two_platforms_on_one_host_share_nothing(tmp_path):
    platforms = []
    for project, offset in (("t-inventories-one", 0), ("t-inventories-two", 20000)):
        folder = tmp_path / project
        folder.mkdir()
        planned = Planned("local", folder)
        # The inventory's own folder: a project's name and an offset are all that the operator gives.
        done = planned.play(sahool_home=None, sahool_project=project, sahool_port_offset=offset)
        assert done.returncode == 0, done.output
        platforms.append(planned)
    one, two = (shared_names(planned) for planned in platforms)
    assert len(one) == len(two) > 100
    assert one & two == set()
    assert all("container_name" not in service for planned in platforms for service in planned.services.values())


def test_a_host_that_runs_nothing_has_an_empty_plan(tmp_path):
    hosts = tmp_path / "hosts.yml"
    tiers = ("data_tier", "messaging_tier", "vector_tier", "ai_tier", "gateway_tier", "application_tier")
    groups = {
        "sahool": {"children": dict.fromkeys(tiers), "hosts": {"core": {"sahool_private_address": "192.0.2.1"}}},
        **{tier: {"hosts": {"core": None}} for tier in tiers},
        "application_tier": {"hosts": {"core": None, "spare": None}},
    }
    hosts.write_text(json.dumps(groups), encoding="utf-8")
    planned = Planned("spare", tmp_path)
    done = planned.play(inventory=hosts)
    assert done.returncode == 0, done.output
    spare = json.loads((tmp_path / "spare.json").read_text(encoding="utf-8"))
    assert (spare["services"], spare["steps"], spare["gates"], spare["volumes"]) == ([], {}, [], [])
    assert set(planned.hosts) == {"core"}
