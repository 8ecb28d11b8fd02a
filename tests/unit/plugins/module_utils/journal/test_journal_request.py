# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one call of deployment_journal writes, and what it leaves out."""

from __future__ import annotations

import json

from ansible_collections.sahool.platform.plugins.module_utils._journal.request import perform


def write(path, **entry):
    perform({"path": str(path), "copies": [], "entry": entry}, check_mode=False)
    return [(line["id"], line["result"]) for line in map(json.loads, path.read_text(encoding="utf-8").splitlines())]


def test_a_run_that_could_not_write_its_line_is_interrupted(tmp_path):
    path = tmp_path / "journal.jsonl"
    write(path, id="one", result="deployed")
    assert write(path, id="two", result="interrupted") == [("one", "deployed"), ("two", "interrupted")]


def test_a_run_that_was_killed_after_its_line_has_ended(tmp_path):
    path = tmp_path / "journal.jsonl"
    write(path, id="one", result="deployed")
    assert write(path, id="one", result="interrupted") == [("one", "deployed")]


def test_runs_without_a_lock_have_no_id_and_are_all_written(tmp_path):
    path = tmp_path / "journal.jsonl"
    write(path, id=None, result="refused")
    assert write(path, id=None, result="refused") == [(None, "refused")] * 2
