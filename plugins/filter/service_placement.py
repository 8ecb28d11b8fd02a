# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``service_placement``: which host runs which service."""

from __future__ import annotations

DOCUMENTATION = r"""
name: service_placement
short_description: Give every service the host that runs it
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - A service runs on the first host of its tier's group.
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
"""

EXAMPLES = r"""
- name: Show which host runs the gateway
  ansible.builtin.debug:
    msg: "{{ (catalogue_result.services | sahool.platform.service_placement(groups=groups)).kong }}"
"""

RETURN = r"""
_value:
  description: Service name to inventory host name.
  type: dict
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.sahool.platform.plugins.plugin_utils._plan.errors import PlanError
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.placement import place


def service_placement(services: dict[str, dict[str, Any]], *, groups: dict[str, list[str]]) -> dict[str, str]:
    """Give every service a host; see :func:`place`."""
    try:
        return place(services, groups)
    except PlanError as error:
        raise AnsibleFilterError(f"The inventory has no place for every service:\n{error}") from None


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"service_placement": service_placement}
