# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``certificates_due``: what is to be done about the certificates of a host."""

from __future__ import annotations

DOCUMENTATION = r"""
name: certificates_due
short_description: Tell which certificates of a host are to be issued
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Puts together what M(sahool.platform.certificates_audit) found on a host and what it found of the authority, which
    another host may keep. Certificates of an authority that was replaced are to be issued anew.
  - Pure.
positional: _input
options:
  _input:
    description: What M(sahool.platform.certificates_audit) returned on the host.
    type: dict
    required: true
  authority:
    description: RV(sahool.platform.certificates_audit#module:authority) of the host that keeps it.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Note what is due
  ansible.builtin.set_fact:
    certificates_due: "{{ audit | sahool.platform.certificates_due(authority=audit.authority) }}"
"""

RETURN = r"""
_value:
  description:
    - C(issue) and C(install), names of the platform's own and of external certificates that are due, and C(pending),
      both together. C(authority), whether one is to be made.
    - C(result), service to C(folder), C(fingerprint), C(serial) and C(not_after); the latter three are empty while a
      certificate is due.
  type: dict
"""

from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._certificates.due import certificates_due as find_due


def certificates_due(audit: dict[str, Any], *, authority: dict[str, Any]) -> dict[str, Any]:
    """Tell what is due; see :func:`find_due`."""
    return find_due(audit, authority)


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"certificates_due": certificates_due}
