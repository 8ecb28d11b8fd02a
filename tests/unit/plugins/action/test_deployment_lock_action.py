# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the action plugin of deployment_lock passes to the host; whole runs are in tests/integration/deployment_lock."""

from __future__ import annotations

import itertools

from ansible_collections.sahool.platform.plugins.action import deployment_lock
from ansible_collections.sahool.platform.plugins.action.deployment_lock import ActionModule

ME = {"pid": 1, "started": 1, "boot_id": "b1", "pid_ns": 1, "since": "when the run asked"}
OTHER = {"id": "0123456789ab", "age": 1, "last_sign": "just now", "controller": "c2", "user": "omar", "pid": 2}


def test_a_lock_that_was_waited_for_is_held_since_it_was_taken(monkeypatch):
    clock = map(str, itertools.count(1))
    monkeypatch.setattr(deployment_lock, "now", lambda: next(clock))
    monkeypatch.setattr(deployment_lock.display, "display", lambda text: None)
    asked = []

    def do(options, task_vars, **given):
        asked.append(given["owner"])
        taken = len(asked) == 3
        return {"id": given["id"] if taken else None, "holder": {**OTHER}, "taken_over": None, "note": ""}

    action = object.__new__(ActionModule)
    monkeypatch.setattr(action, "_do", do)
    monkeypatch.setattr(action, "is_near", lambda: True)
    options = {"wait": 60.0, "ttl": 900.0, "break_id": ""}
    assert action._hold(options, {}, ME, "place")["id"]
    assert [owner["since"] for owner in asked] == ["1", "2", "3"]
    assert all({**owner, "since": ME["since"]} == ME for owner in asked)
