# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sign of life that a module at work gives."""

from __future__ import annotations

import os
import threading
import time

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._lock import life
from ansible_collections.sahool.platform.plugins.module_utils._lock.folder import LockError, LockFolder
from ansible_collections.sahool.platform.plugins.module_utils._lock.life import SignOfLife


@pytest.fixture
def lock(tmp_path):
    """A lock as deployment_lock leaves it, with its last sign of life long ago."""
    folder = tmp_path / "lock"
    folder.mkdir()
    (folder / "owner.json").write_text("{}")
    (folder / "id-1").touch()
    os.utime(folder / "id-1", (1, 1))
    return folder


def test_signs_of_life_come_at_the_beginning_and_again(lock, monkeypatch):
    monkeypatch.setattr(life, "EVERY", 0.05)
    sign = SignOfLife(str(lock), "id-1")
    sign.begin()
    first = (lock / "id-1").stat().st_mtime
    assert time.time() - first < 5
    end = time.monotonic() + 10
    while (lock / "id-1").stat().st_mtime == first:
        assert time.monotonic() < end
        time.sleep(0.01)
    sign.end()
    assert not [thread for thread in threading.enumerate() if thread.name == "sahool-life"]


def test_a_lock_that_is_gone_is_told_and_not_made_again(lock):
    sign = SignOfLife(str(lock), "id-1")
    sign.begin()
    (lock / "id-1").unlink()
    with pytest.raises(LockError, match="was taken away from this deployment") as loss:
        sign.renew()
    sign.end()
    assert f"next: cat {lock}/owner.json" in str(loss.value)
    assert not (lock / "id-1").exists()


def test_a_lock_of_another_is_not_begun_with(lock):
    with pytest.raises(LockError, match="taken away"):
        SignOfLife(str(lock), "id-2").begin()


def test_whoever_looks_at_the_lock_reads_the_phase(tmp_path):
    folder = LockFolder(str(tmp_path / "state" / "lock"))
    folder.take("3f2a9c17d0aa", {"user": "ali", "phase": "preparation"}, None)
    for phase, expected in (("1 data", "1 data"), (None, "1 data"), ("2 gateway", "2 gateway")):
        sign = SignOfLife(folder.path, "3f2a9c17d0aa", phase)
        sign.begin()
        sign.end()
        assert folder.look().owner == {"user": "ali", "phase": expected}


def test_a_phase_that_cannot_be_written_is_told(lock):
    (lock / "0123456789ab").touch()
    (lock / "owner.json.new").mkdir()
    with pytest.raises(LockError, match=r"cannot be renewed: .*owner\.json\.new: Is a directory"):
        SignOfLife(str(lock), "0123456789ab", "1 data").begin()
