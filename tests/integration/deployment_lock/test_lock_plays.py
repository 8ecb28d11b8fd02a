# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lock and journal by real runs of ansible-playbook: here and on a host, taken over, refused, waited for, killed."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from typing import Any

import pytest
from ansible_environment import COLLECTIONS, ansible_environment

from ansible_collections.sahool.platform.plugins.module_utils._lock.death import INITIAL_PID_NS
from ansible_collections.sahool.platform.plugins.plugin_utils._controller.run import describe_run

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
NOBODY = 65534
INVENTORY = {
    "all": {
        "hosts": {
            "near": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable},
            # Another user by another Python: what a module does here, the action plugin cannot have done.
            "far": {
                "ansible_connection": "local",
                "ansible_python_interpreter": "/usr/bin/python3",
                "ansible_become": True,
                "ansible_become_method": "ansible.builtin.su",
                "ansible_become_user": "nobody",
                "ansible_become_flags": "-s /bin/sh",
            },
        }
    }
}
PATHS = ("near", "far")
# What far is asked for besides near: the judge is the same, so that each way through it is enough.
FAR_CASES = {"alive", "ended", "broken", "partly_removed", "looked_at"}
LOCK = "3f2a9c17d0aa"


@pytest.fixture(scope="module")
def folder():
    """Return a folder that another user reaches, too."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="t-lock-"))
    path.chmod(0o755)
    (path / "inventory.json").write_text(json.dumps(INVENTORY), encoding="utf-8")
    yield path
    shutil.rmtree(path)


def start(playbook: pathlib.Path, inventory: pathlib.Path, *arguments: str, **variables: Any) -> subprocess.Popen[str]:
    """Start ansible-playbook; its two streams are one."""
    return subprocess.Popen(
        [
            str(pathlib.Path(sys.executable).with_name("ansible-playbook")),
            "-i",
            str(inventory),
            str(playbook),
            "-e",
            json.dumps(variables),
            *arguments,
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=HERE,
        env={
            name: value
            for name, value in ansible_environment(ANSIBLE_COLLECTIONS_PATH=str(COLLECTIONS), JOB_ID="17").items()
            if not name.startswith("SUDO_")
        },
    )


def ended_process() -> tuple[int, int]:
    """Return id and start time of a process that was there."""
    process = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE)
    born = int(pathlib.Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").split()[21])
    process.communicate()
    return process.pid, born


def owners() -> dict[str, dict[str, Any]]:
    """Return the owners that the runs find, by the name of the case."""
    me = {**describe_run({}, {"args": ("deploy.yml",)}), "id": LOCK, "release": "r7", "phase": "1 data", "quiet_for": 0}
    pid, born = ended_process()
    other = {**me, "controller": "c2", "machine_id": "m2", "boot_id": "b2", "user": "omar"}
    return {
        "alive": me,
        "ended": {**me, "pid": pid, "started": born},
        "reused": {**me, "started": me["started"] - 1},
        "rebooted": {**me, "boot_id": "b2"},
        "other": other,
        "silent": other,
        "quiet": {**other, "quiet_for": 5000},
        "broken": other,
        "not_broken": other,
        "nameless": {},
        "partly_removed": other,
        "looked_at": {**me, "pid": pid, "started": born},
    }


SILENCE = {"silent": 1000, "quiet": 1000}
BREAK = {"broken": LOCK, "not_broken": "0123456789ab"}
HERE_INITIAL = os.stat("/proc/self/ns/pid").st_ino == INITIAL_PID_NS
TAKEN = {
    "ended": r"its process \d+ has ended on this controller",
    "reused": r"its process \d+ has ended on this controller",
    "silent": r"it gave no sign of life for 1\d\d\d s, more than 900 s",
    "broken": f"broken by sahool_lock_break={LOCK}",
    "partly_removed": "its folder was removed in part",
    **({"rebooted": f"its controller {re.escape(socket.gethostname())} was rebooted since"} if HERE_INITIAL else {}),
}
REFUSED = {
    "alive": r"(?s)is held by \S+ on \S+ \(process {pid}, AWX job 17\): runs deploy\.yml, since \S+Z, phase 1 data, "
    r"release r7, last sign of life \d+ s ago, at \S+Z\.\nNothing was started\..*sahool_lock_wait=600.*"
    rf"if it hangs, end it \(kill {{pid}}\) and run again; -e sahool_lock_break={LOCK}",
    "other": rf"(?s)omar on c2 .*counts as dead after [78]\d\d s more of silence.*add -e sahool_lock_break={LOCK}",
    "quiet": r"(?s)omar on c2 .*counts as dead after 3\d\d\d s more of silence",
    "not_broken": rf"sahool_lock_break=0123456789ab names another lock, so nothing was broken; this lock is {LOCK}\.",
    "nameless": rf"is held by somebody who left no name \(owner\.json of lock {LOCK} cannot be read\)",
    **({} if HERE_INITIAL else {"rebooted": "counts as dead after"}),
}


def by_host(cases: dict[str, str]) -> list[tuple[str, str]]:
    return [(host, case) for case in cases for host in PATHS if host == "near" or case in FAR_CASES]


def write_lock(path: pathlib.Path, case: str, owner: dict[str, Any]) -> None:
    path.mkdir(parents=True)
    if owner:
        (path / "owner.json").write_text(json.dumps(owner), encoding="utf-8")
    if case != "partly_removed":
        (path / LOCK).touch()
        moment = time.time() - SILENCE.get(case, 0)
        os.utime(path / LOCK, (moment, moment))


@pytest.fixture(scope="module")
def course(folder: pathlib.Path, monkeymodule: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """Run course.yml once and return its results by host."""
    monkeymodule.setenv("JOB_ID", "17")
    cases = owners()
    for host in PATHS:
        for case, owner in cases.items():
            if host == "near" or case in FAR_CASES:
                write_lock(folder / host / case / "lock", case, owner)
        (folder / host / "release").mkdir()
    for path in [folder / "far", *(folder / "far").rglob("*")]:
        shutil.chown(path, NOBODY, NOBODY)
    names = [{"name": name, "break_id": BREAK.get(name, "")} for name in cases if name != "looked_at"]
    cases_of = {"near": names, "far": [case for case in names if case["name"] in FAR_CASES]}
    process = start(HERE / "course.yml", folder / "inventory.json", folder=str(folder), cases_of=cases_of)
    output, _nothing = process.communicate(timeout=300)
    assert process.returncode == 0, output
    # Of both hosts, the task that keeps the results.
    assert re.findall(r"changed=(\d+)", output) == ["1", "1"]
    return {
        host: {**json.loads((folder / f"{host}.json").read_text(encoding="utf-8")), "pid": process.pid}
        for host in PATHS
    }


@pytest.fixture(scope="module")
def monkeymodule():
    """Return a monkeypatch for all tests of this file."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.mark.parametrize("host", PATHS)
class TestCourse:
    """What course.yml did, by host."""

    def test_check_mode_takes_nothing(self, course, host):
        look = course[host]["look_free"]
        assert (look["id"], look["holder"], look["note"]) == (None, None, "")
        held = course[host]["look_held"]
        assert (held["id"], held["holder"]["id"]) == (None, course[host]["take"]["id"])
        assert re.match(r"The deployment lock \S+ on \w+ is held by .* phase 2 gateway, release r1", held["note"])
        assert course[host]["free_check"]["holder"]["id"] == course[host]["take"]["id"]

    def test_it_is_taken_renewed_and_freed(self, course, host):
        results = course[host]
        take = results["take"]
        assert re.fullmatch("[0-9a-f]{12}", take["id"])
        assert (take["taken_over"], take["waited"], take["note"]) == (None, 0.0, "")
        holder = take["holder"]
        assert (holder["pid"], holder["awx_job"], holder["release"]) == (results["pid"], "17", "r1")
        assert holder["command"] == str(HERE / "course.yml")
        assert holder["controller"] == socket.gethostname()
        assert (results["again"]["id"], results["again"]["note"]) == (take["id"], "This run holds the lock already.")
        renewed = results["renew"]["holder"]
        assert (renewed["phase"], renewed["release"], renewed["quiet_for"]) == ("2 gateway", "r1", 60)
        assert (results["free"]["id"], results["free"]["holder"]) == (take["id"], None)

    def test_what_is_not_ours(self, course, host):
        results = course[host]
        mine = results["take"]["id"]
        assert re.match(
            rf"There was nothing to free: lock 0123456789ab is not there any more, .* holds lock {mine}\.",
            results["free_foreign"]["note"],
        )
        assert results["free_again"]["note"] == f"There was nothing to free: lock {mine} is not there any more."
        assert results["renew_foreign"]["failed"]
        lost = results["renew_foreign"]["msg"]
        assert re.match(r"The deployment lock \S+ was lost: lock 0123456789ab is .*This run stops", lost)
        assert results["free_nothing"]["msg"].startswith("state=free needs the id of the lock")
        assert "realease" in results["mistyped"]["msg"]

    def test_a_holder_has_every_key(self, course, host):
        keys = set(course[host]["take"]["holder"])
        assert set(course[host]["others"]["partly_removed"]["taken_over"]["holder"]) == keys
        assert set(course["near"]["others"]["nameless"]["holder"]) == keys

    def test_a_look_tells_the_dead(self, course, host, folder):
        note = course[host]["look_dead"]["note"]
        assert re.search(r"Its owner is dead: its process \d+ has ended on this controller\. The next run", note)
        assert LOCK in os.listdir(folder / host / "looked_at" / "lock")

    def test_the_journal(self, course, host, folder):
        results = course[host]
        written = (folder / host / "state" / "journal.jsonl").read_text(encoding="utf-8")
        entry = json.loads(written)
        assert entry == results["journal"]["entry"]
        assert (folder / host / "release" / "journal.jsonl").read_text(encoding="utf-8") == written
        assert results["journal"]["left_out"] == [f"{folder}/{host}/nowhere/journal.jsonl"]
        assert (entry["controller"], entry["awx_job"], entry["result"]) == (socket.gethostname(), "17", "deployed")
        assert entry["playbook"] == str(HERE / "course.yml")
        assert entry["seconds"] >= 0
        assert results["journal_check"]["entry"]["result"] == "unchanged"
        assert "result is 'fine', expected one of" in results["journal_wrong"]["msg"]

    def test_it_was_done_by_whom_it_should_be(self, course, host, folder):
        owner = NOBODY if host == "far" else os.getuid()
        assert (folder / host / "state" / "journal.jsonl").stat().st_uid == owner
        assert (folder / host / "broken" / "lock" / course[host]["others"]["broken"]["id"]).stat().st_uid == owner


@pytest.mark.parametrize(("host", "case"), by_host(TAKEN))
def test_the_dead_are_followed(course, host, case):
    result = course[host]["others"][case]
    assert not result.get("failed"), result
    assert re.fullmatch(TAKEN[case], result["taken_over"]["reason"])
    assert result["holder"]["id"] == result["id"] != LOCK
    assert "was held by" in result["note"]
    assert result["taken_over"]["reason"] in result["note"]


@pytest.mark.parametrize(("host", "case"), by_host(REFUSED))
def test_the_living_are_not(course, host, case, folder):
    result = course[host]["others"][case]
    assert result["failed"]
    assert re.search(REFUSED[case].format(pid=os.getpid()), result["msg"]), result["msg"]
    assert f"{folder}/{host}/{case}/lock on {host} " in result["msg"]
    assert result["id"] is None
    assert sorted(os.listdir(folder / host / case / "lock"))[0] == LOCK


def test_both_paths_answer_alike(course):
    """But for ids, times and paths, which differ from call to call."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            ignored = {"id", "age", "since", "last_sign", "begin", "end", "seconds", "waited", "left_out", "stats"}
            return {key: plain(item) for key, item in value.items() if key not in ignored}
        if isinstance(value, str):
            value = re.sub(r"\b(near|far)\b", "HOST", value)
            return re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z|\b[0-9a-f]{12}\b|\d+ s\b", "X", value)
        return value

    near, far = (plain(course[host]) for host in PATHS)
    assert set(near) == set(far)
    for name in near:
        if name != "others":
            assert near[name] == far[name], name
    for case in FAR_CASES - {"looked_at"}:
        said_by = "msg" if case == "alive" else "taken_over"
        assert near["others"][case][said_by] == far["others"][case][said_by]


def until(condition: Any, what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.02)


def said(output: str) -> dict[str, Any]:
    """Return what hold.yml said of its lock."""
    found = re.search(r"msg: '(\{.*?\})' TASK", " ".join(output.split()))
    assert found, output
    return json.loads(found.group(1))


def test_killed_taken_over_by_one_of_many_and_waited_for(folder):
    lock, inventory = folder / "state" / "lock", folder / "inventory.json"
    # ansible-playbook is killed while it holds the lock; its task goes on for a while.
    killed = start(HERE / "hold.yml", inventory, lock=str(lock), go=str(folder / "never"))
    until((lock / "owner.json").exists, "the lock of the run that is killed")
    killed_id = json.loads((lock / "owner.json").read_text(encoding="utf-8"))["id"]
    killed.send_signal(signal.SIGKILL)
    killed.stdout.close()
    killed.wait()
    (folder / "never").touch()

    # Several find it at once.
    go = folder / "go"
    runs = [start(HERE / "hold.yml", inventory, lock=str(lock), go=str(go)) for _number in range(3)]
    until(lambda: sum(run.poll() is not None for run in runs) == 2, "two refusals")
    (winner,) = [run for run in runs if run.poll() is None]
    for run in runs:
        if run is not winner:
            output = run.communicate()[0]
            assert run.returncode == 2
            assert f"(process {winner.pid}, AWX job 17)" in output
            assert f"end it (kill {winner.pid}) and run again" in " ".join(output.split())

    # Another one waits for it.
    waiter = start(HERE / "hold.yml", inventory, lock=str(lock), go=str(go), wait=60)
    until(lambda: "Waiting up to 60 s." in waiter.stdout.readline(), "the announcement that it waits")
    go.touch()
    output = winner.communicate(timeout=60)[0]
    assert winner.returncode == 0, output
    taken_over = said(output)["taken_over"]
    assert taken_over["holder"]["id"] == killed_id
    assert taken_over["holder"]["pid"] == killed.pid
    assert taken_over["reason"] == f"its process {killed.pid} has ended on this controller"
    assert "It was taken over: its process" in output
    output = waiter.communicate(timeout=60)[0]
    assert waiter.returncode == 0, output
    assert said(output)["taken_over"] is None
    assert said(output)["waited"] > 0
    assert os.listdir(lock.parent) == []


def test_the_journal_is_read_without_a_secret(folder):
    home = folder / "journal"
    (home / "state").mkdir(parents=True)
    entry = {"begin": "2026-11-23T17:34:02Z", "user": "ali", "result": "deployed", "to": "r1"}
    (home / "state" / "journal.jsonl").write_text(json.dumps(entry) + '\n{"id": "to', encoding="utf-8")
    inventory = folder / "platform"
    (inventory / "group_vars").mkdir(parents=True)
    hosts = {"sahool": {"hosts": {"one": INVENTORY["all"]["hosts"]["near"]}}}
    (inventory / "hosts.yml").write_text(json.dumps(hosts), encoding="utf-8")
    # The password of this value is lost.
    (inventory / "group_vars" / "sahool.yml").write_text(
        f"sahool_home: {home}\nsahool_secrets:\n  POSTGRES_PASSWORD: !vault |\n    $ANSIBLE_VAULT;1.1;AES256\n    61\n",
        encoding="utf-8",
    )
    run = start(ROOT / "playbooks" / "journal.yml", inventory)
    output = run.communicate(timeout=60)[0]
    assert run.returncode == 0, output
    assert "2026-11-23 17:34:02        ?  deployed  ali@?  ?     none -> r1" in output
    assert 'Line 2 holds no entry: {"id": "to' in output
    assert "The lock is free." in output
    assert "changed=0" in output
    assert sorted(os.listdir(home / "state")) == ["journal.jsonl"]
