# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``journal_table``: the journal as people read it."""

from __future__ import annotations

DOCUMENTATION = r"""
name: journal_table
short_description: Make the table of deployments
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Makes a table with a line a run, of when, how long, with what result, who, what and from which release to which.
    Below each line stand its phases, what failed and what was found of a killed run.
positional: _input
options:
  _input:
    description: Entries, as RV(sahool.platform.deployment_journal_info#module:entries) has them.
    type: list
    elements: dict
    required: true
  torn:
    description: Lines without an entry, as RV(sahool.platform.deployment_journal_info#module:torn) has them.
    type: list
    elements: dict
    default: []
  lock:
    description: Result of M(sahool.platform.deployment_lock) in check mode. Without it nothing is said of the lock.
    type: dict
seealso:
  - module: sahool.platform.deployment_journal_info
"""

EXAMPLES = r"""
- name: Show who deployed what
  ansible.builtin.debug:
    msg: "{{ journal.entries | sahool.platform.journal_table(torn=journal.torn) }}"
"""

RETURN = r"""
_value:
  description: The table, lines parted by line breaks.
  type: str
"""

from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._journal.table import table


def journal_table(
    entries: list[dict[str, Any]], *, torn: list[dict[str, Any]] | None = None, lock: dict[str, Any] | None = None
) -> str:
    """Make the table; see :func:`table`."""
    return table(entries, torn or [], lock)


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"journal_table": journal_table}
