# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Following the engine's events, through a client that is a script."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._health.docker_cli import DockerCli
from ansible_collections.sahool.platform.plugins.module_utils._rollout.events import Event, Events, parse_event

COLLECTIONS = pathlib.Path(__file__).resolve().parents[5] / "playbooks" / "collections"


def told(action, engine=28, **attributes):
    actor = {"ID": "c1", "Attributes": {"com.docker.compose.service": "svc", **attributes}}
    old = {"status": action, "id": "c1", "from": "i:1"} if engine == 20 else {}
    return json.dumps({**old, "Type": "container", "Action": action, "Actor": actor, "timeNano": 1}).encode()


@pytest.mark.parametrize("engine", [20, 28])
def test_events_of_old_and_new_engines_are_read(engine):
    assert parse_event(told("die", engine, exitCode="137")) == Event("die", "c1", 137)
    assert parse_event(told("oom", engine)) == Event("oom", "c1")


@pytest.mark.parametrize("line", [b"", b"not JSON", b"[]", b"{}", told("start"), told("die", exitCode="?")])
def test_what_is_no_such_event_is_passed_over(line):
    assert parse_event(line) is None


def client(tmp_path, script):
    path = tmp_path / "docker"
    path.write_text("#!/bin/sh\n" + script, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def soon(condition):
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "it did not happen within 10 s"
        time.sleep(0.01)


def alive(pid):
    """Whether a process is there; one that has ended and waits for its parent is not."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_each_event_raises_the_alarm_and_is_kept(tmp_path):
    lines = tmp_path / "lines"
    lines.write_bytes(told("oom") + b"\n" + told("die", exitCode="137") + b"\nodd\n")
    events = Events(DockerCli(None, client(tmp_path, f'echo "$@" >{tmp_path}/asked; cat {lines}; exec sleep 60')), "p")
    alarms = []
    events.alarm = lambda: alarms.append(len(events.seen))
    events.begin()
    soon(lambda: len(alarms) == 2)
    events.end()
    assert alarms == [1, 2]
    assert events.seen == [Event("oom", "c1"), Event("die", "c1", 137)]
    assert events.deaths("c1", 0) == [137]
    assert (events.out_of_memory("c1", 0), events.out_of_memory("c1", 1)) == (True, False)
    assert events.trouble is None
    asked = (tmp_path / "asked").read_text()
    assert asked.startswith("events --since ")
    assert "--filter label=com.docker.compose.project=p" in asked


def test_a_client_that_ends_early_is_told_and_no_failure(tmp_path):
    events = Events(DockerCli(None, client(tmp_path, "echo 'no engine' >&2; exit 1")), "p")
    events.begin()
    soon(lambda: events.trouble)
    events.end()
    assert "`docker events` ended (no engine)" in events.trouble


def test_the_end_takes_the_client_along(tmp_path):
    events = Events(DockerCli(None, client(tmp_path, f"echo $$ >{tmp_path}/pid; exec sleep 60")), "p")
    events.begin()
    soon(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    events.end()
    pid = int((tmp_path / "pid").read_text())
    soon(lambda: not alive(pid))


def test_a_module_that_is_killed_takes_the_client_along(tmp_path):
    script = client(tmp_path, f"echo $$ >{tmp_path}/pid; exec sleep 60")
    module = f"""
import sys, time
sys.path.insert(0, {str(COLLECTIONS)!r})
from ansible_collections.sahool.platform.plugins.module_utils._health.docker_cli import DockerCli
from ansible_collections.sahool.platform.plugins.module_utils._rollout.events import Events
Events(DockerCli(None, {script!r}), "p").begin()
time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-B", "-c", module])
    try:
        soon(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
        pid = int((tmp_path / "pid").read_text())
        assert alive(pid)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    soon(lambda: not alive(pid))
