# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of ``secrets_file``: encrypts with the vault password of the run, which only the controller has."""

from __future__ import annotations

from typing import Any

from ansible_collections.sahool.platform.plugins.module_utils._secrets.provide import OPTIONS, ProvideError, perform
from ansible_collections.sahool.platform.plugins.plugin_utils._controller.near import NearAction
from ansible_collections.sahool.platform.plugins.plugin_utils._vault.cipher import VaultCipher

MODULE = "sahool.platform.secrets_file"


class ActionModule(NearAction):
    """Provide secrets."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the task and return its result."""
        super().run(tmp, task_vars)
        _checked, options = self.validate_argument_spec(
            argument_spec=OPTIONS, required_together=[("ledger", "ledger_key")]
        )
        if not options["vault"]:
            return self.do(MODULE, perform, ProvideError, options, task_vars or {})
        try:
            return perform(options, self._task.check_mode, VaultCipher(self._loader))
        except ProvideError as error:
            return {"failed": True, "changed": False, "msg": str(error)}
