# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of the role certificates on this machine, below a folder of their own, without any container."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import yaml
from ansible_environment import COLLECTIONS, ansible_environment
from platform_run import RECAP

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
SPENT = re.compile(r"^sahool\.platform\.certificates : (.+?) -+ ([0-9.]+)s$", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """One run; *output* holds both of its streams."""

    returncode: int
    output: str

    @property
    def changed(self) -> int:
        """How many tasks changed something."""
        match = RECAP.search(self.output)
        assert match, f"no play recap in:\n{self.output}"
        return int(re.search(r"changed=(\d+)", match.group(1)).group(1))

    @property
    def seconds(self) -> float:
        """What the tasks of the role took together."""
        return sum(float(seconds) for _task, seconds in SPENT.findall(self.output))


@dataclass
class Certificates:
    """The certificates of redis and kong below *home*, or wherever *inventory* says."""

    home: pathlib.Path | None
    inventory: pathlib.Path = ROOT / "inventories" / "local"

    def play(self, *arguments: str, **variables: Any) -> Run:
        """Run the role."""
        values = {
            **({"sahool_home": str(self.home)} if self.home else {}),
            "sahool_project": "t-certificates",
            "certificates_services": ["redis"],
            **variables,
        }
        done = subprocess.run(
            [
                str(pathlib.Path(sys.executable).with_name("ansible-playbook")),
                str(HERE / "certificates.yml"),
                "-i",
                str(self.inventory),
                "-e",
                json.dumps(values),
                *arguments,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env=ansible_environment(
                ANSIBLE_COLLECTIONS_PATH=str(COLLECTIONS),
                ANSIBLE_CALLBACKS_ENABLED="ansible.posix.profile_tasks",
                PROFILE_TASKS_TASK_OUTPUT_LIMIT="all",
            ),
        )
        return Run(done.returncode, done.stdout)

    @property
    def folders(self) -> list[str]:
        """The folders of all issues."""
        root = self.home / "certificates"
        return sorted(path.name for path in root.iterdir()) if root.is_dir() else []

    def folder(self, name: str) -> pathlib.Path:
        """The folder of one issue."""
        return self.home / "certificates" / name

    @property
    def passphrase(self) -> str:
        """What opens the authority's key."""
        text = (self.home / "state" / "secrets.yml").read_text(encoding="utf-8")
        return yaml.safe_load(text)["CA_KEY_PASSPHRASE"]

    def state(self) -> dict[str, tuple[int, int, int, int]]:
        """What tells a touched file from an untouched one."""
        found = {}
        for path in sorted(self.home.rglob("*")):
            seen = path.lstat()
            found[str(path)] = (seen.st_ino, seen.st_mtime_ns, seen.st_mode, seen.st_uid)
        return found
