# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``service_table``: the table of what is up."""

from __future__ import annotations

DOCUMENTATION = r"""
name: service_table
short_description: Make the table of what is up
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Makes a table with a line a service, its phase, its state, what was done to it and its ports, for people to read.
positional: _input
options:
  _input:
    description: Catalogue entries of the services of one host.
    type: dict
    required: true
  states:
    description: States, as RV(sahool.platform.service_health#module:services) has them.
    type: dict
    required: true
  actions:
    description: Actions, as RV(sahool.platform.service_rollout#module:services) has them.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Show what is up
  ansible.builtin.debug:
    msg: "{{ catalogue_result.services | sahool.platform.service_table(states=verify_result.services) }}"
"""

RETURN = r"""
_value:
  description: The table, lines parted by line breaks.
  type: str
"""

from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._summary.table import table


def service_table(
    services: dict[str, dict[str, Any]],
    *,
    states: dict[str, dict[str, Any]],
    actions: dict[str, dict[str, Any]] | None = None,
) -> str:
    """Make the table; see :func:`table`."""
    return table(services, states, actions or {})


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"service_table": service_table}
