# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""deploy.yml begins only where the callback is active, and otherwise says in one line how to make it so.

`sahool_port_offset` is wrong on purpose: a run that passes the check ends right after it, with nothing touched.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PLAYBOOK = str(Path(sys.executable).with_name("ansible-playbook"))
ARGUMENTS = ["-i", str(ROOT / "inventories/local"), "-e", "sahool_port_offset=wrong"]
FIX = "  export ANSIBLE_CALLBACKS_ENABLED="
PASSED = "sahool_port_offset"


def deploy(playbook, environment, cwd):
    done = subprocess.run(
        [PLAYBOOK, playbook, *ARGUMENTS],
        cwd=cwd,
        env={**environment, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    return done.stdout + done.stderr


def fix_of(output):
    """Return the line that the message gives, as a person types it."""
    (line,) = {line.strip() for line in output.splitlines() if FIX.strip() in line and not line.startswith("fatal")}
    return line


@pytest.fixture(params=["another working directory", "installed collection", "AWX"])
def run(request, bare, elsewhere, tmp_path):
    """Run deploy.yml in a situation in which nothing enables the callback, with variables added to the environment."""

    def start(**variables):
        environment = {**bare, **variables}
        if request.param == "another working directory":
            return deploy(str(ROOT / "playbooks/deploy.yml"), environment, elsewhere)
        environment["ANSIBLE_COLLECTIONS_PATH"] = str(request.getfixturevalue("installed"))
        if request.param == "AWX":
            project = tmp_path / "private/project"
            project.mkdir(parents=True, exist_ok=True)
            environment.update(
                ANSIBLE_STDOUT_CALLBACK="ansible.builtin.minimal", AWX_ISOLATED_DATA_DIR=str(tmp_path / "private")
            )
            return deploy("sahool.platform.deploy", environment, project)
        return deploy("sahool.platform.deploy", environment, elsewhere)

    return start


def test_the_first_task_fails_with_a_line_that_helps(run):
    output = run(ANSIBLE_CALLBACKS_ENABLED="ansible.posix.timer")
    assert "The callback sahool.platform.deployment is not active" in output
    assert PASSED not in output
    line = fix_of(output)
    assert line == "export ANSIBLE_CALLBACKS_ENABLED=ansible.posix.timer,sahool.platform.deployment"
    name, value = line.removeprefix("export ").split("=")
    mended = run(**{name: value})
    assert "is not active" not in mended
    assert PASSED in mended
