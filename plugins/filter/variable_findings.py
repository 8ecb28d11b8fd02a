# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``variable_findings``: everything that is wrong with the platform-wide variables of an inventory."""

from __future__ import annotations

DOCUMENTATION = r"""
name: variable_findings
short_description: Find what is wrong with platform-wide variables before anything starts
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Checks kind and value of the variables whose names start with C(sahool_), and finds names that are a slip of a known
    one, which nothing would read.
  - Returns all findings at once. Each names the variable, what was found, what was expected and what to do.
  - Pure. It reads nothing but its arguments.
positional: _input
options:
  _input:
    description: Name to value of every variable that starts with C(sahool_), but for the secrets.
    type: dict
    required: true
seealso:
  - plugin: sahool.platform.catalogue_findings
    plugin_type: filter
  - plugin: sahool.platform.site_findings
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Refuse a path that is not absolute
  ansible.builtin.assert:
    that: "{'sahool_home': sahool_home} | sahool.platform.variable_findings | length == 0"
"""

RETURN = r"""
_value:
  description: One line for each finding; empty when all is well.
  type: list
  elements: str
  sample:
    - "sahool_cpu_cap: found 'many'; expected the number of the host's cores, or 0 to leave limits as they are; correct
      or remove it"
"""

from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._plan.variables import variable_findings


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"variable_findings": variable_findings}
