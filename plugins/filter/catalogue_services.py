# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``catalogue_services``: the services that run, complete."""

from __future__ import annotations

DOCUMENTATION = r"""
name: catalogue_services
short_description: Select the services that run and fill in their entries
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Merges the catalogue with what an inventory adds and overrides, leaves out what is not selected, gives every
    service its host ports and fills in every field that an entry does not name.
  - Ports are given over the whole catalogue, so that leaving a service out never shifts the port of another.
  - Pure. It reads nothing but its arguments.
  - It does not judge. Use P(sahool.platform.catalogue_findings#filter) first.
positional: _input
options:
  _input:
    description: The catalogue, a dictionary of entries by service name in the order of the checklist.
    type: dict
    required: true
  overrides:
    description:
      - Fields that differ, by service name.
      - Dictionaries are merged key by key, lists and other values replace, and V(null) deletes the key.
    type: dict
    default: {}
  extra:
    description: Services that the catalogue does not have, by name.
    type: dict
    default: {}
  exclude:
    description: Names of services that shall not run.
    type: list
    elements: str
    default: []
  optional:
    description:
      - What of the optional services shall run, as classes (V(gpu), V(demo), V(deprecated)) or names of services.
    type: list
    elements: str
    default: []
  registry:
    description: Registry and path of the images of services that name no image.
    type: str
    default: ''
  version:
    description: Tag of the images of services that name no tag.
    type: str
    default: ''
  port_offset:
    description: Added to every host port, so that two platforms can live on one host.
    type: int
    default: 0
  environment_sets:
    description: Environment variables by name of a set, which entries refer to in C(environment_sets).
    type: dict
    default: {}
seealso:
  - plugin: sahool.platform.catalogue_findings
    plugin_type: filter
"""

EXAMPLES = r"""
---
- name: Show the host port of Kong's proxy
  ansible.builtin.debug:
    msg: "{{ (catalogue_services | sahool.platform.catalogue_services(version='v16.0.0')).services.kong.port }}"

- name: Tell what does not run, and why
  ansible.builtin.debug:
    msg: "{{ (catalogue_services | sahool.platform.catalogue_services(optional=['demo'])).left_out }}"
"""

RETURN = r"""
_value:
  description: The selection.
  type: dict
  contains:
    services:
      description:
        - The services that run, by name, in the order of the checklist. Every entry has every key of the schema.
        - C(port) and C(extra_ports.*.port) are host ports with O(port_offset) added; C(port) is V(null) for a service
          that listens nowhere.
        - C(environment) holds the variables of C(environment_sets) and, above them, the entry's own.
        - C(registry_image) is the reference of the registry image, such as C(redis:7.4.1-alpine).
      type: dict
    left_out:
      description: The services that do not run, each with the reason.
      type: dict
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.request import Request


def catalogue_services(
    catalogue: dict[str, Any],
    overrides: dict[str, Any] | None = None,
    extra: dict[str, Any] | None = None,
    exclude: list[str] | None = None,
    optional: list[str] | None = None,
    registry: str = "",
    version: str = "",
    port_offset: int = 0,
    environment_sets: dict[str, dict[str, str]] | None = None,
) -> dict[str, dict[str, Any]]:
    """Return the services that run and those that do not.

    :raises AnsibleFilterError: entries that break the schema, all of them in one message.
    """
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
    )
    broken = request.schema_findings()
    if broken:
        lines = "\n".join(finding.message for finding in broken)
        raise AnsibleFilterError(f"The catalogue has entries that cannot be read:\n{lines}")
    return {"services": request.services(), "left_out": request.left_out}


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"catalogue_services": catalogue_services}
