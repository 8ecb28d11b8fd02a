# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run playbooks against the inventories without any of their hosts, and read the plans that come of it."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import yaml
from ansible_environment import COLLECTIONS, ansible_environment

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PLAYBOOKS = ROOT / "playbooks"
INVENTORIES = ("local", "staging", "production")
# Every host is this machine, nothing needs root, and no folder of the user is used.
NO_HOST = {
    "ansible_connection": "local",
    "ansible_become": False,
    "ansible_python_interpreter": sys.executable,
}


@dataclass(frozen=True)
class Run:
    """One run of ansible-playbook; *output* holds both of its streams."""

    returncode: int
    output: str


def ansible_playbook(playbook: pathlib.Path, inventory: pathlib.Path, *arguments: str, cwd: pathlib.Path = ROOT) -> Run:
    """Run *playbook* from the working directory *cwd*.

    Only the collection beside the playbook can be found, unless the playbook is a test's own.

    :param arguments: options, or further playbooks.
    """
    beside = PLAYBOOKS in playbook.parents
    done = subprocess.run(
        [
            str(pathlib.Path(sys.executable).with_name("ansible-playbook")),
            "-i",
            str(inventory),
            str(playbook),
            *arguments,
        ],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=ansible_environment(ANSIBLE_COLLECTIONS_PATH="/nowhere" if beside else str(COLLECTIONS)),
    )
    return Run(done.returncode, done.stdout)


@dataclass
class Planned:
    """What plan.yml made of one inventory.

    :param folder: where it wrote the plans; also holds the secrets and the folder that stands for ``sahool_home``.
    """

    inventory: str
    folder: pathlib.Path
    run: Run = field(init=False)

    def play(self, *arguments: str, inventory: pathlib.Path | None = None, **variables: Any) -> Run:
        """Run plan.yml; *variables* beat the inventory's, and None takes one of ours away."""
        values = {
            **NO_HOST,
            "plan_folder": str(self.folder),
            "plan_source": "build" if self.inventory == "local" else "registry",
            "sahool_home": str(self.folder / "home"),
            "secrets_generate": True,
            "secrets_file": str(self.folder / "secrets.yml"),
            **variables,
        }
        wanted = {name: value for name, value in values.items() if value is not None}
        self.run = ansible_playbook(
            HERE / "plan.yml", inventory or ROOT / "inventories" / self.inventory, "-e", json.dumps(wanted), *arguments
        )
        return self.run

    @cached_property
    def platform(self) -> dict[str, Any]:
        """Return services, placement and what is left out."""
        return json.loads((self.folder / "platform.json").read_text(encoding="utf-8"))

    @cached_property
    def hosts(self) -> dict[str, dict[str, Any]]:
        """Return the plan of every host by its name."""
        placement = self.platform["placement"]
        names = dict.fromkeys(placement[service] for service in self.platform["order"])
        return {name: json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8")) for name in names}

    @cached_property
    def models(self) -> dict[str, dict[str, Any]]:
        """Return the Compose model of every host by its name."""
        return {name: json.loads(plan["compose"]) for name, plan in self.hosts.items()}

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        """Return the Compose model of every service of all hosts."""
        return {name: service for model in self.models.values() for name, service in model["services"].items()}

    @property
    def files(self) -> dict[str, dict[str, Any]]:
        """Return the files of all hosts by their paths; their contents name secrets instead of holding them."""
        root = self.folder / "home" / "files"
        return {
            f"{root}/{file['digest']}/{file['name']}": file for plan in self.hosts.values() for file in plan["files"]
        }

    @property
    def secrets(self) -> dict[str, str]:
        """Return the generated secrets."""
        return yaml.safe_load((self.folder / "secrets.yml").read_text(encoding="utf-8"))
