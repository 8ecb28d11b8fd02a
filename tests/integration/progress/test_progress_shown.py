# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator sees while phases run, on the terminals and pipes that there are, and what is left behind."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from terminal_run import ERASE, run_in_pipe, run_on_terminal

ROOT = Path(__file__).resolve().parents[3]
SECRET = "vEryS3cretValue"
CALLBACK = {"ANSIBLE_CALLBACKS_ENABLED": "sahool.platform.deployment"}
CHECKOUT = {
    "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
    "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "playbooks/collections"),
}
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
TABLE = re.compile(
    r"^PHASE +HOST +QUEUE +START +GATE +TOTAL +SERVICES +TOUCHED +SLOWEST SERVICE\n"
    r"(?:1 data +web +[\d.]+ s +[\d.]+ s +[\d.]+ s +[\d.]+ s +1 +1  gateway [\d.]+ s\n"
    r"|1 data +db +[\d.]+ s +[\d.]+ s +[\d.]+ s +[\d.]+ s +3 +3  (?:postgres|redis|nats) [\d.]+ s\n){2}"
    r"2 breaks +db +[\d.]+ s +[\d.]+ s +[\d.]+ s +[\d.]+ s +1 +1  broken [\d.]+ s, failed$",
    re.MULTILINE,
)


def local_folders(environment):
    """The temporary folders that Ansible has left on the controller."""
    return list(Path(environment["ANSIBLE_HOME"]).glob("tmp/ansible-local-*"))


def test_a_live_line_on_a_terminal(deployment, bare, elsewhere, tmp_path):
    """Run from the checkout with its ansible.cfg, which enables the callback."""
    environment = {**bare, **CHECKOUT, "ANSIBLE_NOCOLOR": "1"}
    seen = run_on_terminal(deployment, environment, elsewhere)
    assert seen.status == 0, seen.text
    frames = [piece.split("\n")[0] for piece in seen.text.split(ERASE)[1:]]
    assert any(re.match(r"1 data: \d of 4 ready on 2 hosts, \d+ s, waiting for ", frame) for frame in frames)
    assert any(re.fullmatch(r"1 data: [12] of 3 ready, \d+ s, waiting for (postgres|nats)", frame) for frame in frames)
    assert all(len(frame) < 100 for frame in frames if frame.startswith(("1 data", "2 breaks")))
    # In the end nothing is left of it, and the terminal is as it was.
    assert seen.modes_kept
    assert not [line for line in seen.screen if re.match(r"(1 data|2 breaks): ", line)]
    assert "changed: [db]" in seen.screen
    assert "2 breaks on db: broken: exited with code 3" in seen.screen
    assert seen.screen[-1] == ""
    assert TABLE.search(seen.text), seen.text

    phases = json.loads((tmp_path / "kept/phases-then.json").read_text(encoding="utf-8"))
    assert sorted((row["phase"], row["host"]) for row in phases) == [("1 data", "db"), ("1 data", "web")]
    (row,) = [row for row in phases if row["host"] == "db"]
    assert row["slowest"]["service"] in row["services"]
    # postgres is ready 1.5 s after its start.
    assert 1.5 <= row["slowest"]["seconds"] <= row["start"] + row["gate"] <= row["total"]
    assert row["services"] == row["touched"] == ["postgres", "redis", "nats"]
    (ended,) = (tmp_path / "kept").glob("phases.json")
    assert [row["failed"] for row in json.loads(ended.read_text(encoding="utf-8"))] == [False, False, True]

    # The container printed the secret, the gate has it, and the record has neither.
    record = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "kept").iterdir()}
    assert set(record) == {"phases.json", "phases-then.json", "progress.jsonl"}
    assert not [name for name, text in record.items() if SECRET in text]
    assert SECRET not in seen.text
    assert local_folders(environment) == []


def test_plain_lines_in_a_pipe_from_the_installed_collection(deployment, bare, elsewhere, installed):
    """Another working directory, no ansible.cfg, nothing of the checkout."""
    environment = {**bare, **CALLBACK, "ANSIBLE_COLLECTIONS_PATH": str(installed)}
    seen = run_in_pipe(deployment, environment, elsewhere)
    assert seen.status == 0, seen.text
    assert not CONTROL.search(seen.text)
    begin, wave = seen.when(r"1 data on db: 3 services to make ready"), seen.when(r"1 data on db: wave 2 of 2, 2 of 3")
    end = seen.when(r"1 data on db: 3 of 3 ready after [\d.]+ s\n")
    # As it happens, not when the pipe is full.
    assert begin + 1 < wave < end
    assert seen.when(r"2 breaks on db: .*, failed\n") > end
    assert TABLE.search(seen.text), seen.text


def test_nothing_odd_in_awx(deployment, bare, installed, tmp_path):
    """As ansible-runner runs it: on a terminal, another callback for the output, the private data folder's project."""
    private = tmp_path / "private"
    (private / "project").mkdir(parents=True)
    shutil.copy(tmp_path / "play.yml", private / "project/play.yml")
    environment = {
        **bare,
        **CALLBACK,
        "ANSIBLE_COLLECTIONS_PATH": str(installed),
        "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.minimal",
        "ANSIBLE_NOCOLOR": "1",
        "AWX_ISOLATED_DATA_DIR": str(private / "artifacts/1"),
    }
    command = [str(private / "project/play.yml") if word.endswith("play.yml") else word for word in deployment]
    seen = run_on_terminal(command, environment, private / "project")
    assert seen.status == 0, seen.text
    assert not CONTROL.search(seen.text)
    assert "1 data on db: wave 2 of 2, 2 of 3 ready after" in seen.text
    assert TABLE.search(seen.text), seen.text


def test_ctrl_c_leaves_the_terminal_sane(deployment, bare, elsewhere):
    environment = {**bare, **CHECKOUT, "ANSIBLE_NOCOLOR": "1"}
    seen = run_on_terminal(deployment, environment, elsewhere, interrupt_at=" ready on 2 hosts, ")
    assert seen.status != 0
    assert "User interrupted execution" in seen.text
    assert seen.modes_kept
    # The shell's prompt comes at the begin of an empty line, and the cursor was never hidden.
    assert seen.screen[-1] == ""
    assert not re.search(r"\x1b(?!\[K)", seen.text)
    assert local_folders(environment) == []


def test_progress_over_a_connection(deployment, bare, elsewhere):
    """A connection that is not local: the file is read by commands, and removed by one."""
    plugins = elsewhere / "connection_plugins"
    plugins.mkdir()
    (plugins / "far.py").write_text(FAR, encoding="utf-8")
    environment = {**bare, **CHECKOUT, "ANSIBLE_CONNECTION_PLUGINS": str(plugins), "FAR_LOG": str(elsewhere / "log")}
    seen = run_in_pipe([*deployment, "-e", "connection=far"], environment, elsewhere)
    assert seen.status == 0, seen.text
    assert seen.when(r"1 data on db: 3 services to make ready") + 1 < seen.when(r"1 data on db: 3 of 3 ready")
    assert TABLE.search(seen.text), seen.text
    files = set(re.findall(r"\S+sahool-progress-\w+\.jsonl", (elsewhere / "log").read_text(encoding="utf-8")))
    assert len(files) == 3
    assert not [path for path in files if Path(path).exists()]


FAR = '''
DOCUMENTATION = """
name: far
short_description: The same machine, by commands only
description: Notes the commands in FAR_LOG.
author: SAHOOL Platform contributors (@sahool)
options: {}
"""

import os

from ansible.plugins.connection.local import Connection as Local


class Connection(Local):
    transport = "far"

    def exec_command(self, cmd, in_data=None, sudoable=True):
        with open(os.environ["FAR_LOG"], "a") as log:
            log.write(f"{cmd}\\n")
        return super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
'''
