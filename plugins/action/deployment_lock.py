# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of ``deployment_lock``: says who runs the playbook, and judges whether another owner is dead.

Both can be known only where the playbook runs; the lock itself lies on the host.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from ansible import context
from ansible.utils.display import Display

from ansible_collections.sahool.platform.plugins.module_utils._lock.death import Verdict, judge
from ansible_collections.sahool.platform.plugins.module_utils._lock.folder import LockError
from ansible_collections.sahool.platform.plugins.module_utils._lock.request import OPTIONS, perform
from ansible_collections.sahool.platform.plugins.plugin_utils._controller.near import NearAction
from ansible_collections.sahool.platform.plugins.plugin_utils._controller.run import (
    OrphanError,
    describe_run,
    now,
    process_lives,
)
from ansible_collections.sahool.platform.plugins.plugin_utils._lock.refusal import holder_text, refusal

MODULE = "sahool.platform.deployment_lock"
# Seconds that the host waits on its own before the controller looks again whether the owner is dead.
SLICE = 2.0
REMOTE_SLICE = 10.0
# Digits of an id: it is typed by people, and names one lock among few.
ID_DIGITS = 12

display = Display()


class ActionModule(NearAction):
    """Take, renew or free the deployment lock."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the task and return its result."""
        super().run(tmp, task_vars)
        task_vars = task_vars or {}
        _checked, options = self.validate_argument_spec(argument_spec=OPTIONS)
        if options["state"] != "held":
            return self._do(options, task_vars)
        try:
            me = describe_run(task_vars, context.CLIARGS)
        except OrphanError as error:
            return {"failed": True, "changed": False, "msg": str(error)}
        host = task_vars.get("inventory_hostname", "") if not self._task.delegate_to else self._task.delegate_to
        place = f"{options['path']} on {host}"
        if self._task.check_mode:
            return self._look(options, task_vars, me, place)
        return self._hold(options, task_vars, me, place)

    def _do(self, options: dict[str, Any], task_vars: dict[str, Any], **given: Any) -> dict[str, Any]:
        return self.do(MODULE, perform, LockError, options, task_vars, **given)

    def _look(
        self, options: dict[str, Any], task_vars: dict[str, Any], me: dict[str, Any], place: str
    ) -> dict[str, Any]:
        result = self._do(options, task_vars)
        holder = result.get("holder")
        if holder:
            verdict = _judge(holder, me, options)
            dead = f" Its owner is dead: {verdict.reason}. The next run takes it over." if verdict.dead else ""
            result["note"] = holder_text(holder, place) + dead
        return result

    def _hold(
        self, options: dict[str, Any], task_vars: dict[str, Any], me: dict[str, Any], place: str
    ) -> dict[str, Any]:
        start = time.monotonic()
        given: dict[str, Any] = {"id": uuid.uuid4().hex[:ID_DIGITS], "dead": None, "wait": 0}
        announced = False
        while True:
            # The lock is taken now, however long it was waited for.
            given["owner"] = {**me, "since": now()}
            result = self._do(options, task_vars, **given)
            waited = time.monotonic() - start
            if result.get("failed"):
                return result
            result["waited"] = round(waited, 2) if announced else 0.0
            if result["id"]:
                return _with_note(result, place)
            verdict = _judge(result["holder"], me, options)
            if verdict.dead:
                given.update(dead={"id": result["holder"]["id"], "reason": verdict.reason}, wait=0)
                continue
            left = options["wait"] - waited
            if left <= 0:
                spent = waited if announced else 0
                text = refusal(result["holder"], verdict, place=place, waited=spent, break_id=options["break_id"])
                return {**result, "failed": True, "msg": text}
            if not announced:
                display.display(f"{holder_text(result['holder'], place)} Waiting up to {options['wait']:.0f} s.")
                announced = True
            given.update(dead=None, wait=min(left, SLICE if self.is_near() else REMOTE_SLICE))


def _judge(holder: dict[str, Any], me: dict[str, Any], options: dict[str, Any]) -> Verdict:
    if holder["id"] is None:
        return Verdict(True, "its folder was removed in part")
    return judge(
        holder,
        me,
        process_lives=process_lives,
        age=holder["age"],
        ttl=options["ttl"],
        break_id=options["break_id"],
    )


def _with_note(result: dict[str, Any], place: str) -> dict[str, Any]:
    if result["taken_over"]:
        taken = result["taken_over"]
        result["note"] = (
            f"{holder_text(taken['holder'], place).replace(' is held by ', ' was held by ')} "
            f"It was taken over: {taken['reason']}."
        )
        display.display(result["note"])
    return result
