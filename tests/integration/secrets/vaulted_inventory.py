# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of the production inventory in a folder of the test, with a vault password of its own."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import yaml
from ansible_environment import ansible_environment

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(sys.executable).parent


@dataclass(frozen=True)
class Run:
    """One command; *output* holds both of its streams."""

    returncode: int
    output: str


@dataclass
class Inventory:
    """The shipped production inventory, as an operator copies it.

    :param folder: an empty folder.
    """

    folder: pathlib.Path
    password: str = "the vault's own 7"

    def write(self) -> None:
        """Copy it, and write the file with the vault password."""
        shutil.copytree(ROOT / "inventories" / "production", self.inventory)
        self.password_file.write_text(f"{self.password}\n")
        self.password_file.chmod(0o600)

    @property
    def inventory(self) -> pathlib.Path:
        """Return the folder that stands behind ``-i``."""
        return self.folder / "mine"

    @property
    def vault(self) -> pathlib.Path:
        """Return the file that the playbook writes the secrets into."""
        return self.inventory / "group_vars" / "all" / "secrets.yml"

    @property
    def ledger(self) -> dict[str, Any]:
        """Return what the ledger says, by secret."""
        path = self.vault.with_name("secrets_created.yml")
        return yaml.safe_load(path.read_text(encoding="utf-8"))["sahool_secrets_created"]

    @property
    def password_file(self) -> pathlib.Path:
        """Return the file with the vault password."""
        return self.folder / "vault-password"

    def play(self, playbook: str, *arguments: str, password: bool = True) -> Run:
        """Run a playbook with this inventory, as the shipped configuration runs it."""
        given = {"ANSIBLE_VAULT_PASSWORD_FILE": str(self.password_file)} if password else {}
        return self._run(
            "ansible-playbook", str(ROOT / "playbooks" / playbook), "-i", str(self.inventory), *arguments, **given
        )

    def secrets(self) -> dict[str, str]:
        """Return what ``ansible-vault view`` shows of the secrets."""
        return self.viewed()["sahool_secrets"]

    def viewed(self) -> dict[str, Any]:
        """Return everything that the vault holds."""
        seen = self._run("ansible-vault", "view", "--vault-password-file", str(self.password_file), str(self.vault))
        assert seen.returncode == 0, seen.output
        return yaml.safe_load(seen.output)

    def encrypt(self, text: str) -> None:
        """Put *text* into the vault by hand."""
        self.vault.write_text(text)
        done = self._run("ansible-vault", "encrypt", "--vault-password-file", str(self.password_file), str(self.vault))
        assert done.returncode == 0, done.output

    def _run(self, command: str, *arguments: str, **environment: str) -> Run:
        done = subprocess.run(
            [str(BIN / command), *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env=ansible_environment(
                **{"ANSIBLE_HOME": str(self.folder / "ansible"), "PWD": str(self.folder), **environment}
            ),
        )
        return Run(done.returncode, done.stdout)
