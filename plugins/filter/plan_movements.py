# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``plan_movements``: what has moved since a plan was saved."""

from __future__ import annotations

DOCUMENTATION = r"""
name: plan_movements
short_description: Tell what has moved since a plan was saved
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Compares a saved plan with the plan that would be made now. Containers, images and releases that were found, what
    is wanted of every service, and what would be done.
  - What the saved plan could not know, such as the identity of an image that was to be pulled, has not moved by
    becoming known. Neither counts whether a service is ready, which changes by the second.
positional: _input
options:
  _input:
    description: The plan that would be made now, as P(sahool.platform.deployment_plan#filter) returns it.
    type: dict
    required: true
  saved:
    description: The saved plan.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Hold the present to the saved plan
  ansible.builtin.assert:
    that: deployment_plan | sahool.platform.plan_movements(saved=saved_plan) | length == 0
  vars:
    saved_plan: "{{ lookup('ansible.builtin.file', 'plan.json') | from_json }}"
"""

RETURN = r"""
_value:
  description: What has moved, a sentence each. Empty when the saved plan may be carried out.
  type: list
  elements: str
  sample: ["localhost: redis: was running, is exited"]
"""

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.sahool.platform.plugins.plugin_utils._deployment_plan.movements import (
    SavedPlanError,
    movements,
)


def plan_movements(now: Mapping[str, Any], *, saved: Any) -> list[str]:
    """Compare; see :func:`movements`.

    :raises AnsibleFilterError: *saved* is no plan that this release understands.
    """
    try:
        return movements(saved, now)
    except SavedPlanError as error:
        raise AnsibleFilterError(f"The saved plan cannot be used: {error}") from None


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"plan_movements": plan_movements}
