# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An action plugin whose work needs no module process where the managed host is the controller itself.

Private to this collection; controller only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.plugins.action import ActionBase

Work = Callable[[Mapping[str, Any], bool], dict[str, Any]]


class NearAction(ActionBase):
    """Base of the action plugins for lock and journal."""

    def is_near(self) -> bool:
        """Return whether the work can be done here: on this machine, by the user who runs this process."""
        return self._connection.transport == "local" and self._connection.become is None

    def do(
        self,
        module: str,
        work: Work,
        error: type[Exception],
        options: Mapping[str, Any],
        task_vars: dict[str, Any],
        **given: Any,
    ) -> dict[str, Any]:
        """Call *work* in this process, or the *module* that calls it on the host.

        :param error: what *work* raises; its text becomes the message of a failed task.
        :param options: the options of the task, checked.
        :param given: options that replace those of the task.
        :returns: the result of the task.
        """
        if not self.is_near():
            # As they were written: a path that begins with ~ means the home on the host.
            arguments = {**self._task.args, **given}
            found = self._execute_module(module_name=module, module_args=arguments, task_vars=task_vars)
            found.pop("invocation", None)
            return found
        try:
            return work({**options, **given}, self._task.check_mode)
        except error as reason:
            return {"failed": True, "changed": False, "msg": str(reason)}
