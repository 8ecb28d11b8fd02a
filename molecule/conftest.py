# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine that a scenario's platform runs on, as root sees it, and the platform's own containers and secrets."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib

import pytest
import yaml

PROJECT_LABEL = "com.docker.compose.project"
SERVICE_LABEL = "com.docker.compose.service"


@pytest.fixture(scope="module")
def machine(host):
    """Return testinfra's host; what is asked of it is asked as root."""
    with contextlib.nullcontext() if os.geteuid() == 0 else host.sudo():
        yield host


@pytest.fixture(scope="module")
def variables(machine):
    """Return the inventory's variables of the scenario, as they stand there."""
    return machine.ansible.get_variables()


@pytest.fixture(scope="module")
def home() -> pathlib.Path:
    """Return the folder of the scenario's platform."""
    scenario = pathlib.Path(os.environ["MOLECULE_SCENARIO_DIRECTORY"])
    return scenario.parent.parent / ".sahool" / "molecule" / scenario.name


@pytest.fixture(scope="module")
def containers(machine, variables):
    """Return what ``docker inspect`` says of every container of the platform, by Compose service."""
    label = f"label={PROJECT_LABEL}={variables['sahool_project']}"
    ids = machine.check_output("docker container ls --all --quiet --filter %s", label).split()
    assert ids, f"there is no container with {label}; run the scenario's converge first"
    found = json.loads(machine.check_output("docker container inspect " + " ".join(ids)))
    return {container["Config"]["Labels"][SERVICE_LABEL]: container for container in found}


@pytest.fixture(scope="module")
def secrets(machine, home) -> dict[str, str]:
    """Return the secrets that the scenario generated, by name."""
    return yaml.safe_load(machine.file(str(home / "state" / "secrets.yml")).content_string)


@pytest.fixture(scope="module")
def published(containers):
    """Return the port on this machine that a service's first container port is published on, by service."""
    return {
        name: int(bindings[0]["HostPort"])
        for name, container in containers.items()
        for bindings in list(container["HostConfig"]["PortBindings"].values())[:1]
    }
