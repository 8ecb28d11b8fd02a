# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``takeover_adoption``: what of another project's volumes and values the platform goes on with."""

from __future__ import annotations

DOCUMENTATION = r"""
name: takeover_adoption
short_description: Decide what is adopted of another Compose project
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Decides, from what a host has of a Compose project and from the catalogue, on which volumes the services of the
    platform run, and how their servers find the data in them.
  - Returns everything that speaks against it at once. Each finding names the thing, what was found and what to do; what
    an operator may want to lose can be accepted by its name.
  - Pure. It reads nothing but its arguments.
positional: _input
options:
  _input:
    description: Result of M(sahool.platform.compose_project_info).
    type: dict
    required: true
  project:
    description: Compose project that is taken over.
    type: str
    required: true
  own_project:
    description: Compose project of the platform.
    type: str
    required: true
  services:
    description: Services of the whole platform, as RV(sahool.platform.catalogue_services#filter:_value) has them.
    type: dict
    required: true
  here:
    description: Names of the services that this host runs.
    type: list
    elements: str
    required: true
  recorded:
    description: Service name to what an earlier run adopted, as M(sahool.platform.release_info) returns it.
    type: dict
    default: {}
  accept:
    description: Findings that the operator has looked at, by name.
    type: list
    elements: str
    default: []
  env:
    description: Names and values of the project's C(.env).
    type: dict
    default: {}
  policy:
    description:
      - The secrets that are taken from O(env), each with C(name) and C(consumers), as
        O(sahool.platform.secrets_audit#module:policy). A value that one of them cannot read is a finding.
    type: list
    elements: dict
    default: []
  bound:
    description: Those of O(policy) that data were made with, by the service that has the data.
    type: dict
    default: {}
  fixed:
    description: Names in O(env) that the platform knows one value of only.
    type: dict
    default: {}
  strict:
    description: Those of O(fixed) that nothing works without.
    type: list
    elements: str
    default: []
  known:
    description: Secrets that the inventory has, to compare O(bound) with.
    type: dict
    default: {}
  settings:
    description: Settings of the catalogue and their values.
    type: dict
    default: {}
  verifier:
    description: What PostgreSQL keeps of the password C(POSTGRES_PASSWORD), to compare O(env) with.
    type: str
    default: ""
  unread:
    description: Why a PostgreSQL that runs did not tell O(verifier), which is a finding.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Decide what is adopted
  ansible.builtin.set_fact:
    adoption: >-
      {{ stock | sahool.platform.takeover_adoption(
           project='sahool-unified', own_project='sahool', services=catalogue_result.services,
           here=release_services_here | list) }}
"""

RETURN = r"""
_value:
  description:
    - C(services) (name to what is adopted), C(containers) and C(volumes) (for the plan), C(left) (volumes that stay
      unused), C(values) (secrets), C(settings) (of O(env), by their names in the catalogue), C(findings) and C(notes).
    - C(values) and C(settings) hold secrets, so that a task which keeps the result needs C(no_log).
  type: dict
"""

from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.adoption import Wish, adopt
from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.findings import Findings
from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.scram import password_complaint
from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.values import (
    differing,
    import_settings,
    import_values,
)

# The one value that can be compared with the data themselves.
COMPARED = "POSTGRES_PASSWORD"


def takeover_adoption(
    info: dict[str, Any],
    *,
    project: str,
    own_project: str,
    services: dict[str, dict[str, Any]],
    here: list[str],
    recorded: dict[str, dict[str, Any]] | None = None,
    accept: list[str] | None = None,
    env: dict[str, str] | None = None,
    policy: list[dict[str, Any]] | None = None,
    bound: dict[str, str] | None = None,
    fixed: dict[str, str] | None = None,
    strict: list[str] | None = None,
    known: dict[str, Any] | None = None,
    settings: dict[str, Any] | None = None,
    verifier: str = "",
    unread: str = "",
) -> dict[str, Any]:
    """Decide what is adopted; see :func:`adopt` and :func:`import_values`."""
    findings = Findings([str(one) for one in accept or []])
    result = adopt(Wish(project, own_project, services, here, recorded or {}), info, findings)
    adopted_now = [name for name in result["services"] if name not in (recorded or {})]
    # A secret is bound to data only where the data are adopted.
    tied = [name for name, service in (bound or {}).items() if service in adopted_now]
    values = import_values(
        env or {},
        names={secret["name"]: secret.get("consumers", []) for secret in policy or []},
        bound=tied,
        fixed=fixed or {},
        strict=strict or [],
        findings=findings,
    )
    for name in differing(values, known or {}, tied):
        findings.stop(
            name,
            "the inventory has another value than the .env, and the data were made with the one of the .env; import it "
            "(playbooks/import.yml)",
        )
    wrong = (
        password_complaint(verifier, str((known or {}).get(COMPARED) or values.get(COMPARED, ""))) if verifier else None
    )
    if wrong:
        findings.stop(COMPARED, wrong)
    if unread:
        findings.ask(
            COMPARED,
            f"could not be compared with the database, which runs and answers: {unread}; a value that it does not have "
            "leaves the platform without its data; mend what it says",
        )
    return {
        **result,
        "values": values,
        "settings": import_settings(env or {}, settings or {}),
        "findings": findings.texts,
        "notes": findings.notes,
    }


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"takeover_adoption": takeover_adoption}
