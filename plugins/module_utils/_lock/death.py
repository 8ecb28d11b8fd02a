# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the owner of a lock counts as dead. Private to this collection.

Pure: what depends on the machine is passed in. Where it cannot be known, the owner lives.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

# Inode of the initial pid namespace, the same on every Linux: PROC_PID_INIT_INO in include/linux/proc_ns.h.
INITIAL_PID_NS = 0xEFFFFFFC

Owner = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class Verdict:
    """Whether the owner is dead, and why; *left* are the seconds of silence until it counts as dead, if it can."""

    dead: bool
    reason: str
    left: float | None = None


def judge(
    holder: Owner,
    me: Owner,
    *,
    process_lives: t.Callable[[int, int], bool],
    age: float,
    ttl: float,
    break_id: str,
) -> Verdict:
    """Return whether the owner of a lock is dead.

    :param holder: what the owner wrote about itself, with the ``id`` of its lock.
    :param me: the same about the controller that asks.
    :param process_lives: answers whether the process of this id and start time is there, in the process table of the
        controller that asks. It is called only where that table is the owner's as well.
    :param age: seconds since the last sign of life.
    :param ttl: seconds of silence after which another controller's owner is dead.
    :param break_id: id of the lock that the operator wants broken, or an empty text.
    """
    if break_id and break_id == holder.get("id"):
        return Verdict(True, f"broken by sahool_lock_break={break_id}")
    pid, started = holder.get("pid"), holder.get("started")
    known = isinstance(pid, int) and isinstance(started, int)
    if known and _same(holder, me, "boot_id") and _same(holder, me, "pid_ns"):
        if process_lives(pid, started):
            return Verdict(False, f"its process {pid} is running on this controller")
        return Verdict(True, f"its process {pid} has ended on this controller")
    if _rebooted(holder, me):
        return Verdict(True, f"its controller {holder['controller']} was rebooted since")
    announced = holder.get("quiet_for")
    silence = max(ttl, announced if isinstance(announced, (int, float)) else 0)
    if age > silence:
        return Verdict(True, f"it gave no sign of life for {age:.0f} s, more than {silence:.0f} s")
    return Verdict(False, "it is another controller's", left=silence - age)


def _rebooted(holder: Owner, me: Owner) -> bool:
    """Return whether *holder* ran on this machine before its last boot.

    Copies of one virtual machine may share a machine id: the name has to be the same, too. In a container, the boot and
    the machine are the host's or made up, so that only the initial process table counts.
    """
    return (
        _same(holder, me, "machine_id")
        and _same(holder, me, "controller")
        and holder.get("pid_ns") == me.get("pid_ns") == INITIAL_PID_NS
        and bool(holder.get("boot_id"))
        and bool(me.get("boot_id"))
        and holder["boot_id"] != me["boot_id"]
    )


def _same(one: Owner, other: Owner, name: str) -> bool:
    return bool(one.get(name)) and one.get(name) == other.get(name)
