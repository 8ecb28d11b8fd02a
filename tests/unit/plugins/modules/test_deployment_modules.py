# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules deployment_lock and deployment_journal, run as processes, and what the playbooks do not ask of them."""

from __future__ import annotations

import json

import pytest
from module_process import run_module

OWNER = {"controller": "c1", "user": "ali", "pid": 4242, "boot_id": "b1", "pid_ns": 1, "started": 5}
ID = "3f2a9c17d0aa"


def hold(path, lock_id=ID, pid=4242, **options):
    return run_module("deployment_lock", {"path": str(path), "id": lock_id, "owner": {**OWNER, "pid": pid}, **options})


def test_the_lock_is_taken_once_and_waited_for_no_longer_than_asked(tmp_path):
    path = tmp_path / "state" / "lock"
    first = hold(path, release="r1")
    assert (first["changed"], first["id"], first["holder"]["release"]) == (False, ID, "r1")
    second = hold(path, "0123456789ab", pid=4243, wait=0.3)
    assert (second["id"], second["holder"]["id"]) == (None, ID)
    assert 0.3 <= second["waited"] < 5
    third = hold(path, "0123456789ab", pid=4243, dead={"id": ID, "reason": "it was killed"})
    assert third["id"] == "0123456789ab"
    assert third["taken_over"]["reason"] == "it was killed"
    assert third["taken_over"]["holder"]["user"] == "ali"


@pytest.mark.parametrize("options", [{"owner": None}, {"id": None}, {"id": "../../etc"}, {"id": "owner.json"}])
def test_what_the_action_plugin_did_not_pass_is_missed(tmp_path, options):
    result = run_module("deployment_lock", {"path": str(tmp_path / "lock"), "id": ID, "owner": OWNER, **options})
    assert result["failed"]
    assert "called by its action plugin" in result["msg"]
    assert list(tmp_path.iterdir()) == []


def test_the_journal_is_written_and_read(tmp_path):
    path = tmp_path / "state" / "journal.jsonl"
    for number in range(3):
        result = run_module("deployment_journal", {"path": str(path), "entry": {"id": number, "result": "unchanged"}})
        assert (result["changed"], result["torn"]) == (False, [])
    with path.open("a", encoding="utf-8") as file:
        file.write("{")
    assert run_module("deployment_journal", {"path": str(path), "entry": {"result": "failed"}})["torn"] == [str(path)]
    read = run_module("deployment_journal_info", {"path": str(path), "limit": 2}, check=True)
    assert [entry["id"] for entry in read["entries"]] == ["2", None]
    assert (read["changed"], read["torn"]) == (False, [{"line": 4, "text": "{"}])
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[0])["id"] == "0"


def test_a_limit_that_is_none(tmp_path):
    result = run_module("deployment_journal_info", {"path": str(tmp_path / "journal.jsonl"), "limit": -1})
    assert result["msg"] == "limit is -1, expected a number of entries, or 0 for all"
