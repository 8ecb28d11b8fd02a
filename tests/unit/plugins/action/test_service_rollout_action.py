# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin of service_rollout: when it records, where the module writes its progress, and who removes it."""

from __future__ import annotations

import json
import os
import time
from types import SimpleNamespace

import pytest
from ansible import constants as C
from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from ansible_collections.sahool.platform.plugins.action import service_rollout
from ansible_collections.sahool.platform.plugins.action.service_rollout import ActionModule
from ansible_collections.sahool.platform.plugins.plugin_utils._progress import record

WAVES = [["postgres"]]
TOLD = b'{"event": "begin", "total": 1}\n'
RESULT = {"changed": True, "services": {"postgres": {"action": "create", "seconds": 0.5}}, "waves": [], "seconds": 1.0}


class Connection:
    """A connection that runs nothing, and notes what it was asked."""

    def __init__(self, transport="local", become_user=None):
        self.transport = transport
        self.become = SimpleNamespace(get_option=lambda name, **dummy: become_user) if become_user else None
        self.commands = []
        self._shell = SimpleNamespace(
            tmpdir=None, get_option=lambda name, **dummy: {"system_tmpdirs": ["/var/tmp", "/tmp"]}[name]
        )

    def set_become_plugin(self, plugin):
        self.become = plugin

    def exec_command(self, command, sudoable=True):
        self.commands.append(command)
        return 0, TOLD, b""


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(C, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.setenv(record.VARIABLE, "")
    return record.begin()


@pytest.fixture
def run(monkeypatch):
    """Run the action; the module is stood in for, and told its options."""

    def start(connection=None, check=False, async_val=0, module=None, removal=None, **arguments):
        given = {}
        warnings = []

        def execute_module(self, module_args=None, task_vars=None, wrap_async=False):
            given.update(module_args if module_args is not None else self._task.args)
            return dict(module(given) if module else RESULT)

        def execute_command(self, command):
            connection.commands.append(command)
            if removal:
                raise removal
            return {"rc": 0, "stdout": TOLD.decode(), "stderr": ""}

        monkeypatch.setattr(ActionBase, "run", lambda self, tmp, task_vars: {})
        monkeypatch.setattr(ActionBase, "_execute_module", execute_module)
        monkeypatch.setattr(ActionBase, "_low_level_execute_command", execute_command)
        monkeypatch.setattr(ActionBase, "_remove_tmp_path", lambda self, path: None)
        task = SimpleNamespace(
            args={"waves": WAVES, "phase": "1 data", **arguments},
            check_mode=check,
            async_val=async_val,
            name="Bring up data",
            action="sahool.platform.service_rollout",
        )
        connection = connection or Connection()
        action = ActionModule(task, connection, SimpleNamespace(), None, None, None)
        monkeypatch.setattr(action, "_display", SimpleNamespace(warning=warnings.append))
        result = action.run(task_vars={"inventory_hostname": "db"})
        return SimpleNamespace(given=given, result=result, warnings=warnings)

    return start


def events_of(folder):
    path = os.path.join(folder, record.EVENTS)
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def test_a_phase_is_recorded_around_what_the_module_tells(run, folder):
    def module(given):
        with open(given["progress"], "x", encoding="utf-8") as file:
            file.write('{"at": 1, "event": "begin", "phase": "1 data", "total": 1}\n')
        return RESULT

    done = run(module=module)
    assert done.result == RESULT
    begin, told, end = events_of(folder)
    assert (begin["event"], begin["host"], begin["phase"]) == ("phase", "db", "1 data")
    assert told == {"host": "db", "event": "begin", "total": 1}
    assert (end["event"], end["services"], end["slowest"]) == (
        "done",
        ["postgres"],
        {"service": "postgres", "seconds": 0.5},
    )
    assert begin["clock"] <= end["clock"]
    assert not os.path.exists(done.given["progress"])
    assert done.warnings == []


def test_without_a_name_of_its_own_a_phase_is_called_as_its_task(run, folder):
    run(phase=None)
    assert events_of(folder)[0]["phase"] == "Bring up data"


@pytest.mark.parametrize(
    "what",
    [{"check": True}, {"async_val": 10}, {"waves": []}, {"progress": "/somewhere"}],
    ids=["check mode", "async", "orphans only", "followed by the user"],
)
def test_what_is_no_phase_is_only_run(run, folder, what):
    done = run(**what)
    assert done.result == RESULT
    assert done.given.get("progress") == what.get("progress")
    assert events_of(folder) == []


def test_without_the_callback_the_module_is_only_run(run, monkeypatch):
    monkeypatch.delenv(record.VARIABLE, raising=False)
    assert "progress" not in run().given


def test_a_module_that_cannot_be_reached_leaves_a_failed_phase(run, folder):
    def module(given):
        raise AnsibleConnectionFailure("no route to host")

    with pytest.raises(AnsibleConnectionFailure):
        run(module=module)
    assert [(event["event"], event.get("failed")) for event in events_of(folder)] == [("phase", None), ("done", True)]


@pytest.mark.parametrize(
    ("connection", "where"),
    [
        (Connection(), "record"),
        (Connection(become_user="root"), "record"),
        (Connection(become_user="deployer"), "/tmp"),
        (Connection("ssh"), "/tmp"),
    ],
    ids=["local", "local, as root", "local, as another user", "ssh"],
)
def test_the_module_writes_where_it_can_and_nothing_stays(run, folder, connection, where):
    path = run(connection).given["progress"]
    assert os.path.dirname(path) == (folder if where == "record" else where)
    last = f"tail -c +1 {path} 2>/dev/null; rm -f {path}"
    assert connection.commands == ([] if where == "record" else [last])
    assert ({"host": "db", "event": "begin", "total": 1} in events_of(folder)) is (where != "record")


def test_elsewhere_the_file_is_read_while_the_module_works(run, folder, monkeypatch):
    monkeypatch.setattr(service_rollout, "ELSEWHERE", 0.01)
    connection = Connection("ssh", become_user="root")

    def module(given):
        deadline = time.monotonic() + 10
        while not connection.commands:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return RESULT

    path = run(connection, module=module).given["progress"]
    assert connection.commands[0] == f"tail -c +1 {path} 2>/dev/null"
    # What has been read is not read again.
    assert (
        connection.commands[-1]
        == f"tail -c +{1 + len(TOLD) * (len(connection.commands) - 1)} {path} 2>/dev/null; rm -f {path}"
    )
    # The module's own connection goes on as root.
    assert connection.become is not None


def test_a_file_that_cannot_be_removed_is_told(run, folder):
    connection = Connection("ssh")
    done = run(connection, removal=AnsibleConnectionFailure("gone"))
    assert done.result == RESULT
    assert done.warnings == ["The progress on db could not be followed: gone"]


def test_passwords_of_gates_do_not_reach_the_record(run, folder):
    def module(given):
        with open(given["progress"], "x", encoding="utf-8") as file:
            file.write('{"event": "crash", "service": "postgres", "what": "auth with vEryS3cretValue failed"}\n')
        return RESULT

    run(module=module, services=[{"name": "postgres", "password": "vEryS3cretValue"}])
    assert events_of(folder)[1]["what"] == "auth with *** failed"
