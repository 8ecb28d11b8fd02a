# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``openpgp_fingerprints``: which keys a file holds."""

from __future__ import annotations

DOCUMENTATION = r"""
name: openpgp_fingerprints
short_description: Tell the fingerprints of the keys in a file
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Returns the fingerprint of every primary key in an ASCII-armored file of public keys. Needs no gpg.
positional: _input
options:
  _input:
    description: Content of the file.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Hold a key to its fingerprint
  ansible.builtin.assert:
    that: lookup('ansible.builtin.file', 'docker.asc') | sahool.platform.openpgp_fingerprints == [fingerprint]
"""

RETURN = r"""
_value:
  description: The fingerprints, in capitals and without blanks.
  type: list
  elements: str
  sample: [9DC858229FC7DD38854AE2D88D81803C0EBFCD88]
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.sahool.platform.plugins.plugin_utils._openpgp.fingerprint import KeyFileError, fingerprints


def openpgp_fingerprints(text: str) -> list[str]:
    """Tell the fingerprints; see :func:`fingerprints`."""
    try:
        return fingerprints(text)
    except KeyFileError as error:
        raise AnsibleFilterError(f"No public key can be read: {error}") from None


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"openpgp_fingerprints": openpgp_fingerprints}
