# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``service_addresses``: under which name and port one host's containers reach every service."""

from __future__ import annotations

DOCUMENTATION = r"""
name: service_addresses
short_description: Tell how the containers of one host reach every service
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - The name and the container's port on the same host, the name and the published port across hosts.
positional: _input
options:
  _input:
    description: Services of the whole platform, as RV(sahool.platform.catalogue_services#filter:_value) has them.
    type: dict
    required: true
  host:
    description: Inventory name of the host whose containers are the consumers.
    type: str
    required: true
  placement:
    description: Service name to inventory host name, as P(sahool.platform.service_placement#filter) returns it.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show how this host's containers reach the pool
  ansible.builtin.debug:
    msg: >-
      {{ (catalogue_result.services
          | sahool.platform.service_addresses(host=inventory_hostname, placement=release_placement)).pgbouncer }}
"""

RETURN = r"""
_value:
  description: Service name to C(host), C(port) and C(ports) (port name to port number).
  type: dict
"""

from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._plan.addresses import addresses_from


def service_addresses(
    services: dict[str, dict[str, Any]], *, host: str, placement: dict[str, str]
) -> dict[str, dict[str, Any]]:
    """Tell how *host*'s containers reach every service; see :func:`addresses_from`."""
    return addresses_from(host, services, placement)


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"service_addresses": service_addresses}
