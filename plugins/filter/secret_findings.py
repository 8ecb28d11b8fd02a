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
  - A secret is letters and digits, a letter first. Such a value survives every URL, shell and configuration file.
  - Shows no value.
positional: _input
options:
  _input:
    description: Secret name to value.
    type: dict
    required: true
  names:
    description: Names that must have a value.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Refuse to start without a password
  ansible.builtin.assert:
    that: sahool_secrets | sahool.platform.secret_findings(names=['POSTGRES_PASSWORD']) | length == 0
"""

RETURN = r"""
_value:
  description: One line for each finding; empty when all is well.
  type: list
  elements: str
  sample: [NATS_PASSWORD has no value, POSTGRES_PASSWORD does not start with a letter; replace the value]
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.sahool.platform.plugins.module_utils._secrets.value import complaint


def secret_findings(secrets: Any, *, names: list[str]) -> list[str]:
    """Return one line for each secret of *names* that is missing or unfit; see :func:`complaint`."""
    if not isinstance(secrets, Mapping):
        return ["sahool_secrets: found no dictionary; expected secret name to value; correct it"]
    missing = [f"{name} has no value" for name in names if secrets.get(name) in (None, "")]
    unfit = [f"{name} {found}" for name in names if (found := _unfit(secrets.get(name)))]
    return missing + unfit


def _unfit(value: Any) -> str | None:
    if value in (None, ""):
        return None
    # Ansible's own kinds of text and number have names that say nothing to an operator.
    return complaint(str(value)) if isinstance(value, str) else "is not a text; put it in quotes"


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"secret_findings": secret_findings}
