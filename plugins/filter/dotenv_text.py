# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``dotenv_text``: a ``.env`` file of names and values, as Compose and shells read it alike."""

from __future__ import annotations

DOCUMENTATION = r"""
name: dotenv_text
short_description: Write a .env file
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - One line for each name, in the order of the names, the value in single quotes. In them neither Compose nor a shell
    replaces anything.
  - A value with a single quote or a line break, which no such line can carry, is an error that names it.
positional: _input
options:
  _input:
    description: Name to value.
    type: dict
    required: true
seealso:
  - plugin: sahool.platform.dotenv_values
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Write a file for a tool
  ansible.builtin.copy:
    dest: /srv/tool/.env
    content: "{{ {'POSTGRES_USER': 'sahool'} | sahool.platform.dotenv_text }}"
    mode: "0600"
"""

RETURN = r"""
_value:
  description: Content of the file.
  type: str
  sample: "POSTGRES_USER='sahool'\n"
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.sahool.platform.plugins.plugin_utils._plan.environment import environment_file
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.errors import PlanError


def dotenv_text(values: dict[str, Any]) -> str:
    """Return the text of a ``.env``; see :func:`environment_file`."""
    try:
        return environment_file(".env", {name: str(value) for name, value in values.items()})
    except PlanError as error:
        raise AnsibleFilterError("; ".join(error.findings)) from None


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"dotenv_text": dotenv_text}
