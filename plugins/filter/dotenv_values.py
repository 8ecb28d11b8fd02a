# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``dotenv_values``: the names and values of a ``.env`` file, as Compose reads them."""

from __future__ import annotations

DOCUMENTATION = r"""
name: dotenv_values
short_description: Parse a .env file as Compose does
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Returns the names and values of a C(.env) file. Quotes, escapes, comments and variables are what they are to
    Compose, which is not what they are to a shell.
  - What Compose would take from the environment of whoever calls it is empty.
positional: _input
options:
  _input:
    description: Content of the file.
    type: str
    required: true
  path:
    description: Name of the file, for the message.
    type: str
    default: .env
"""

EXAMPLES = r"""
- name: Show which names a file has
  ansible.builtin.debug:
    msg: "{{ lookup('ansible.builtin.file', '/srv/sahool/.env') | sahool.platform.dotenv_values | list }}"
"""

RETURN = r"""
_value:
  description: Name to value. The values may be secret.
  type: dict
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.dotenv import DotenvError, parse


def dotenv_values(text: str, *, path: str = ".env") -> dict[str, str]:
    """Parse *text*; see :func:`parse`."""
    try:
        return parse(text)
    except DotenvError as error:
        raise AnsibleFilterError(f"{path}: {error}") from None


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"dotenv_values": dotenv_values}
