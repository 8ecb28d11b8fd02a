# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run is told that does not get the deployment lock. Private to this collection; controller only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.sahool.platform.plugins.module_utils._lock.death import Verdict
from ansible_collections.sahool.platform.plugins.module_utils._lock.request import whose


def holder_text(holder: Mapping[str, Any], place: str) -> str:
    """Return one sentence about who holds the lock.

    :param holder: as RV(deployment_lock:holder) has it.
    :param place: path of the lock and name of its host.
    """
    details = [
        f"runs {holder['command']}" if holder.get("command") else "",
        f"since {holder['since']}" if holder.get("since") else "",
        f"phase {holder.get('phase') or 'not begun'}",
        f"release {holder.get('release') or 'not named yet'}",
        f"last sign of life {holder['age']:.0f} s ago, at {holder['last_sign']}",
    ]
    return f"The deployment lock {place} is held by {whose(holder)}: {', '.join(filter(None, details))}."


def refusal(holder: Mapping[str, Any], verdict: Verdict, *, place: str, waited: float, break_id: str) -> str:
    """Return why the lock was not taken, and what the operator can do: one line each."""
    lock_id = holder["id"]
    sentences = [holder_text(holder, place)]
    if break_id:
        sentences.append(
            f"sahool_lock_break={break_id} names another lock, so nothing was broken; this lock is {lock_id}."
        )
    if waited >= 1:
        sentences.append(f"Waited {waited:.0f} s for it.")
    sentences.append("Nothing was started.")
    sentences.append("To wait until it is free, add -e sahool_lock_wait=600 (seconds).")
    if verdict.left is None:
        pid = holder["pid"]
        sentences.append(
            f"Its process {pid} is running on this controller: if it hangs, end it (kill {pid}) and run again; "
            f"-e sahool_lock_break={lock_id} takes the lock from it."
        )
    else:
        sentences.append(
            f"It is another controller's and counts as dead after {verdict.left:.0f} s more of silence; "
            f"if you know that it is gone, add -e sahool_lock_break={lock_id}."
        )
    return "\n".join(sentences)
