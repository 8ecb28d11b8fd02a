#!/usr/bin/python
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: vault_copy
short_description: Keep an encrypted copy of a text on the controller, and prove that it can be decrypted
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Writes a file that is encrypted by Ansible Vault, with the vault password of the run in whichever way it was given.
  - The file is written only when what it holds differs. Every run decrypts what lies on the disk, also one that writes
    nothing, and compares it with the text.
attributes:
  check_mode:
    description: Predicts what it would change, and changes nothing, in check mode.
    support: full
  diff_mode:
    description: Shows what changes, or would change, in diff mode.
    support: none
    details:
      - The text is a secret.
  idempotent:
    description: Changes nothing when it is called again with the same options.
    support: full
  action:
    description: Is an action plugin, and does its work on the controller, whatever the host.
    support: full
options:
  path:
    description: The file, on the controller. Its folder is made when it is missing.
    type: path
    required: true
  content:
    description: The text.
    type: str
    required: true
notes:
  - A file that is there and holds no vault text, or one that this run's password does not open, is an error, and stays.
seealso:
  - module: sahool.platform.secrets_file
"""

EXAMPLES = r"""
---
- name: Keep a copy of the .env
  sahool.platform.vault_copy:
    path: "{{ inventory_dir }}/env.vault"
    content: "{{ env_text }}"
  no_log: true
"""

RETURN = r"""
sha256:
  description: SHA-256 of the text, as it was read back out of the file. In check mode of what would be written.
  returned: success
  type: str
  sample: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
"""
