# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Production on one machine, by the commands that people type: plan, deploy, deploy again, and no way to destroy it."""

from __future__ import annotations

import json
import os
import re
import socket
import ssl
import urllib.error
import urllib.request

import pytest
import yaml
from operator_checkout import Checkout
from platform_run import ROOT

DEPLOY = ("ansible-playbook", "playbooks/deploy.yml", "-i", "inventories/production")
PORT_OFFSET = 13000
PROXY = f"http://127.0.0.1:{8000 + PORT_OFFSET}"


def catalogue():
    """Return every service of the catalogue, as it ships, by name."""
    services = {}
    for file in (ROOT / "roles/catalogue/defaults/main").glob("*_tier.yml"):
        for name, content in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            if name.startswith("catalogue_"):
                services |= content
    return services


SERVICES = catalogue()
OPTIONAL = {name: entry["optional"] for name, entry in SERVICES.items() if "optional" in entry}
WANTED = SERVICES.keys() - OPTIONAL.keys()


def identity(checkout):
    """Return what tells a touched container from an untouched one."""
    return {name: (found["Id"], found["State"]["StartedAt"]) for name, found in checkout.containers().items()}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Return the operator's checkout; removed at the end whatever happens, with all that it deployed."""
    made = Checkout(tmp_path_factory.mktemp("operator"), f"sahool-production-{os.getpid()}", PORT_OFFSET)
    try:
        made.write()
        yield made
    finally:
        made.remove()


@pytest.fixture(scope="module")
def planned(checkout):
    """Return the plan as it was shown before anything was there, and what there was then."""
    shown = checkout.type(*DEPLOY, "--check", "--diff")
    return shown, checkout.containers(), checkout.home.exists()


@pytest.fixture(scope="module")
def first(checkout, planned):
    """Return the first deployment."""
    return checkout.type(*DEPLOY)


@pytest.fixture(scope="module")
def deployed(checkout, first):
    """Return the checkout after a first deployment that went well."""
    assert first.returncode == 0, first.output[-8000:]
    return checkout


def test_the_plan_names_every_service_and_does_nothing(planned):
    shown, containers, home_exists = planned
    assert shown.returncode == 0, shown.output[-8000:]
    assert f"{len(WANTED)} to create, 0 to recreate, 0 to start, 0 to remove" in shown.output
    unnamed = {name for name in WANTED if not re.search(rf"\bcreate +{re.escape(name)} ", shown.output)}
    assert unnamed == set()
    assert (containers, home_exists) == ({}, False)


def test_the_typed_command_deploys_what_production_runs(deployed):
    states = {name: found["State"]["Status"] for name, found in deployed.containers().items()}
    assert states == dict.fromkeys(WANTED, "running")


def test_demo_deprecated_and_gpu_services_are_left_out_and_named(deployed, first):
    assert set(OPTIONAL.values()) == {"demo", "deprecated", "gpu"}
    assert f"Left out are {len(OPTIONAL)} services" in first.output
    assert {name for name in OPTIONAL if f"{name}: " not in first.output} == set()


def test_the_applications_know_that_this_is_production(deployed):
    container = deployed.containers()["weather-service"]
    assert "ENVIRONMENT=production" in container["Config"]["Env"]
    assert container["Config"]["Image"].startswith("sahool-embedded/weather-service:v16.0.0-")


def test_the_record_says_that_the_images_were_built(deployed):
    manifest = json.loads((deployed.home / "current" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["environment"] == "production"
    assert manifest["images"].keys() == WANTED
    assert {image["source"] for image in manifest["images"].values()} == {"build"}


def test_the_gateway_s_proxy_answers_and_all_else_is_private(deployed):
    with urllib.request.urlopen(f"{PROXY}/weather-service/healthz", timeout=10) as answer:
        assert (answer.status, json.load(answer)["name"]) == (200, "weather-service")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{PROXY}/no-such-service/healthz", timeout=10)
    with refused.value as error:
        assert error.code == 404
    public = {
        (name, port)
        for name, found in deployed.containers().items()
        for port, bindings in (found["HostConfig"]["PortBindings"] or {}).items()
        if any(binding["HostIp"] != "127.0.0.1" for binding in bindings)
    }
    assert public == {("kong", "8000/tcp"), ("kong", "8443/tcp")}


def test_who_trusts_the_platform_s_authority_reaches_the_gateway_over_tls(deployed):
    authority = deployed.home / "state" / "ca" / "ca.crt"
    trust = ssl.create_default_context(cafile=authority)
    for name in ("localhost", "127.0.0.1"):
        address = f"https://{name}:{8443 + PORT_OFFSET}/weather-service/healthz"
        with urllib.request.urlopen(address, timeout=10, context=trust) as answer:
            assert (answer.status, json.load(answer)["name"]) == (200, "weather-service")
    with (
        socket.create_connection(("127.0.0.1", 8443 + PORT_OFFSET), 10) as connection,
        trust.wrap_socket(connection, server_hostname=deployed.host) as shown,
    ):
        names = {value for kind, value in shown.getpeercert()["subjectAltName"] if kind == "DNS"}
    assert names == {"kong", f"{deployed.project}-kong-1", "localhost", deployed.host}
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(f"https://localhost:{8443 + PORT_OFFSET}/", timeout=10)


def test_keys_are_seen_nowhere(deployed, planned, first):
    keys = [path.read_text(encoding="ascii") for path in deployed.home.rglob("*.key")]
    assert len(keys) == 11
    lines = [line for key in keys for line in key.splitlines() if "PRIVATE KEY" not in line]
    readable = [path for path in deployed.home.rglob("*") if path.is_file() and path.stat().st_mode & 0o044]
    seen = planned[0].output + first.output + "".join(path.read_text(errors="replace") for path in readable)
    assert [line for line in lines if line in seen] == []


def test_secrets_come_out_of_the_vault_and_are_seen_nowhere(deployed, planned, first):
    vault = deployed.tree / "inventories/production/group_vars/all/secrets.yml"
    assert vault.read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT;")
    assert not (deployed.home / "state" / "secrets.yml").exists()
    readable = [path for path in deployed.home.rglob("*") if path.is_file() and path.stat().st_mode & 0o004]
    assert readable, "the Compose model at least should be readable"
    seen = planned[0].output + first.output + "".join(path.read_text(errors="replace") for path in readable)
    assert {name for name, value in deployed.secrets.items() if value in seen} == set()


def test_a_second_deployment_changes_nothing(deployed):
    before = identity(deployed)
    again = deployed.type(*DEPLOY)
    assert again.returncode == 0, again.output[-8000:]
    assert set(again.changed.values()) == {0}, again.output[-8000:]
    assert identity(deployed) == before


def test_production_cannot_be_destroyed(deployed):
    before = identity(deployed)
    refused = deployed.type(
        "ansible-playbook", "playbooks/destroy.yml", "-i", "inventories/production", "-e", "sahool_destroy=production"
    )
    assert refused.returncode != 0
    assert "production is not removed" in refused.output
    assert identity(deployed) == before
