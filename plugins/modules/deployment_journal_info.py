#!/usr/bin/python
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment_journal_info
short_description: Read the journal of deployments
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Reads what M(sahool.platform.deployment_journal) wrote. Lines that hold no entry are returned besides, not hidden.
attributes:
  check_mode:
    description: Can run in check mode without changing what would happen outside of it.
    support: full
  diff_mode:
    description: Returns details on what has changed.
    support: none
    details: The module changes nothing.
options:
  path:
    description: The journal. A file that is missing is a journal without entries.
    type: path
    required: true
  limit:
    description: How many entries to return, the newest. V(0) returns all.
    type: int
    default: 20
seealso:
  - module: sahool.platform.deployment_journal
  - plugin: sahool.platform.journal_table
    plugin_type: filter
"""

EXAMPLES = r"""
---
- name: Read the last entry
  sahool.platform.deployment_journal_info:
    path: /opt/sahool/state/journal.jsonl
    limit: 1
  register: journal

- name: Show its result
  ansible.builtin.debug:
    msg: "{{ journal.entries[0].result }}"
"""

RETURN = r"""
entries:
  description:
    - The entries, oldest first, with the fields of O(sahool.platform.deployment_journal#module:entry).
  returned: success
  type: list
  elements: dict
torn:
  description:
    - The lines among them that hold no entry, such as one that a killed run left torn off.
  returned: success
  type: list
  elements: dict
  contains:
    line:
      description: Number of the line, counted from 1.
      type: int
    text:
      description: Its first 120 characters.
      type: str
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.sahool.platform.plugins.module_utils._journal.file import JournalError, read


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "required": True},
            "limit": {"type": "int", "default": 20},
        },
        supports_check_mode=True,
    )
    if module.params["limit"] < 0:
        module.fail_json(msg=f"limit is {module.params['limit']}, expected a number of entries, or 0 for all")
    try:
        entries, torn = read(module.params["path"], module.params["limit"])
    except JournalError as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=False, entries=entries, torn=torn)


if __name__ == "__main__":
    main()
