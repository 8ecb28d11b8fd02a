# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module, and tells the controller how it goes on while it runs."""

from __future__ import annotations

import copy
import os
import shlex
import time
import uuid
from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from ansible_collections.sahool.platform.plugins.module_utils._rollout.redact import Redactor
from ansible_collections.sahool.platform.plugins.plugin_utils._progress import record
from ansible_collections.sahool.platform.plugins.plugin_utils._progress.admission import Admission, printable
from ansible_collections.sahool.platform.plugins.plugin_utils._progress.course import DONE, PHASE
from ansible_collections.sahool.platform.plugins.plugin_utils._progress.follower import Follower
from ansible_collections.sahool.platform.plugins.plugin_utils._progress.growing import read_local, take_local
from ansible_collections.sahool.platform.plugins.plugin_utils._progress.summary import summary

LOCALLY = 0.2  # seconds between two looks at the module's progress
ELSEWHERE = 1.0  # each look is a command on the host


class ActionModule(ActionBase):
    """Action plugin of M(sahool.platform.service_rollout)."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module; with the callback active, follow its progress."""
        result = super().run(tmp, task_vars)
        del tmp  # has no effect any more
        arguments = dict(self._task.args)
        folder = record.of_this_run()
        # Without waves orphans are removed, which is no phase; and whoever names a file follows it himself.
        is_phase = arguments.get("waves") and not self._task.check_mode and "progress" not in arguments
        if folder is None or self._task.async_val or not is_phase:
            result.update(self._execute_module(task_vars=task_vars, wrap_async=self._task.async_val))
        else:
            result.update(self._recorded(folder, arguments, task_vars or {}))
        if not self._task.async_val:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _recorded(self, folder: str, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        host = task_vars["inventory_hostname"]
        phase = printable(str(arguments.get("phase") or self._task.name or self._task.action))
        result: dict[str, Any] = {"failed": True}
        record.add_event(folder, {"host": host, "event": PHASE, "phase": phase, "clock": time.monotonic()})
        try:
            result = self._followed(folder, host, arguments, task_vars)
        finally:
            figures = summary(result, bool(arguments.get("create_only")))
            record.add_event(folder, {"host": host, "event": DONE, "clock": time.monotonic(), **figures})
        return result

    def _followed(self, folder: str, host: str, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        here = self._connection.transport == "local"
        path = self._progress_path(folder, here)
        fetch = read_local(path) if here else self._reader(path)
        fetch_last = take_local(path) if os.path.dirname(path) == folder else self._taker(path)
        every = LOCALLY if here else ELSEWHERE
        with Follower(folder, host, fetch, fetch_last, self._admission(arguments), every) as follower:
            result = self._execute_module(module_args={**arguments, "progress": path}, task_vars=task_vars)
        if follower.warning:
            self._display.warning(follower.warning)
        return result

    def _admission(self, arguments: dict[str, Any]) -> Admission:
        names = [name for wave in arguments.get("waves") or [] for name in wave]
        passwords = [str(gate.get("password") or "") for gate in arguments.get("services") or []]
        return Admission(names, Redactor(passwords))

    def _progress_path(self, folder: str, here: bool) -> str:
        """Return where the module writes: the record itself if it can, which Ansible removes whatever happens."""
        become = self._connection.become
        if here and (become is None or self.get_become_option("become_user") in (None, "root")):
            return os.path.join(folder, f"module-{uuid.uuid4().hex}.jsonl")
        folders = self.get_shell_option("system_tmpdirs", default=["/tmp"])  # noqa: S108 - a name that nobody can guess
        return os.path.join(folders[-1], f"sahool-progress-{uuid.uuid4().hex}.jsonl")

    def _reader(self, path: str) -> Callable[[int], bytes]:
        # A connection of its own, for the module uses this one; and as the user who logs in: anybody may read the file.
        connection = copy.copy(self._connection)
        connection.set_become_plugin(None)

        def fetch(offset: int) -> bytes:
            # There is no file before the module has begun.
            code, out, dummy = connection.exec_command(f"{_tail(path, offset)} 2>/dev/null", sudoable=False)
            return out if code == 0 else b""

        return fetch

    def _taker(self, path: str) -> Callable[[int], bytes]:
        """Return what reads the file for the last time and removes it: as the user whose file it is."""

        def fetch(offset: int) -> bytes:
            done = self._low_level_execute_command(f"{_tail(path, offset)} 2>/dev/null; rm -f {shlex.quote(path)}")
            if done["rc"] != 0:
                raise AnsibleConnectionFailure(f"{path} could not be removed: {done['stderr'].strip()}")
            return done["stdout"].encode()

        return fetch


def _tail(path: str, offset: int) -> str:
    return f"tail -c +{offset + 1} {shlex.quote(path)}"
