# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lookup ``deployment_record``: what the callback has written down of this run."""

from __future__ import annotations

DOCUMENTATION = r"""
name: deployment_record
short_description: Read the record of this run
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Reads what P(sahool.platform.deployment#callback) writes down while the playbook runs.
options:
  _terms:
    description:
      - What to return of the record.
      - V(phases) is the phases that have ended by now.
      - V(path) is the folder of the record, or an empty text where the callback is not active.
    type: list
    elements: str
    choices: [phases, path]
    required: true
seealso:
  - plugin: sahool.platform.deployment
    plugin_type: callback
"""

EXAMPLES = r"""
- name: Show how long each phase took
  ansible.builtin.debug:
    msg: "{{ lookup('sahool.platform.deployment_record', 'phases') | items2dict('phase', 'total') }}"
"""

RETURN = r"""
_raw:
  description:
    - One element a term. That of V(phases) is a list of dictionaries, in the order in which the phases ended on their
      hosts. Each has C(phase); C(host); C(queue), C(start), C(gate) and C(total) in seconds; C(slowest), a dictionary
      of C(service) and C(seconds), or null; C(services) and C(touched), lists of names; and C(failed).
  type: list
  elements: raw
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.sahool.platform.plugins.plugin_utils._progress import record

FIX = "export ANSIBLE_CALLBACKS_ENABLED=sahool.platform.deployment"


class LookupModule(LookupBase):
    """Read the record."""

    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        """Return one element for each of *terms*.

        :raises AnsibleLookupError: a term is unknown, or there is no record.
        """
        return [self._read(term) for term in terms]

    def _read(self, term: Any) -> Any:
        folder = record.of_this_run()
        if term == "path":
            return folder or ""
        if term != "phases":
            raise AnsibleLookupError(f"deployment_record has no {term!r}, it has 'phases' and 'path'")
        if folder is None:
            raise AnsibleLookupError(
                f"There is no record of this run, for the callback sahool.platform.deployment is not active: {FIX}"
            )
        try:
            return record.read_phases(folder)
        except OSError as error:
            raise AnsibleLookupError(f"The record of this run cannot be read: {error}") from error
