# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``secret_findings``: which secrets are missing or unfit."""

from __future__ import annotations

DOCUMENTATION = r"""
name: secret_findings
short_description: Find which secrets are missing or unfit
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Judges values as M(sahool.platform.secrets_audit) does, within the controller and in no time.
  - Either tells what keeps the platform from starting, which is a value that is missing, a placeholder or a known
    default, or that one of its consumers does not read as what it is; or all the rest, which is for the operator to
    mend (length, chance, the user's name in it, one value for several).
  - Shows no value.
positional: _input
options:
  _input:
    description: Secret name to value.
    type: dict
    required: true
  policy:
    description: What is asked of each secret, as O(sahool.platform.secrets_audit#module:policy).
    type: list
    elements: dict
    required: true
  minimum_length:
    description: As O(sahool.platform.secrets_audit#module:minimum_length).
    type: int
    default: 24
  stopping:
    description: Whether to tell what keeps the platform from starting, or the rest.
    type: bool
    default: true
seealso:
  - module: sahool.platform.secrets_audit
"""

EXAMPLES = r"""
- name: Refuse to start without a password
  ansible.builtin.assert:
    that: findings | length == 0
    fail_msg: "{{ findings | join('\n') }}"
  vars:
    findings: >-
      {{ sahool_secrets | sahool.platform.secret_findings(
           policy=[{'name': 'POSTGRES_PASSWORD', 'consumers': ['url']}]) }}
"""

RETURN = r"""
_value:
  description: One line for each finding; empty when all is well.
  type: list
  elements: str
  sample: ["NATS_PASSWORD: found no value, expected one; set it"]
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.request import policies
from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.values import findings

STOPPING = {"presence", "default", "characters"}


def secret_findings(
    secrets: Any, *, policy: Sequence[Mapping[str, Any]], minimum_length: int = 24, stopping: bool = True
) -> list[str]:
    """Return one line for each finding; see :func:`findings`."""
    if not isinstance(secrets, Mapping):
        return ["sahool_secrets: found no dictionary, expected secret name to value; correct it"] if stopping else []
    names = [entry["name"] for entry in policy]
    rules = policies(
        {
            "policy": [{"minimum_length": None, "consumers": [], "user": None, **entry} for entry in policy],
            "minimum_length": int(minimum_length),
            "secrets": {},
        }
    )
    found = findings({name: _plain(secrets.get(name)) for name in names}, rules)
    return [one.line().partition(": ")[2] for one in found if (one.check in STOPPING) == stopping]


def _plain(value: Any) -> Any:
    """Return Python's own kind of *value*: the names of Ansible's kinds mean nothing to an operator."""
    return next((kind(value) for kind in (str, bool, int, float, list, dict) if isinstance(value, kind)), value)


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"secret_findings": secret_findings}
