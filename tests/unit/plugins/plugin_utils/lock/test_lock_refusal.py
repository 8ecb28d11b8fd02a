# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run is told that does not get the lock."""

from __future__ import annotations

from ansible_collections.sahool.platform.plugins.module_utils._lock.death import Verdict
from ansible_collections.sahool.platform.plugins.plugin_utils._lock.refusal import refusal

PLACE = "/opt/sahool/state/lock on core"
HOLDER = {
    "id": "3f2a9c17d0aa",
    "controller": "c1",
    "pid": 4242,
    "user": "ali",
    "awx_job": "17",
    "command": "playbooks/deploy.yml",
    "since": "2026-11-23T17:34:02Z",
    "phase": "2 gateway",
    "release": "20261123T173402Z-1f2e3d4c",
    "last_sign": "2026-11-23T17:36:02Z",
    "age": 12.3,
}


def test_a_run_on_this_controller():
    verdict = Verdict(False, "its process 4242 is running on this controller")
    assert refusal(HOLDER, verdict, place=PLACE, waited=0, break_id="") == (
        "The deployment lock /opt/sahool/state/lock on core is held by ali on c1 (process 4242, AWX job 17): "
        "runs playbooks/deploy.yml, since 2026-11-23T17:34:02Z, phase 2 gateway, release 20261123T173402Z-1f2e3d4c, "
        "last sign of life 12 s ago, at 2026-11-23T17:36:02Z.\nNothing was started.\n"
        "To wait until it is free, add -e sahool_lock_wait=600 (seconds).\n"
        "Its process 4242 is running on this controller: if it hangs, end it (kill 4242) and run again; "
        "-e sahool_lock_break=3f2a9c17d0aa takes the lock from it."
    )


def test_a_run_elsewhere_that_was_waited_for_and_has_said_little():
    holder = {**HOLDER, "awx_job": "", "phase": None, "release": None}
    text = refusal(holder, Verdict(False, "", 888.0), place=PLACE, waited=30.2, break_id="0123456789ab")
    assert text == (
        "The deployment lock /opt/sahool/state/lock on core is held by ali on c1 (process 4242): "
        "runs playbooks/deploy.yml, since 2026-11-23T17:34:02Z, phase not begun, release not named yet, "
        "last sign of life 12 s ago, at 2026-11-23T17:36:02Z.\n"
        "sahool_lock_break=0123456789ab names another lock, so nothing was broken; this lock is 3f2a9c17d0aa.\n"
        "Waited 30 s for it.\nNothing was started.\nTo wait until it is free, add -e sahool_lock_wait=600 (seconds).\n"
        "It is another controller's and counts as dead after 888 s more of silence; "
        "if you know that it is gone, add -e sahool_lock_break=3f2a9c17d0aa."
    )
