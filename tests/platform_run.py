# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A platform of its own, beside whatever else runs on the machine: own project, ports and folder."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLAYBOOKS = ROOT / "playbooks"
RECAP = re.compile(r"^localhost\s+: (.*)$", re.MULTILINE)
# A server of each kind, a one-shot, the gateway, and an application of every phase.
SMALL = tuple(
    "postgres redis pgbouncer nats mqtt ollama ollama-model-loader kong field-management-service indicators-service "
    "iot-service inventory-service crop-health agent-registry".split()
)
# The local inventory's own overrides; what is passed on the command line replaces them.
LOCAL_OVERRIDES = {"ollama": {"gpus": False}}


@dataclass(frozen=True)
class Run:
    """One run of a playbook."""

    returncode: int
    output: str

    @property
    def recap(self) -> dict[str, int]:
        """Return the counters of the play recap, such as ``{"ok": 30, "changed": 0}``."""
        match = RECAP.search(self.output)
        assert match, f"no play recap in:\n{self.output}"
        return {key: int(value) for key, value in (pair.split("=") for pair in match.group(1).split())}


@dataclass
class Platform:
    """A deployment with a Compose project, port offset and folder of its own.

    :param home: an empty folder.
    :param prefix: what a command begins with that is to run on another network than this process.
    :param environment: of those commands, beside what this process has.
    """

    project: str
    port_offset: int
    home: pathlib.Path
    variables: dict[str, Any] = field(default_factory=dict)
    prefix: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    def play(self, playbook: str, *arguments: str, overrides: dict[str, Any] | None = None, **variables: Any) -> Run:
        """Run *playbook* against the local inventory; *variables* beat those of the platform."""
        done = subprocess.run(
            self.command(playbook, *arguments, overrides=overrides, **variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.surroundings,
            check=False,
        )
        return Run(done.returncode, done.stdout)

    def command(
        self, playbook: str, *arguments: str, overrides: dict[str, Any] | None = None, **variables: Any
    ) -> list[str]:
        """Return the command that runs *playbook*, for who wants to start it in a way of his own."""
        values = {
            "sahool_project": self.project,
            "sahool_port_offset": self.port_offset,
            "sahool_home": str(self.home),
            "sahool_image_source": "build",
            "sahool_service_overrides": {**LOCAL_OVERRIDES, **(overrides or {})},
            # Another platform may run on this machine.
            "release_accept_new_volumes": True,
            **self.variables,
            **variables,
        }
        return [
            *self.prefix,
            str(pathlib.Path(sys.executable).with_name("ansible-playbook")),
            str(PLAYBOOKS / playbook),
            "-i",
            str(ROOT / "inventories" / "local"),
            "-e",
            json.dumps(values),
            *arguments,
        ]

    @property
    def surroundings(self) -> dict[str, str]:
        """Return the environment variables of such a command."""
        return {
            **os.environ,
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_HOME": str(ROOT / ".ansible"),
            "ANSIBLE_NOCOLOR": "1",
            **self.environment,
        }

    def containers(self) -> dict[str, dict[str, Any]]:
        """Return what ``docker inspect`` says of every container of the project, by Compose service."""
        ids = self.docker("ps", "--all", "--quiet", "--filter", self.label).split()
        found = json.loads(self.docker("inspect", *ids)) if ids else []
        return {container["Config"]["Labels"]["com.docker.compose.service"]: container for container in found}

    def volumes(self) -> list[str]:
        """Return the names of the project's volumes."""
        return self.docker("volume", "ls", "--quiet", "--filter", self.label).split()

    def destroy(self) -> Run:
        """Remove all of it, volumes included."""
        return self.play("destroy.yml", sahool_destroy="local", sahool_destroy_volumes=True)

    def wipe(self) -> None:
        """Remove all of it without the collection, whatever state it is in; the folder stays, empty."""
        for listed, removed in (
            (["ps", "--all"], ["rm", "--force", "--volumes"]),
            (["volume", "ls"], ["volume", "rm"]),
            (["network", "ls"], ["network", "rm"]),
        ):
            found = self.docker(*listed, "--quiet", "--filter", self.label).split()
            if found:
                self.docker(*removed, *found)
        shutil.rmtree(self.home)
        self.home.mkdir()

    def docker(self, *arguments: str) -> str:
        """Run the Docker client against the platform's engine and return its output."""
        return subprocess.run(
            ["docker", *arguments], capture_output=True, text=True, check=True, env={**os.environ, **self.environment}
        ).stdout

    @property
    def label(self) -> str:
        """Return the filter that finds what belongs to the project."""
        return f"label=com.docker.compose.project={self.project}"


def all_but(*services: str) -> list[str]:
    """Return the names of all other services of the catalogue, for ``sahool_services_exclude``."""
    names: set[str] = set()
    for file in (ROOT / "roles/catalogue/defaults/main").glob("*_tier.yml"):
        for name, content in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            if name.startswith("catalogue_"):
                names |= content.keys()
    unknown = set(services) - names
    assert not unknown, f"not in the catalogue: {sorted(unknown)}"
    return sorted(names - set(services))
