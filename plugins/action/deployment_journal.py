# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of ``deployment_journal``: adds who runs the playbook, which is known on the controller alone."""

from __future__ import annotations

from typing import Any

from ansible import context

from ansible_collections.sahool.platform.plugins.module_utils._journal.file import JournalError
from ansible_collections.sahool.platform.plugins.module_utils._journal.request import OPTIONS, perform
from ansible_collections.sahool.platform.plugins.plugin_utils._controller.near import NearAction
from ansible_collections.sahool.platform.plugins.plugin_utils._controller.run import OrphanError, describe_run, now

MODULE = "sahool.platform.deployment_journal"


class ActionModule(NearAction):
    """Write one line into the journal."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the task and return its result."""
        super().run(tmp, task_vars)
        task_vars = task_vars or {}
        _checked, options = self.validate_argument_spec(argument_spec=OPTIONS)
        try:
            me = describe_run(task_vars, context.CLIARGS)
        except OrphanError as error:
            return {"failed": True, "changed": False, "msg": str(error)}
        known = {
            "user": me["user"],
            "controller": me["controller"],
            "awx_job": me["awx_job"],
            "playbook": me["command"],
            "end": now(),
        }
        return self.do(MODULE, perform, JournalError, options, task_vars, entry={**known, **options["entry"]})
