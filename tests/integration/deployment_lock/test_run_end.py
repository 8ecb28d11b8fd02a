# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""However a run ends, the journal says how, the lock is free, and the run says what to do."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import pytest
from ansible_environment import COLLECTIONS, ansible_environment

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]


class Site:
    """Two hosts that are this machine, and the home of a platform.

    :ivar state: where lock and journal lie.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self.state = folder / "home" / "state"
        self._inventory = folder / "hosts.json"
        # What Ansible calls unreachable: an ssh that ends with 255.
        self._no_ssh = folder / "no_ssh"
        self._no_ssh.write_text("#!/bin/sh\nexit 255\n", encoding="utf-8")
        self._no_ssh.chmod(0o755)
        host = {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "sahool_home": str(folder / "home"),
        }
        self._inventory.write_text(json.dumps({"sahool": {"hosts": {"one": host, "two": host}}}), encoding="utf-8")

    def run(self, **variables: Any) -> tuple[int, str]:
        """Run run_end.yml; return exit code and output."""
        command = [str(pathlib.Path(sys.executable).with_name("ansible-playbook")), str(HERE / "run_end.yml")]
        done = subprocess.run(
            [*command, "-i", str(self._inventory), "-e", json.dumps({"no_ssh": str(self._no_ssh), **variables})],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=ansible_environment(ANSIBLE_COLLECTIONS_PATH=str(COLLECTIONS)),
            check=False,
        )
        return done.returncode, done.stdout

    def journal(self) -> list[dict[str, Any]]:
        """Return the entries."""
        return [json.loads(line) for line in (self.state / "journal.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def site(tmp_path):
    """Return hosts on which no run was yet."""
    return Site(tmp_path)


@pytest.mark.parametrize(
    ("variables", "host", "message"),
    [({"broken": "two"}, "two", "broken"), ({"lost": "two"}, "two", "It could not be reached any more.")],
    ids=["failed", "lost"],
)
def test_a_run_that_fails_on_one_host_has_failed(site, variables, host, message):
    code, output = site.run(**variables)
    assert code != 0, output
    (entry,) = site.journal()
    assert entry["result"] == "failed"
    assert [(one["host"], one["message"]) for one in entry["failed"]] == [(host, message)]
    assert f"failed on {host}" in output
    assert message in output
    assert sorted(os.listdir(site.state)) == ["journal.jsonl"]


def test_a_journal_that_cannot_be_written_keeps_no_lock_and_hides_no_failure(site):
    (site.state / "journal.jsonl").mkdir(parents=True)
    code, output = site.run(broken="two")
    assert code != 0, output
    assert "journal.jsonl: Is a directory" in output
    assert "This run on project sahool failed on two" in output
    assert sorted(os.listdir(site.state)) == ["journal.jsonl"]


def test_a_run_without_a_failure_says_none(site):
    code, output = site.run()
    assert code == 0, output
    assert [(entry["result"], entry["failed"]) for entry in site.journal()] == [("unchanged", [])]
    assert sorted(os.listdir(site.state)) == ["journal.jsonl"]
