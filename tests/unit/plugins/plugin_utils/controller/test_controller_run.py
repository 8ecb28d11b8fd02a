# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who runs the playbook, and whether a process of this machine lives."""

from __future__ import annotations

import multiprocessing
import os
import pwd
import signal
import socket
import subprocess
import sys

import pytest

from ansible_collections.sahool.platform.plugins.plugin_utils._controller import run
from ansible_collections.sahool.platform.plugins.plugin_utils._controller.run import (
    OrphanError,
    describe_run,
    process_lives,
)


@pytest.fixture
def child():
    """Start a process that waits, and return it; it is gone afterwards."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.wait()


def started(pid: int) -> int:
    """Return the start time by another way than the code: through ps, in whole seconds, is too coarse."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        return int(file.read().split(") ")[1].split()[19])


def test_a_process_that_is_there_lives(child):
    assert process_lives(child.pid, started(child.pid))
    assert process_lives(os.getpid(), started(os.getpid()))


def test_another_process_of_the_same_id_is_another_process(child):
    assert not process_lives(child.pid, started(child.pid) - 1)


def test_a_stopped_process_lives(child):
    child.send_signal(signal.SIGSTOP)
    os.waitpid(child.pid, os.WUNTRACED)
    assert process_lives(child.pid, started(child.pid))


def test_a_zombie_has_ended(child):
    born = started(child.pid)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # ended, and not asked for yet
    assert os.path.exists(f"/proc/{child.pid}/stat")
    assert not process_lives(child.pid, born)
    child.wait()
    assert not process_lives(child.pid, born)


def test_a_name_with_blanks_and_parentheses_is_read_right(tmp_path):
    program = tmp_path / "odd ) S 1 (name"
    program.symlink_to("/bin/sleep")
    process = subprocess.Popen([str(program), "60"])
    try:
        assert process_lives(process.pid, started_of_last_field(process.pid))
    finally:
        process.kill()
        process.wait()


def started_of_last_field(pid: int) -> int:
    """Return the start time counted from the end of the line: the name cannot disturb it there."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        return int(file.read().split()[-31])


@pytest.mark.parametrize(("answer", "lives"), [(None, True), (PermissionError, True), (ProcessLookupError, False)])
def test_a_process_that_is_hidden_counts_as_living(monkeypatch, answer, lives):
    def kill(_pid: int, _signal: int) -> None:
        if answer:
            raise answer

    monkeypatch.setattr(run, "_process", lambda _pid: None)
    monkeypatch.setattr(run.os, "kill", kill)
    assert process_lives(12345, 1) is lives


CLI = {"args": ("playbooks/deploy.yml",), "tags": ("all",), "extra_vars": ("password=Sw0rdfish",)}


def test_the_run_is_described(monkeypatch):
    for name in ("SUDO_USER", "JOB_ID"):
        monkeypatch.delenv(name, raising=False)
    me = describe_run({}, CLI)
    assert me == {
        "controller": socket.gethostname(),
        "machine_id": me["machine_id"],
        "boot_id": me["boot_id"],
        "pid_ns": os.stat("/proc/self/ns/pid").st_ino,
        "pid": os.getpid(),
        "started": started(os.getpid()),
        "user": pwd.getpwuid(os.getuid()).pw_name,
        "awx_job": "",
        "command": "playbooks/deploy.yml",
        "since": me["since"],
    }
    assert len(me["boot_id"]) == 36
    assert "Sw0rdfish" not in str(me)


@pytest.mark.parametrize(
    ("task_vars", "environment", "user", "job"),
    [
        ({}, {"SUDO_USER": "ali"}, "ali", ""),
        ({}, {"JOB_ID": "17"}, None, "17"),
        ({"awx_user_name": "omar", "awx_job_id": 18}, {"SUDO_USER": "ali", "JOB_ID": "17"}, "omar", "18"),
        ({"tower_user_name": "omar", "tower_job_id": 18}, {}, "omar", "18"),
    ],
)
def test_who_it_was(monkeypatch, task_vars, environment, user, job):
    for name in ("SUDO_USER", "JOB_ID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    me = describe_run(task_vars, CLI)
    assert (me["user"], me["awx_job"]) == (user or pwd.getpwuid(os.getuid()).pw_name, job)


def test_a_user_without_an_entry(monkeypatch):
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setattr(run.os, "getuid", lambda: 4_000_000_000)
    assert describe_run({}, CLI)["user"] == "uid 4000000000"


def test_what_was_chosen_is_told():
    cli = {"args": ("a.yml", "b.yml"), "subset": "core", "tags": ("data_tier", "verify"), "skip_tags": ("images",)}
    assert describe_run({}, cli)["command"] == ("a.yml b.yml --limit core --tags data_tier,verify --skip-tags images")
    assert describe_run({}, {"args": "all"})["command"] == "all"
    assert describe_run({}, {})["command"] == ""


def test_where_there_is_no_proc_what_is_unknown_is_none(monkeypatch):
    for name in ("BOOT_ID", "PID_NS"):
        monkeypatch.setattr(run, name, "/nowhere")
    monkeypatch.setattr(run, "MACHINE_IDS", ("/nowhere",))
    monkeypatch.setattr(run, "_process", lambda _pid: None)
    me = describe_run({}, CLI)
    assert [me[name] for name in ("machine_id", "boot_id", "pid_ns", "started")] == [None] * 4
    assert me["pid"] == os.getpid()


def describe_into(queue: multiprocessing.Queue) -> None:
    queue.put(describe_run({}, CLI)["pid"])


def test_a_worker_speaks_for_the_process_that_forked_it():
    fork = multiprocessing.get_context("fork")
    queue = fork.Queue()
    worker = fork.Process(target=describe_into, args=(queue,))
    worker.start()
    assert queue.get(timeout=30) == os.getpid()
    worker.join()


def test_an_orphan_does_nothing(monkeypatch, child):
    child.kill()
    child.wait()
    monkeypatch.setattr(run, "playbook_pid", lambda: child.pid)
    with pytest.raises(OrphanError, match=rf"ansible-playbook \(process {child.pid}\) has ended"):
        describe_run({}, CLI)
