# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of ``deployment_lock`` and what one call does. Private to this collection.

The module and the action plugin of this name both call :func:`perform`: the module on the host that keeps the lock, the
action plugin in its own process where that host is the controller.
"""

from __future__ import annotations

import datetime
import time
import typing as t

from ansible_collections.sahool.platform.plugins.module_utils._lock.folder import ID, Found, LockError, LockFolder

OPTIONS: dict[str, t.Any] = {
    "path": {"type": "path", "required": True},
    "state": {"type": "str", "choices": ["held", "renewed", "free"], "default": "held"},
    "id": {"type": "str"},
    "release": {"type": "str"},
    "phase": {"type": "str"},
    "ttl": {"type": "float", "default": 900},
    "wait": {"type": "float", "default": 0},
    "break_id": {"type": "str", "default": ""},
    "quiet_for": {"type": "float", "default": 0},
    "owner": {"type": "dict"},
    "dead": {"type": "dict", "options": {"id": {"type": "str", "required": True}, "reason": {"type": "str"}}},
}
LOOK_EVERY = 0.1
# What an owner writes, besides the lock's id. A lock that cannot be read has them all the same, empty.
OWNER_KEYS = (
    *("controller", "machine_id", "boot_id", "pid_ns", "pid", "started", "user", "awx_job", "command", "since"),
    *("release", "phase", "quiet_for"),
)


def perform(params: t.Mapping[str, t.Any], check_mode: bool) -> dict[str, t.Any]:
    """Do what the options ask for and return the result of the module.

    :raises LockError: the lock cannot be read or changed, or it is renewed and is not ours any more.
    """
    lock = LockFolder(params["path"])
    if params["state"] == "held":
        return _hold(lock, params, check_mode)
    if not params["id"]:
        raise LockError(f"state={params['state']} needs the id of the lock, as state=held returned it")
    return _free(lock, params["id"], check_mode) if params["state"] == "free" else _renew(lock, params, check_mode)


def _hold(lock: LockFolder, params: t.Mapping[str, t.Any], check_mode: bool) -> dict[str, t.Any]:
    start = time.monotonic()
    if check_mode:
        return _result(holder=lock.look())
    lock_id = params["id"] or ""
    if not params["owner"] or not ID.fullmatch(lock_id):
        raise LockError("the module is called by its action plugin, which passes owner and id; call it as a task")
    owner = {
        **params["owner"],
        "id": lock_id,
        "release": params["release"],
        "phase": params["phase"],
        "quiet_for": params["quiet_for"],
    }
    dead = params["dead"] or {"id": None, "reason": None}
    while True:
        taken, found = lock.take(lock_id, owner, dead["id"])
        if taken or time.monotonic() - start >= params["wait"]:
            break
        time.sleep(LOOK_EVERY)
    waited = time.monotonic() - start
    if taken is None:
        return _result(holder=found, waited=waited)
    if found and taken == found.id:
        return _result(lock_id=taken, holder=lock.look(), waited=waited, note="This run holds the lock already.")
    taken_over = None
    if found:
        reason = dead["reason"] if found.id else "its folder was removed in part"
        taken_over = {"holder": _described(found), "reason": reason}
    return _result(lock_id=taken, holder=Found(taken, owner, time.time()), waited=waited, taken_over=taken_over)


def _free(lock: LockFolder, lock_id: str, check_mode: bool) -> dict[str, t.Any]:
    if check_mode:
        return _result(holder=lock.look())
    freed, found = lock.free(lock_id)
    if freed:
        return _result(lock_id=lock_id)
    return _result(holder=found, note=f"There was nothing to free: {_not_ours(lock_id, found)}.")


def _renew(lock: LockFolder, params: t.Mapping[str, t.Any], check_mode: bool) -> dict[str, t.Any]:
    if check_mode:
        return _result(holder=lock.look())
    changes = {name: params[name] for name in ("release", "phase") if params[name] is not None}
    renewed, found = lock.renew(params["id"], {**changes, "quiet_for": params["quiet_for"]})
    if renewed:
        return _result(lock_id=params["id"], holder=found)
    raise LockError(
        f"The deployment lock {lock.path} was lost: {_not_ours(params['id'], found)}. This run stops, so that no two "
        "work at once. Find out who broke the lock, and run again."
    )


def _not_ours(lock_id: str, found: Found | None) -> str:
    if not found:
        return f"lock {lock_id} is not there any more"
    return f"lock {lock_id} is not there any more, {whose(_described(found))} holds lock {found.id}"


def whose(holder: t.Mapping[str, t.Any]) -> str:
    """Return who a holder is: ``ali on controller-1 (process 4242, AWX job 17)``."""
    if not holder.get("controller"):
        return f"somebody who left no name (owner.json of lock {holder.get('id')} cannot be read)"
    parts = [f"process {holder.get('pid')}"]
    if holder.get("awx_job"):
        parts.append(f"AWX job {holder['awx_job']}")
    return f"{holder.get('user')} on {holder['controller']} ({', '.join(parts)})"


def _described(found: Found) -> dict[str, t.Any]:
    moment = datetime.datetime.fromtimestamp(found.last_sign, tz=datetime.timezone.utc)
    return {
        **dict.fromkeys(OWNER_KEYS),
        **found.owner,
        "id": found.id,
        "last_sign": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        # A clock that was set back does not make a lock younger than now.
        "age": round(max(0.0, time.time() - found.last_sign), 1),
    }


def _result(
    *,
    lock_id: str | None = None,
    holder: Found | None = None,
    waited: float = 0.0,
    taken_over: dict[str, t.Any] | None = None,
    note: str = "",
) -> dict[str, t.Any]:
    return {
        # The lock is about the run and nothing on the host: a run that changes nothing has to say so.
        "changed": False,
        "id": lock_id,
        "holder": _described(holder) if holder else None,
        "taken_over": taken_over,
        "waited": round(waited, 2),
        "note": note,
    }
