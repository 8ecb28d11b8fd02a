# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A checkout as an operator has one: the working tree's files, an inventory of one's own, and commands typed in it."""

from __future__ import annotations

import json
import os
import pathlib
import re
import secrets
import shutil
import string
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

import yaml
from platform_run import ROOT

SELF_LINK = pathlib.PurePath("playbooks/collections/ansible_collections/sahool/platform")
RECAP = re.compile(r"^(\S+)\s+: (ok=.*)$", re.MULTILINE)
# One machine in every group. The last lines are what a test needs beside: another platform may run there.
HOSTS = """\
---
# Everything on the machine that the command is typed on.
sahool:
  children:
    data_tier:
    messaging_tier:
    vector_tier:
    ai_tier:
    gateway_tier:
    application_tier:
  hosts:
    {host}:
      ansible_connection: local
      # Typed as root.
      ansible_become: false
      # The distribution's: the role host installs the libraries for it.
      ansible_python_interpreter: /usr/bin/python3
      sahool_project: {project}
      sahool_port_offset: {port_offset}
      sahool_cpu_cap: {cores}
      release_accept_new_volumes: true

data_tier: &one_machine
  hosts:
    {host}:
messaging_tier: *one_machine
vector_tier: *one_machine
ai_tier: *one_machine
gateway_tier: *one_machine
application_tier: *one_machine
"""


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@dataclass(frozen=True)
class Typed:
    """One command that was typed; *output* holds both of its streams."""

    returncode: int
    output: str

    @property
    def changed(self) -> dict[str, int]:
        """Return how many tasks changed something, by host, as the play recap counts them."""
        counters = {host: dict(pair.split("=") for pair in pairs.split()) for host, pairs in RECAP.findall(self.output)}
        assert counters, f"no play recap in:\n{self.output}"
        return {host: int(counter["changed"]) for host, counter in counters.items()}


@dataclass
class Checkout:
    """The production inventory of one machine in a copy of the working tree; what it deploys is removed at the end.

    :param folder: an empty folder.
    :param project: name of the Compose project; the platform lies in /opt below the same name.
    """

    folder: pathlib.Path
    project: str
    port_offset: int
    host: str = "farm.example"
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> pathlib.Path:
        """Return the folder that the shipped inventory gives to the project."""
        return pathlib.Path("/opt") / self.project

    @property
    def tree(self) -> pathlib.Path:
        """Return the folder that commands are typed in."""
        return self.folder / "checkout"

    def write(self) -> None:
        """Copy the working tree, write what an operator writes, and nothing else."""
        listed = _output("git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file() and pathlib.PurePath(name) != SELF_LINK:
                (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.tree / name)
        (self.tree / SELF_LINK).parent.mkdir(parents=True)
        (self.tree / SELF_LINK).symlink_to("../../../..")
        inventory = self.tree / "inventories" / "production"
        (inventory / "hosts.yml").write_text(
            HOSTS.format(host=self.host, project=self.project, port_offset=self.port_offset, cores=os.cpu_count()),
            encoding="utf-8",
        )
        variables = inventory / "group_vars" / "all" / "main.yml"
        shipped = variables.read_text(encoding="utf-8")
        assert shipped.count("sahool_image_source: registry\n") == 1
        variables.write_text(
            shipped.replace(
                "sahool_image_source: registry\n",
                "# A test: stand-ins and reference services instead of the official images.\n"
                "sahool_image_source: build\n",
            ),
            encoding="utf-8",
        )
        self._write_secrets(inventory / "group_vars" / "all" / "secrets.yml")

    def type(self, *command: str) -> Typed:
        """Type a command of the controller's environment in the checkout, with nothing of Ansible's configured."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
        done = subprocess.run(
            [str(pathlib.Path(sys.executable).with_name(command[0])), *command[1:]],
            cwd=self.tree,
            env={
                **environment,
                # Ansible believes the shell.
                "PWD": str(self.tree),
                # The user's own, which a test leaves alone.
                "ANSIBLE_HOME": str(self.folder / "ansible"),
                "ANSIBLE_VAULT_PASSWORD_FILE": str(self._password_file),
                "ANSIBLE_NOCOLOR": "1",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Typed(done.returncode, done.stdout)

    def containers(self) -> dict[str, dict[str, Any]]:
        """Return what ``docker inspect`` says of every container of the project, by Compose service."""
        ids = self._of_project("container", "ls", "--all")
        found = json.loads(_output("docker", "container", "inspect", *ids)) if ids else []
        return {container["Config"]["Labels"]["com.docker.compose.service"]: container for container in found}

    def remove(self) -> None:
        """Remove what production is never asked to remove: containers, networks, volumes and the folder."""
        for kind, listing, removal in (
            ("container", ["ls", "--all"], ["rm", "--force", "--volumes"]),
            ("network", ["ls"], ["rm"]),
            ("volume", ["ls"], ["rm"]),
        ):
            if ids := self._of_project(kind, *listing):
                _output("docker", kind, *removal, *ids)
        if self.home.exists():
            shutil.rmtree(self.home)

    def _of_project(self, kind: str, *listing: str) -> list[str]:
        label = f"label=com.docker.compose.project={self.project}"
        return _output("docker", kind, *listing, "--quiet", "--filter", label).split()

    @property
    def _password_file(self) -> pathlib.Path:
        return self.folder / "vault-password"

    def _write_secrets(self, path: pathlib.Path) -> None:
        of_services = yaml.safe_load((self.tree / "roles/catalogue/defaults/main/secrets.yml").read_text("utf-8"))
        own = yaml.safe_load((self.tree / "roles/secrets/defaults/main.yml").read_text(encoding="utf-8"))
        names = [secret["name"] for secret in [*own["secrets_own"], *of_services["catalogue_secrets"]]]
        self.secrets = {name: _secret() for name in names}
        for target, content in (
            (self._password_file, _secret() + "\n"),
            (path, yaml.safe_dump({"sahool_secrets": self.secrets})),
        ):
            target.touch(0o600)
            target.write_text(content, encoding="utf-8")
        encrypted = self.type("ansible-vault", "encrypt", str(path))
        assert encrypted.returncode == 0, encrypted.output


def _secret() -> str:
    letters = string.ascii_letters
    return secrets.choice(letters) + "".join(secrets.choice(letters + string.digits) for _one in range(31))
