# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What surrounds a roll-out: the file that only one may lock, and what is told of the progress."""

from __future__ import annotations

import fcntl
import json
import os
import pathlib
import signal
import stat
import subprocess
import sys
import time

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._rollout.errors import RollOutError
from ansible_collections.sahool.platform.plugins.module_utils._rollout.exclusive import Exclusive
from ansible_collections.sahool.platform.plugins.module_utils._rollout.progress import ProgressFile

COLLECTIONS = pathlib.Path(__file__).resolve().parents[5] / "playbooks" / "collections"


def nothing():
    """Nobody looks while it waits."""


def test_a_second_one_is_refused_with_the_first_one_s_name(tmp_path):
    path = str(tmp_path / "state" / "rollout")
    Exclusive(path, 1, nothing).begin()
    with pytest.raises(RollOutError) as refusal:
        Exclusive(path, 0.3, nothing).begin()
    text = str(refusal.value)
    assert f"process {os.getpid()} has held {path} for more than 0.3 s" in text
    assert f"next: ps -o pid,lstart,args -p {os.getpid()}" in text
    assert "Nothing was started" in text


def test_it_waits_for_its_turn_and_says_that_it_is_alive_meanwhile(tmp_path):
    path = tmp_path / "rollout"
    holder = os.open(path, os.O_RDWR | os.O_CREAT)
    fcntl.flock(holder, fcntl.LOCK_EX)
    signs = []

    def sign():
        signs.append(1)
        if len(signs) == 2:
            os.close(holder)

    Exclusive(str(path), 10, sign).begin()
    assert len(signs) == 2


def test_the_kernel_frees_it_when_its_holder_is_killed_though_a_child_lives_on(tmp_path):
    path = str(tmp_path / "rollout")
    module = f"""
import subprocess, sys
sys.path.insert(0, {str(COLLECTIONS)!r})
from ansible_collections.sahool.platform.plugins.module_utils._rollout.exclusive import Exclusive
Exclusive({path!r}, 1, lambda: None).begin()
child = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL)
print(child.pid, flush=True)
child.wait()
"""
    process = subprocess.Popen([sys.executable, "-B", "-c", module], stdout=subprocess.PIPE)
    child = int(process.stdout.readline())
    try:
        with pytest.raises(RollOutError, match="process %d has held" % process.pid):
            Exclusive(path, 0.01, nothing).begin()
        process.kill()
        process.wait()
        Exclusive(path, 5, nothing).begin()
    finally:
        os.kill(child, signal.SIGKILL)
        process.stdout.close()


def test_a_lock_that_is_lost_ends_the_waiting(tmp_path):
    path = tmp_path / "rollout"
    holder = os.open(path, os.O_RDWR | os.O_CREAT)
    fcntl.flock(holder, fcntl.LOCK_EX)

    def lost():
        raise RollOutError("lost")

    with pytest.raises(RollOutError, match="lost"):
        Exclusive(str(path), 10, lost).begin()
    os.close(holder)


def test_a_file_that_cannot_be_locked_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RollOutError, match="file/rollout cannot be opened"):
        Exclusive(str(tmp_path / "file" / "rollout"), 1, nothing).begin()


def test_progress_is_a_line_an_event(tmp_path):
    path = tmp_path / "progress"
    old = os.umask(0o077)
    try:
        told = ProgressFile(str(path), "1 data", 2)
        told.begin()
    finally:
        os.umask(old)
    told.wave(1, 1, ["a", "b"], ["a"])
    told.ready("a", 1.5)
    told.crash("b", "exited with code 1")
    told.end()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert all(abs(event.pop("at") - time.time()) < 60 for event in events)
    assert events == [
        {"event": "begin", "phase": "1 data", "total": 2},
        {"event": "wave", "number": 1, "of": 1, "services": ["a", "b"], "touched": ["a"]},
        {"event": "ready", "service": "a", "seconds": 1.5, "ready": 1, "total": 2},
        {"event": "crash", "service": "b", "what": "exited with code 1"},
        {"event": "end", "ready": 1, "total": 2},
    ]
    assert told.trouble is None


def test_progress_never_goes_into_a_file_that_is_there(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    for name in ("link", "/no/such/folder/file"):
        told = ProgressFile(str(tmp_path / name), "", 1)
        told.begin()
        told.ready("a", 1)
        told.end()
        assert "progress cannot be shown" in told.trouble
    assert not (tmp_path / "target").exists()


def test_a_full_disk_ends_the_telling_and_nothing_else():
    told = ProgressFile(None, "", 1)
    told._file = os.open("/dev/full", os.O_WRONLY)
    told.ready("a", 1)
    told.ready("b", 1)
    told.end()
    assert "No space left on device" in told.trouble
