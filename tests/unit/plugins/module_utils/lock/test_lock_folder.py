# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock on the disk: many processes at once, a process killed at every step, and what others may find there."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import shutil
import signal
import stat
import time

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._lock import folder
from ansible_collections.sahool.platform.plugins.module_utils._lock.folder import LockError, LockFolder

FORK = multiprocessing.get_context("fork")
RACERS = 8
ROUNDS = 15


def owner(number: int) -> dict[str, object]:
    return {"boot_id": "b1", "pid_ns": 1, "pid": number, "started": number, "user": f"racer {number}"}


def lock_id(number: int) -> str:
    return f"{number:012x}"


def beside(path):
    """Return what lies beside the lock."""
    return sorted(name for name in os.listdir(path.parent) if name != path.name)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "home" / "state" / "lock"


# One process


def test_take_renew_free(path):
    lock = LockFolder(str(path))
    assert lock.look() is None
    assert lock.take(lock_id(1), owner(1), None) == (lock_id(1), None)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert sorted(os.listdir(path)) == [lock_id(1), "owner.json"]

    os.utime(path / lock_id(1), (1, 1))
    assert lock.look() == folder.Found(lock_id(1), owner(1), 1.0)
    renewed, found = lock.renew(lock_id(1), {"phase": "2 gateway"})
    assert renewed
    assert found.owner == {**owner(1), "phase": "2 gateway"}
    assert time.time() - found.last_sign < 60

    assert lock.free(lock_id(1))[0]
    assert lock.look() is None
    assert os.listdir(path.parent) == []


def test_a_process_that_holds_it_gets_it_again(path):
    lock = LockFolder(str(path))
    lock.take(lock_id(1), owner(1), None)
    os.utime(path / lock_id(1), (1, 1))
    assert lock.take(lock_id(2), owner(1), None)[0] == lock_id(1)
    assert lock.look().last_sign > 1
    # Without a start time two processes cannot be told apart.
    unknown = {**owner(1), "started": None}
    assert LockFolder(str(path)).take(lock_id(3), unknown, None)[0] is None


def test_what_is_not_ours_is_left_alone(path):
    lock = LockFolder(str(path))
    assert lock.free(lock_id(1)) == (False, None)
    assert lock.renew(lock_id(1), {}) == (False, None)
    assert not path.parent.exists()
    lock.take(lock_id(2), owner(2), None)
    before = path.stat().st_ino, (path / lock_id(2)).stat().st_mtime_ns
    assert lock.take(lock_id(1), owner(1), None)[0] is None
    assert lock.take(lock_id(1), owner(1), lock_id(3))[0] is None
    assert lock.free(lock_id(1))[1].id == lock_id(2)
    assert lock.renew(lock_id(1), {"phase": "x"})[0] is False
    assert (path.stat().st_ino, (path / lock_id(2)).stat().st_mtime_ns) == before


@pytest.mark.parametrize("content", [None, "", "{", "[1]", "\x00\xff"])
def test_an_owner_that_cannot_be_read_still_holds_it(path, content):
    path.mkdir(parents=True)
    (path / lock_id(1)).touch()
    if content is not None:
        (path / "owner.json").write_bytes(content.encode("latin-1"))
    lock = LockFolder(str(path))
    assert (lock.look().id, lock.look().owner) == (lock_id(1), {})
    assert lock.take(lock_id(2), owner(2), None)[0] is None
    assert lock.take(lock_id(2), owner(2), lock_id(1))[0] == lock_id(2)


@pytest.mark.parametrize("left", [[], ["owner.json"], ["owner.json.new"], ["note.txt"]])
def test_a_lock_that_somebody_began_to_remove_is_free(path, left):
    path.mkdir(parents=True)
    for name in left:
        (path / name).write_text("{}")
    assert LockFolder(str(path)).take(lock_id(2), owner(2), None)[0] == lock_id(2)
    assert sorted(os.listdir(path)) == [lock_id(2), "owner.json"]


def test_what_stands_in_the_way_is_named(path):
    path.parent.mkdir(parents=True)
    path.write_text("")
    for act in (lambda lock: lock.look(), lambda lock: lock.take(lock_id(1), owner(1), None)):
        with pytest.raises(LockError, match=f"{path} should be a folder and is not; move it away"):
            act(LockFolder(str(path)))


def test_somebody_who_keeps_the_folder_is_named(path, monkeypatch):
    path.parent.mkdir(parents=True)
    monkeypatch.setattr(folder, "PATIENCE", 0.02)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(LockError, match=r"another process keeps this folder to itself \(flock\).*fuser -v"):
            LockFolder(str(path)).take(lock_id(1), owner(1), None)
    finally:
        os.close(handle)


# Many processes


def race(target, *arguments):
    """Run *target* in RACERS processes, which begin every round together, and return what each reported."""
    barrier, results = FORK.Barrier(RACERS), FORK.Queue()
    processes = [
        FORK.Process(target=target, args=(number, barrier, results, *arguments)) for number in range(1, RACERS + 1)
    ]
    for process in processes:
        process.start()
    reports = [results.get(timeout=30) for _process in processes]
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    return reports


def take_each_round(number, barrier, results, base, prepare):
    """Race for one lock after another; report the rounds that were won and the owners that were seen."""
    won, seen = [], []
    for turn in range(ROUNDS):
        lock = LockFolder(os.path.join(base, str(turn), "lock"))
        if prepare == "dead" and number == 1:
            lock.take(lock_id(0xDEAD), owner(0xDEAD), None)
        if prepare == "incomplete" and number == 1:
            os.makedirs(lock.path)
            with open(os.path.join(lock.path, "owner.json"), "w", encoding="utf-8") as file:
                json.dump(owner(0xDEAD), file)
        barrier.wait(60)
        taken, found = lock.take(lock_id(number), owner(number), lock_id(0xDEAD))
        if taken:
            won.append(turn)
        else:
            seen.append((turn, found.id, found.owner.get("pid")))
    results.put((number, won, seen))


@pytest.mark.parametrize("prepare", ["free", "dead", "incomplete"])
def test_exactly_one_wins(tmp_path, prepare):
    reports = race(take_each_round, str(tmp_path), prepare)
    winners = {turn: number for number, won, _seen in reports for turn in won}
    assert sum(len(won) for _number, won, _seen in reports) == ROUNDS == len(winners)
    for _number, _won, seen in reports:
        for turn, found_id, pid in seen:
            assert (found_id, pid) == (lock_id(winners[turn]), winners[turn])
    for turn in range(ROUNDS):
        assert beside(tmp_path / str(turn) / "lock") == []


def take_work_free(number, barrier, results, path, inside):
    """Hold the lock over and over; every other holder leaves it behind as a dead one would."""
    lock, held, entered = LockFolder(path), 0, 0
    barrier.wait(60)
    deadline = time.monotonic() + 50
    while held < ROUNDS and time.monotonic() < deadline:
        mine = f"{number:04x}{held:08x}"
        # Odd locks are left behind: whoever sees one, and no work in it, judges it dead.
        found = lock.look()
        dead = found.id if found and found.id and found.owner.get("left") and not os.path.exists(inside) else None
        if not lock.take(mine, {**owner(number), "started": held}, dead)[0]:
            continue
        handle = os.open(inside, os.O_CREAT | os.O_EXCL)
        os.close(handle)
        entered += 1
        os.unlink(inside)
        held += 1
        if held % 2:
            lock.renew(mine, {"left": True})
        else:
            assert lock.free(mine)[0]
    if held % 2:
        lock.free(mine)
    results.put((number, held, entered))


def test_never_two_inside(tmp_path):
    path, inside = str(tmp_path / "lock"), str(tmp_path / "inside")
    reports = race(take_work_free, path, inside)
    assert {(held, entered) for _number, held, entered in reports} == {(ROUNDS, ROUNDS)}


def look_on(number, barrier, results, path, done):
    """One takes and frees; the others look until it is done, and report what is not whole."""
    lock, odd, looks = LockFolder(path), [], 0
    barrier.wait(60)
    if number == 1:
        for turn in range(ROUNDS * 2):
            lock.take(f"{turn:012x}", owner(turn), None)
            lock.free(f"{turn:012x}")
        done.set()
    while number > 1 and (looks < ROUNDS or not done.is_set()):
        looks += 1
        found = lock.look()
        if found and (found.id is None or found.owner.get("pid") != int(found.id, 16)):
            odd.append(found)
    results.put(odd)


def test_nobody_sees_half_a_lock(tmp_path):
    assert race(look_on, str(tmp_path / "lock"), FORK.Event()) == [[]] * RACERS


# Killed in the middle

CALLS = ("mkdir", "open", "write", "fsync", "rename", "replace", "unlink", "rmdir", "utime", "close", "chmod")


def killed_at(step, work):
    """Run *work* in a process that is killed before its system call number *step*; True when it had that many."""
    pid = os.fork()
    if pid == 0:
        count = 0

        def counted(call):
            def before(*arguments, **options):
                nonlocal count
                count += 1
                if count == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*arguments, **options)

            return before

        for name in CALLS:
            setattr(os, name, counted(getattr(os, name)))
        try:
            work()
        finally:
            os._exit(0)
    _pid, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


WORKS = {
    "take": lambda lock: lock.take(lock_id(2), owner(2), None),
    "take over": lambda lock: lock.take(lock_id(2), owner(2), lock_id(1)),
    "renew": lambda lock: lock.renew(lock_id(1), {"phase": "2 gateway"}),
    "free": lambda lock: lock.free(lock_id(1)),
}


@pytest.mark.parametrize("work", WORKS)
def test_killed_at_every_step(tmp_path, work):
    steps = 0
    for step in range(1, 100):
        path = tmp_path / str(step) / "lock"
        lock = LockFolder(str(path))
        if work != "take":
            lock.take(lock_id(1), owner(1), None)
        if not killed_at(step, lambda lock=lock: WORKS[work](lock)):
            break
        steps += 1
        # Whole or not there: of the one who was killed, or of the one before.
        found = lock.look()
        if found:
            assert found.id in {lock_id(1), lock_id(2)}
            assert found.owner["pid"] == int(found.id, 16)
        # The next one gets it, by the rule of death where somebody holds it, and nothing is left behind.
        taken, _found = lock.take(lock_id(3), owner(3), found.id if found else None)
        assert taken == lock_id(3)
        assert sorted(os.listdir(path)) == [lock_id(3), "owner.json"]
        assert beside(path) == []
        shutil.rmtree(path.parent)
    assert steps >= {"take": 6, "take over": 8, "renew": 4, "free": 3}[work]
