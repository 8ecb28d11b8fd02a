# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A platform of its own, beside whatever else runs on the machine: own project, ports and folder."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLAYBOOKS = ROOT / "playbooks"
RECAP = re.compile(r"^localhost\s+: (.*)$", re.MULTILINE)
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
    """

    project: str
    port_offset: int
    home: pathlib.Path
    variables: dict[str, Any] = field(default_factory=dict)

    def play(self, playbook: str, *arguments: str, overrides: dict[str, Any] | None = None, **variables: Any) -> Run:
        """Run *playbook* against the local inventory; *variables* beat those of the platform."""
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
        command = [
            str(pathlib.Path(sys.executable).with_name("ansible-playbook")),
            str(PLAYBOOKS / playbook),
            "-i",
            str(ROOT / "inventories" / "local"),
            "-e",
            json.dumps(values),
            *arguments,
        ]
        environment = {
            **os.environ,
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_HOME": str(ROOT / ".ansible"),
            "ANSIBLE_NOCOLOR": "1",
        }
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
            check=False,
        )
        return Run(done.returncode, done.stdout)

    def containers(self) -> dict[str, dict[str, Any]]:
        """Return what ``docker inspect`` says of every container of the project, by Compose service."""
        ids = _docker("ps", "--all", "--quiet", "--filter", f"label=com.docker.compose.project={self.project}").split()
        found = json.loads(_docker("inspect", *ids)) if ids else []
        return {container["Config"]["Labels"]["com.docker.compose.service"]: container for container in found}

    def volumes(self) -> list[str]:
        """Return the names of the project's volumes."""
        return _docker(
            "volume", "ls", "--quiet", "--filter", f"label=com.docker.compose.project={self.project}"
        ).split()

    def destroy(self) -> Run:
        """Remove all of it, volumes included."""
        return self.play("destroy.yml", sahool_destroy="local", sahool_destroy_volumes=True)


def _docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True).stdout
