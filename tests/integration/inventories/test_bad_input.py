# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with an inventory is said in one clear message, before any host is touched."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess

import pytest
from inventory_plan import NO_HOST, PLAYBOOKS, ROOT, Run, ansible_playbook

PROJECT = f"t-inventories-{os.getpid()}"
# Should validation ever let something pass, the run still stops short of the machine.
NEVER = "host,images,release_guard,release_write,release_survey,release_orphans,rollout,verify"
SECRET = "hunter2/is-not-shown"
HOSTS = """
sahool:
  hosts:
    core: {sahool_private_address: 192.0.2.1}
    app: {sahool_private_address: 192.0.2.2}
    %(extra)s
  children: {%(children)s}
data_tier: {hosts: {core: }}
messaging_tier: {hosts: {core: }}
vector_tier: {hosts: {core: }}
ai_tier: {hosts: {core: }}
gateway_tier: {hosts: {app: }}
application_tier: {hosts: {%(application)s}}
"""
TIERS = "data_tier: , messaging_tier: , vector_tier: , ai_tier: , gateway_tier: , application_tier: "


def deploy(inventory: str | pathlib.Path, home: pathlib.Path, **variables) -> Run:
    values = {**NO_HOST, "sahool_project": PROJECT, "sahool_home": str(home), **variables}
    return ansible_playbook(
        PLAYBOOKS / "deploy.yml", ROOT / "inventories" / inventory, "--skip-tags", NEVER, "-e", json.dumps(values)
    )


def assert_refused(run: Run, home: pathlib.Path, *expected: str) -> None:
    """Check that the run ended in one message that holds *expected*, and left the machine alone."""
    assert run.returncode != 0, run.output
    errors = re.findall(r"^\[ERROR\]: (.*?)^Origin: ", run.output, re.MULTILINE | re.DOTALL)
    assert len(errors) == 1, run.output
    for text in expected:
        assert text in errors[0]
    for sign in ("Traceback", "_Ansible", "<class", "Finalization of task args"):
        assert sign not in run.output
    assert run.output.count("FAILED!") == 1, run.output
    assert set(re.findall(r"changed=(\d+)", run.output)) == {"0"}
    assert not home.exists()
    containers = subprocess.run(
        ["docker", "ps", "--all", "--quiet", "--filter", f"label=com.docker.compose.project={PROJECT}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert containers.stdout == ""


CASES = {
    "variables of a wrong kind or value": (
        "local",
        {
            "sahool_service_overrides": ["redis"],
            "sahool_service_override": {"redis": {"tag": "1.2.3"}},
            "sahool_settings": SECRET,
            "sahool_services_exclude": "redis",
            "sahool_services_optional": "gpu",
            "sahool_port_offset": "many",
            "sahool_project": "My Project",
            "sahool_home": "somewhere",
            "sahool_environment": "prod",
            "sahool_image_source": "docker",
            "sahool_cpu_cap": "many",
            "sahool_registry": ["x"],
            "sahool_version": 16,
        },
        [
            "The inventory has 13 findings; nothing was started.",
            "sahool_service_overrides: found a list; expected a dictionary",
            "sahool_service_override: found a variable that nothing reads; expected sahool_service_overrides",
            "sahool_settings: found a text; expected a dictionary",
            "sahool_services_exclude: found 'redis'; expected a list of names",
            "sahool_services_optional: found 'gpu'; expected a list of names",
            "sahool_port_offset: found 'many'; expected a whole number",
            "sahool_project: found 'My Project'; expected a text of a-z",
            "sahool_home: found 'somewhere'; expected the absolute path",
            "sahool_environment: found 'prod'; expected one of local",
            "sahool_image_source: found 'docker'; expected one of registry",
            "sahool_cpu_cap: found 'many'; expected the number of the host's cores",
            "sahool_registry: found a list; expected registry and path",
            "sahool_version: found the number 16; expected a tag as a text, such as v16.0.0; put it in quotes",
        ],
    ),
    "unknown names and floating tags": (
        "local",
        {
            "sahool_service_overrides": {"redsi": {"tag": "1.2.3"}, "redis": {"tag": "latest", "imagee": "x"}},
            "sahool_services_extra": {"mine": "x"},
            "sahool_version": "latest",
        },
        [
            "sahool_service_overrides: found 'redsi'; expected a service of the catalogue",
            "did you mean 'redis'?",
            "redis: imagee: found an unknown key",
            "did you mean 'image'?",
            "redis: tag: found 'latest'; expected a digest",
            "mine: entry: found 'x'; expected a dictionary of fields",
            "sahool_version: found 'latest'",
            "pin the release",
        ],
    ),
    "the pool left out": (
        "local",
        {"sahool_services_exclude": ["pgbouncer"]},
        ["pgbouncer: selection: found named in"],
    ),
    "unknown setting": (
        "local",
        {"sahool_settings": {"log_levle": "DEBUG"}},
        ["sahool_settings: found 'log_levle', which no service reads", "did you mean 'log_level'?"],
    ),
    "offset too large": (
        "local",
        {"sahool_port_offset": 70000},
        ["postgres: port: found 75432", "choose a smaller sahool_port_offset"],
    ),
    "falling back in production": (
        "production",
        {"sahool_image_source": "auto"},
        ["sahool_image_source: found 'auto' in the environment 'production'", "set sahool_image_source to registry"],
    ),
    "falling back in staging": (
        "staging",
        {"sahool_image_source": "auto"},
        ["sahool_image_source: found 'auto' in the environment 'staging'"],
    ),
    "cores as a word": (
        "local",
        {"sahool_cpu_cap": "many"},
        ["sahool_cpu_cap: found 'many'", "number of the host's cores"],
    ),
    "registry as a list": ("local", {"sahool_registry": ["x"]}, ["sahool_registry: found a list"]),
    "no secret in production": (
        "production",
        {},
        [
            "21 findings about secrets",
            "POSTGRES_PASSWORD: found no value",
            "playbooks/secrets.yml",
            "ansible-vault edit",
        ],
    ),
    "secrets as a text": ("production", {"sahool_secrets": SECRET}, ["sahool_secrets: found no dictionary"]),
    "secrets that break a URL": (
        "production",
        {"sahool_secrets": {"POSTGRES_PASSWORD": SECRET, "REDIS_PASSWORD": 12345678, "JWT_SECRET_KEY": ""}},
        [
            "POSTGRES_PASSWORD: found characters that do not pass through a URL (url)",
            "REDIS_PASSWORD: found a int, expected text; put the value in quotes",
            "JWT_SECRET_KEY: found an empty value",
        ],
    ),
    "address that others need, not given": (
        "production",
        {"sahool_private_address": ""},
        [
            "core.production.sahool.example: sahool_private_address: found nothing",
            "vector.production.sahool.example: sahool_private_address: found nothing",
        ],
    ),
    "address that is a name": (
        "production",
        {"sahool_private_address": "core"},
        ["core.production.sahool.example: sahool_private_address: found 'core'; expected the IP address"],
    ),
    "one address for all": (
        "production",
        {"sahool_private_address": "192.0.2.1"},
        ["found '192.0.2.1', which core.production.sahool.example has as well"],
    ),
}


@pytest.mark.parametrize(("inventory", "variables", "expected"), CASES.values(), ids=CASES)
def test_it_is_refused_in_one_clear_message(inventory, variables, expected, tmp_path):
    home = tmp_path / "home"
    run = deploy(inventory, home, **variables)
    assert_refused(run, home, *expected)
    assert SECRET not in run.output
    assert "12345678" not in run.output


SITES = {
    "tier without a host": (
        {"extra": "", "children": TIERS, "application": ""},
        ["group application_tier: no host, but 40 services belong there", "add a host to [application_tier]"],
    ),
    "host outside of the platform": (
        {"extra": "", "children": TIERS.replace(", application_tier: ", ""), "application": "stray: "},
        ["stray: found in application_tier, but not in group sahool", "child of sahool"],
    ),
}


@pytest.mark.parametrize(("parts", "expected"), SITES.values(), ids=SITES)
def test_an_inventory_that_has_no_place_for_a_tier_is_refused(parts, expected, tmp_path):
    hosts = tmp_path / "hosts.yml"
    hosts.write_text(HOSTS % parts, encoding="utf-8")
    everything = {"sahool_services_optional": ["gpu", "demo", "deprecated"], "secrets_generate": True}
    home = tmp_path / "home"
    assert_refused(deploy(hosts, home, **everything), home, *expected)


def test_an_inventory_without_hosts_is_no_success(tmp_path):
    hosts = tmp_path / "hosts.yml"
    hosts.write_text("data_tier: {hosts: {core: }}\n", encoding="utf-8")
    home = tmp_path / "home"
    assert_refused(deploy(hosts, home), home, "hosts.yml: found no host in group sahool", "correct -i")
