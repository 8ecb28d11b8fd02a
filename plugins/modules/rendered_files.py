#!/usr/bin/python
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: rendered_files
short_description: Write many immutable, content-addressed files at once
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Writes files to C(<root>/<digest>/<name>), where the digest stands for all that a reader of the file could notice.
    A changed file is a changed path, which Docker Compose sees where it does not see a changed content.
  - Every content is verified by every call. A file that was tampered with is replaced, and reported as changed.
  - All new files are flushed to the disk before the first takes its name, and each takes it atomically.
attributes:
  check_mode:
    description: Predicts what it would change, and changes nothing, in check mode.
    support: full
  diff_mode:
    description: Shows what changes, or would change, in diff mode.
    support: full
    details:
      - Shows paths, modes and owners, never a content.
  idempotent:
    description: Changes nothing when it is called again with the same options.
    support: full
options:
  root:
    description:
      - Absolute path of the folder that holds the files. It is made when it is missing.
    type: path
    required: true
  files:
    description: The files.
    type: list
    elements: dict
    required: true
    suboptions:
      digest:
        description:
          - Name of the folder below O(root). The module does not compute it, because it may be keyed by a secret.
          - 8 to 128 letters, digits, dots, dashes or underscores.
        type: str
        required: true
      name:
        description: Path of the file in that folder.
        type: str
        required: true
      content:
        description:
          - The text of the file. It is never shown.
          - Anything but a text is an error, so that a text that looks like JSON is not parsed and printed again.
        type: raw
        required: true
      mode:
        description: Mode of the file in octal, quoted.
        type: str
        default: "0400"
      uid:
        description: Numeric owner. The user that runs the module when it is not given.
        type: int
      gid:
        description: Numeric group. The group that runs the module when it is not given.
        type: int
  directory_mode:
    description:
      - Mode of O(root) and of all folders below it, in octal, quoted. They belong to the user that runs the module.
      - With the default others can reach a file whose path they know, and list nothing.
    type: str
    default: "0711"
  prune:
    description:
      - Whether to remove the folders below O(root) that neither O(files) nor O(keep) names.
      - What is no folder with a name that a digest may have stays in any case.
    type: bool
    default: false
  keep:
    description: Digests that O(prune=true) leaves, such as those of earlier releases.
    type: list
    elements: str
    default: []
seealso:
  - module: ansible.builtin.copy
"""

EXAMPLES = r"""
---
- name: Write the configuration files of all services
  sahool.platform.rendered_files:
    root: /opt/sahool/files
    files:
      - digest: 3f0c1d8a2b7e
        name: redis.conf
        content: "{{ lookup('ansible.builtin.template', 'redis.conf.j2') }}"
        mode: "0400"
        uid: 999
        gid: 1000

- name: Remove the files that no release uses any more
  sahool.platform.rendered_files:
    root: /opt/sahool/files
    files: []
    prune: true
    keep: [3f0c1d8a2b7e]
"""

RETURN = r"""
written:
  description: Paths of files that were missing or differed, and of folders that were missing.
  returned: success
  type: list
  elements: str
  sample: [/opt/sahool/files/3f0c1d8a2b7e, /opt/sahool/files/3f0c1d8a2b7e/redis.conf]
corrected:
  description: Paths of files and folders whose mode or owner differed.
  returned: success
  type: list
  elements: str
pruned:
  description: Paths of folders that were removed.
  returned: success
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.sahool.platform.plugins.module_utils._files.tree import Changes, Tree, TreeError
from ansible_collections.sahool.platform.plugins.module_utils._files.wish import (
    FILE_OPTIONS,
    WishError,
    read_mode,
    read_wishes,
)


def diff(changes: Changes) -> dict[str, str]:
    """Return before and after, one line for each changed path."""
    return {
        "before": "".join(f"{path}: {state}\n" for path, state in changes.before.items()),
        "after": "".join(f"{path}: {state}\n" for path, state in changes.after.items()),
    }


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "root": {"type": "path", "required": True},
            "files": {"type": "list", "elements": "dict", "required": True, "options": FILE_OPTIONS},
            "directory_mode": {"type": "str", "default": "0711"},
            "prune": {"type": "bool", "default": False},
            "keep": {"type": "list", "elements": "str", "default": [], "no_log": False},
        },
        supports_check_mode=True,
    )
    params = module.params
    try:
        wishes = read_wishes(params["root"], params["files"])
        tree = Tree(params["root"], read_mode(params["directory_mode"]), check=module.check_mode)
        tree.apply(wishes)
        if params["prune"]:
            tree.prune({wish.digest for wish in wishes} | set(params["keep"]))
    except (WishError, TreeError) as error:
        module.fail_json(msg=str(error))
    changes = tree.changes
    module.exit_json(
        changed=bool(changes),
        written=changes.written,
        corrected=changes.corrected,
        pruned=changes.pruned,
        # Ansible shows a diff that is returned, also where the task says `diff: false`.
        **({"diff": diff(changes)} if module._diff else {}),
    )


if __name__ == "__main__":
    main()
