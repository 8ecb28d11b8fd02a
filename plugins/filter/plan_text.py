# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``plan_text``: the plan of a deployment for people."""

from __future__ import annotations

DOCUMENTATION = r"""
name: plan_text
short_description: Write the plan of a deployment for people
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Writes a plan as text, in the order in which things happen. A line a service, below it the fields that change.
  - In front of a field C(~) stands for changed, C(+) for new and C(-) for gone. Secrets are masked in the plan already.
positional: _input
options:
  _input:
    description: The plan, as P(sahool.platform.deployment_plan#filter) returns it.
    type: dict
    required: true
  command:
    description: The command that carries the plan out. Without it the text does not say how to.
    type: str
    default: ""
  saved:
    description: Where the plan is saved; empty when it is not.
    type: str
    default: ""
  applied:
    description: The saved plan that this one was held to; empty when there is none.
    type: str
    default: ""
  tags:
    description: The tags by which a part of it was chosen.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Show the plan
  ansible.builtin.debug:
    msg: "{{ deployment_plan | sahool.platform.plan_text }}"
"""

RETURN = r"""
_value:
  description: The text, lines parted by line breaks.
  type: str
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._deployment_plan.text import plan_text as write_text


def plan_text(
    plan: Mapping[str, Any], *, command: str = "", saved: str = "", applied: str = "", tags: Sequence[str] = ()
) -> str:
    """Write the text; see :func:`write_text`."""
    footer = [f"This is the plan in {applied}: nothing has moved since it was saved."] if applied else []
    if saved:
        footer.append(f"Saved in {saved}.")
    if tags:
        footer.append(f"Of the phases, only those that --tags {','.join(tags)} chooses are carried out.")
    if command and not plan["empty"]:
        footer += _what_next(command, saved, applied)
    return write_text(plan, footer)


def _what_next(command: str, saved: str, applied: str) -> list[str]:
    lines = ["Nothing was changed. To carry it out, with the same -e and vault options as this check:", f"  {command}"]
    if saved or applied:
        return [
            *lines,
            "To carry out this and nothing else; it refuses if anything has moved by then:",
            f"  {command} -e sahool_plan_apply={saved or applied}",
        ]
    return [*lines, "To have it approved first, save it: add -e sahool_plan_save=plan.json to this check."]


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"plan_text": plan_text}
