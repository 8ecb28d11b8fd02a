# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``build_context_digest``: the digest of a build context on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
name: build_context_digest
short_description: Compute the digest of a build context
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Computes a SHA-256 over the names, executable bits and contents of all files of a folder on the controller.
    The same context has the same digest on every machine.
  - Folders named C(__pycache__) do not count.
positional: _input
options:
  _input:
    description: Path of the folder. It holds a Dockerfile.
    type: path
    required: true
  further:
    description: What else goes into the image, such as the checksum of a download.
    type: str
    default: ''
"""

EXAMPLES = r"""
- name: Show the tag of the embedded Redis
  ansible.builtin.debug:
    msg: "sahool-embedded/redis:8-{{ ((contexts ~ '/redis') | sahool.platform.build_context_digest)[:12] }}"
"""

RETURN = r"""
_value:
  description: The digest, 64 hexadecimal digits.
  type: str
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.sahool.platform.plugins.plugin_utils._images.context import ContextError, context_digest


def build_context_digest(folder: str, *, further: str = "") -> str:
    """Return the digest of *folder*; see :func:`context_digest`."""
    try:
        return context_digest(folder, further)
    except (ContextError, OSError) as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"build_context_digest": build_context_digest}
