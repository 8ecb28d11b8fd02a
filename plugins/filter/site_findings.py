# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``site_findings``: everything that is wrong with the hosts of an inventory."""

from __future__ import annotations

DOCUMENTATION = r"""
name: site_findings
short_description: Find what is wrong with the hosts of an inventory before anything starts
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Checks the groups and addresses of the hosts, and the names of settings, against the services that run.
  - Returns all findings at once. Each names the thing, what was found, what was expected and what to do.
  - Pure. It reads nothing but its arguments.
positional: _input
options:
  _input:
    description: Services of the whole platform, as RV(sahool.platform.catalogue_services#filter:_value) has them.
    type: dict
    required: true
  groups:
    description: The inventory's groups.
    type: dict
    required: true
  host_addresses:
    description: Every host of the group C(sahool) and its private address, empty where it has none.
    type: dict
    required: true
  settings:
    description: Names of the settings that the inventory changes.
    type: list
    elements: str
    default: []
  known_settings:
    description: Names of the settings that there are.
    type: list
    elements: str
    default: []
seealso:
  - plugin: sahool.platform.catalogue_findings
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Refuse an inventory that has no host for a tier
  ansible.builtin.assert:
    that: site_messages | length == 0
    fail_msg: "{{ site_messages }}"
  vars:
    site_messages: >-
      {{ catalogue_result.services | sahool.platform.site_findings(
           groups=groups, host_addresses={'localhost': ''}) }}
"""

RETURN = r"""
_value:
  description: One line for each finding; empty when all is well.
  type: list
  elements: str
  sample:
    - "app1: sahool_private_address: found 'app1'; expected the IP address by which the other hosts reach this one;
      correct it"
"""

from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._plan.site import site_findings as findings_of


def site_findings(
    services: dict[str, dict[str, Any]],
    *,
    groups: dict[str, list[str]],
    host_addresses: dict[str, str],
    settings: list[str] | None = None,
    known_settings: list[str] | None = None,
) -> list[str]:
    """Return one line for each finding; see :func:`findings_of`."""
    return findings_of(services, groups, host_addresses, settings or [], known_settings or [])


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"site_findings": site_findings}
