#!/usr/bin/python
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment_journal
short_description: Write a line into the journal of deployments
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Adds one line of JSON to a file, by one write, and flushes it to the disk. Nothing that stands in the file is
    touched. A line that a killed run left torn off stays, and the entry begins on a new line.
  - It never reports a change, so that a run which finds nothing to change can be written down as such.
notes:
  - An action plugin of the same name runs on the controller and fills in C(user), C(controller), C(awx_job),
    C(playbook) and C(end) where O(entry) does not have them. With a local connection and without become it does the
    work itself.
attributes:
  check_mode:
    description: Can run in check mode without changing what would happen outside of it.
    support: full
    details:
      - It checks the entry and writes nothing.
  diff_mode:
    description: Shows what changes, or would change, in diff mode.
    support: none
  idempotent:
    description: Changes nothing when it is called again with the same options.
    support: none
    details:
      - Every call adds a line.
options:
  path:
    description:
      - The journal. The folder of the file is made, for its owner alone, when it is missing.
    type: path
    required: true
  copies:
    description:
      - Further files that get the same line, such as one in the folder of the release. Where that folder is missing the
        copy is left out.
    type: list
    elements: path
    default: []
  entry:
    description:
      - The entry. C(result) is required, one of V(unchanged), V(deployed), V(partly), V(removed), V(failed),
        V(interrupted) and V(refused).
      - C(id) is the run, by the id of its lock. C(begin) and C(end) are UTC, such as V(2026-11-23T17:34:02Z).
        C(seconds) is computed from them when it is not given.
      - An entry with V(interrupted) is left out when the newest line is of the same C(id). That run was killed after
        it had written its own line.
      - C(user), C(controller), C(awx_job), C(playbook), C(tags), C(environment) and C(project) say who ran what.
      - C(from) and C(to) are the releases before and after.
      - C(phases) is a list of mappings with C(phase), C(host), C(seconds) and C(touched). C(total) may stand for
        C(seconds), and a list for its length.
      - C(failed) is a list of mappings with C(host), C(phase), C(task), C(services) and C(message). Of the message,
        the first line is kept.
      - C(found) is what an earlier run left, as a text or as RV(sahool.platform.deployment_lock#module:taken_over).
      - Any other field is an error. The entry must hold no secret.
    type: dict
    required: true
seealso:
  - module: sahool.platform.deployment_journal_info
  - module: sahool.platform.deployment_lock
"""

EXAMPLES = r"""
---
- name: Write the journal
  sahool.platform.deployment_journal:
    path: /opt/sahool/state/journal.jsonl
    copies:
      - /opt/sahool/releases/20261123T142100Z-1f2e3d4c/journal.jsonl
    entry:
      id: 3f2a9c17d0aa
      begin: "2026-11-23T14:21:00Z"
      environment: production
      project: sahool
      from: 20261101T090000Z-99aa00bb
      to: 20261123T142100Z-1f2e3d4c
      result: deployed
      phases:
        - phase: 1 data
          host: core
          seconds: 12.4
          touched: 3
"""

RETURN = r"""
entry:
  description:
    - The line that was written, or would be, with all its fields.
  returned: success
  type: dict
  sample: {"id": "3f2a9c17d0aa", "result": "deployed", "seconds": 33.4}
torn:
  description:
    - The files whose last line was torn off.
  returned: success
  type: list
  elements: str
left_out:
  description:
    - The O(copies) whose folder is missing.
  returned: success
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.sahool.platform.plugins.module_utils._journal.file import JournalError
from ansible_collections.sahool.platform.plugins.module_utils._journal.request import OPTIONS, perform


def main() -> None:
    """Run the module."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    try:
        module.exit_json(**perform(module.params, module.check_mode))
    except JournalError as error:
        module.fail_json(msg=str(error))


if __name__ == "__main__":
    main()
