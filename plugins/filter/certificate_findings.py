# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``certificate_findings``: what is wrong with the variables that certificates are made by."""

from __future__ import annotations

DOCUMENTATION = r"""
name: certificate_findings
short_description: Find what is wrong with the variables of certificates before anything starts
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Checks that the variables of the role P(sahool.platform.certificates#role) name services that have a certificate,
    names and addresses that can stand in one, and all files of an external one. Reads no file.
positional: _input
options:
  _input:
    description: Services of the whole platform, as RV(sahool.platform.catalogue_services#filter:_value) has them.
    type: dict
    required: true
  chosen:
    description: Services that get a certificate.
    type: raw
    default: []
  names:
    description: Service name to names and addresses.
    type: raw
    default: {}
  external:
    description: Service name to the files of an external certificate.
    type: raw
    default: {}
  reissue:
    description: Names of certificates that are issued anew.
    type: list
    elements: str
    default: []
  valid_days:
    description: How long a certificate is valid.
    type: int
    default: 397
  window_days:
    description: How many days before its end it is replaced.
    type: int
    default: 30
"""

EXAMPLES = r"""
- name: Check the variables of certificates
  ansible.builtin.assert:
    that: findings | length == 0
  vars:
    findings: >-
      {{ catalogue_result.services | sahool.platform.certificate_findings(names={'kong': ['api.example.com']}) }}
"""

RETURN = r"""
_value:
  description: A line for each finding, none when all is in order.
  type: list
  elements: str
"""

from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._certificates.findings import (
    certificate_findings as find,
)


def certificate_findings(
    services: dict[str, dict[str, Any]],
    *,
    chosen: Any = (),
    names: Any = None,
    external: Any = None,
    reissue: list[str] | None = None,
    valid_days: int = 397,
    window_days: int = 30,
) -> list[str]:
    """Return what is wrong; see :func:`find`."""
    return find(
        services,
        chosen=list(chosen) if isinstance(chosen, (list, tuple)) else chosen,
        names={} if names is None else names,
        external={} if external is None else external,
        reissue=reissue or [],
        days=(int(valid_days), int(window_days)),
    )


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"certificate_findings": certificate_findings}
