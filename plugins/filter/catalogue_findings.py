# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``catalogue_findings``: everything that is wrong with the catalogue of an inventory."""

from __future__ import annotations

DOCUMENTATION = r"""
name: catalogue_findings
short_description: Find what is wrong with the catalogue before anything starts
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Checks the catalogue together with what an inventory adds, overrides and selects.
  - Looks for unknown keys and wrong values, images that are not pinned, host ports with two owners, unknown or
    circular dependencies and such as are left out, phases in which nothing runs, impossible resources, tokens that
    name nothing, secrets that everybody could read, and fields that contradict each other.
  - An image is pinned by a digest or by a tag with at least three numbers in a row, such as C(3.4.2), C(16-3.4) or
    C(2024-01-16).
  - Returns all findings at once, in the order of the catalogue. Each names service, field, what was found, what was
    expected and what to do.
  - Pure. It reads nothing but its arguments.
positional: _input
options:
  _input:
    description: The catalogue, a dictionary of entries by service name in the order of the checklist.
    type: dict
    required: true
  overrides:
    description: As in P(sahool.platform.catalogue_services#filter).
    type: dict
    default: {}
  extra:
    description: As in P(sahool.platform.catalogue_services#filter).
    type: dict
    default: {}
  exclude:
    description: As in P(sahool.platform.catalogue_services#filter).
    type: list
    elements: str
    default: []
  optional:
    description: As in P(sahool.platform.catalogue_services#filter).
    type: list
    elements: str
    default: []
  registry:
    description: As in P(sahool.platform.catalogue_services#filter).
    type: str
    default: ''
  version:
    description: As in P(sahool.platform.catalogue_services#filter).
    type: str
    default: ''
  port_offset:
    description: As in P(sahool.platform.catalogue_services#filter).
    type: int
    default: 0
  environment_sets:
    description: As in P(sahool.platform.catalogue_services#filter).
    type: dict
    default: {}
  settings:
    description: Names that C({setting:…}) tokens may use. Not checked when it is not given.
    type: list
    elements: str
  secrets:
    description: Names that C({secret:…}) tokens may use. Not checked when it is not given.
    type: list
    elements: str
  phases_required:
    description: Phases in which something must run, even if all of their services are optional.
    type: list
    elements: int
    default: [1, 2, 3]
  hosts:
    description:
      - What the hosts have, as a list of dictionaries with C(name), C(cores), C(memory_mb) and, where a host does not
        run every tier, C(tiers).
      - Resources are not compared with a host when it is not given.
    type: list
    elements: dict
    default: []
seealso:
  - plugin: sahool.platform.catalogue_services
    plugin_type: filter
"""

EXAMPLES = r"""
---
- name: Refuse an image that could change under the same name
  ansible.builtin.assert:
    that: catalogue_messages | length == 0
    fail_msg: "{{ catalogue_messages }}"
  vars:
    catalogue_messages: "{{ catalogue_services | sahool.platform.catalogue_findings(version='v16.0.0') }}"
"""

RETURN = r"""
_value:
  description: One line for each finding; empty when all is well.
  type: list
  elements: str
  sample:
    - "redis: tag: found '7.4-alpine'; expected a digest (sha256:…) or a tag with at least three numbers in a row, such
      as 3.4.2, 16-3.4 or 2024-01-16; pin the tag"
"""

from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.request import Request


def catalogue_findings(
    catalogue: dict[str, Any],
    overrides: dict[str, Any] | None = None,
    extra: dict[str, Any] | None = None,
    exclude: list[str] | None = None,
    optional: list[str] | None = None,
    registry: str = "",
    version: str = "",
    port_offset: int = 0,
    environment_sets: dict[str, dict[str, str]] | None = None,
    settings: list[str] | None = None,
    secrets: list[str] | None = None,
    phases_required: list[int] | None = None,
    hosts: list[dict[str, Any]] | None = None,
) -> list[str]:
    """Return one line for each finding; see the documentation above."""
    request = Request(
        catalogue=catalogue,
        overrides=overrides or {},
        extra=extra or {},
        exclude=exclude or [],
        optional=optional or [],
        registry=registry or "",
        version=version or "",
        port_offset=int(port_offset),
        environment_sets=environment_sets or {},
        settings=settings,
        secrets=secrets,
        phases_required=(1, 2, 3) if phases_required is None else phases_required,
        hosts=hosts or [],
    )
    return [finding.message for finding in request.findings()]


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"catalogue_findings": catalogue_findings}
