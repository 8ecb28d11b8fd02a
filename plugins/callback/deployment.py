# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Callback ``deployment``: progress while phases run, and the table of phases at the end."""

from __future__ import annotations

DOCUMENTATION = r"""
name: deployment
type: aggregate
short_description: Show the phases of a deployment while they run, and a table of them at the end
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - While M(sahool.platform.service_rollout) runs, shows the phase, how many services are ready of how many, the
    seconds, and what is waited for. On a terminal that is one live line, elsewhere plain lines when a phase and each of
    its waves begins, every 10 seconds, and when it ends.
  - Ends with a table of the phases. For each phase and host it has the time from the end of the phase before (or from
    the begin of the run) to its own begin, the time to start the containers, the time to wait for them, the time that
    all of the phase took, and the slowest service.
  - Before anything else, names the encrypted files of variables that this run has no password for, or that are damaged.
    Ansible stops at the first of them without its name.
  - Keeps a record of it in a temporary folder of the run, which P(sahool.platform.deployment_record#lookup) reads. The
    record holds names of phases, hosts and services, and figures.
options:
  live_line:
    description:
      - Whether to write a live line where that is possible, rather than plain lines.
      - It is not possible where the output is no terminal, nor below ansible-runner, which AWX uses.
    type: bool
    default: true
    env:
      - name: SAHOOL_LIVE_LINE
    ini:
      - section: callback_sahool_deployment
        key: live_line
requirements:
  - To be enabled, by C(callbacks_enabled) in the section C([defaults]) of C(ansible.cfg), or by
    C(ANSIBLE_CALLBACKS_ENABLED=sahool.platform.deployment) in the environment
seealso:
  - plugin: sahool.platform.deployment_record
    plugin_type: lookup
"""

import sys
from typing import Any

from ansible import context
from ansible.plugins.callback import CallbackBase

from ansible_collections.sahool.platform.plugins.plugin_utils._progress import record
from ansible_collections.sahool.platform.plugins.plugin_utils._progress.show import Show
from ansible_collections.sahool.platform.plugins.plugin_utils._progress.table import table
from ansible_collections.sahool.platform.plugins.plugin_utils._progress.terminal import is_live
from ansible_collections.sahool.platform.plugins.plugin_utils._vault.cipher import VaultCipher
from ansible_collections.sahool.platform.plugins.plugin_utils._vault.inventory import undecipherable

ROLLOUT = "sahool.platform.service_rollout"


class CallbackModule(CallbackBase):
    """Shows what the action plugin of service_rollout writes into the record."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "sahool.platform.deployment"
    CALLBACK_NEEDS_ENABLED = True

    _show: Show | None = None

    def v2_playbook_on_start(self, playbook: Any) -> None:
        """Begin the record; name the vaults that do not open, since Ansible stops without their names."""
        sources = [*(context.CLIARGS.get("inventory") or ()), playbook._basedir]
        for text in undecipherable(sources, VaultCipher(playbook._loader)):
            self._display.error(text)
        self._show = Show(record.begin(), self._display, self.get_option("live_line") and is_live(sys.stdout))

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Stop looking after the last phase of the play before."""
        self._rest()

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Stop looking after a phase."""
        self._rest()

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """Look, as soon as a host begins with a phase."""
        if self._show and (task.resolved_action or task.action) == ROLLOUT:
            self._show.start()

    def v2_runner_on_ok(self, result: Any) -> None:
        """Take in what a phase came to, before the next task may ask for it."""
        self._look()

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """Take in what a phase came to."""
        self._look()

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """Take in what a phase came to."""
        self._look()

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Print the table, if there were phases."""
        if self._show is None:
            return
        self._show.stop()
        self._show.look()
        if self._show.rows:
            self._display.banner("PHASES")
            self._display.display(table(self._show.rows))

    def _look(self) -> None:
        if self._show and self._show.following:
            self._show.look()

    def _rest(self) -> None:
        if self._show:
            self._show.rest()
