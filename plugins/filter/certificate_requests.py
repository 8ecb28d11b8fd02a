# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``certificate_requests``: the certificates that a host needs."""

from __future__ import annotations

DOCUMENTATION = r"""
name: certificate_requests
short_description: Tell which certificates a host needs, and for which names
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Computes, from the catalogue and the inventory, the certificates of the services that run on a host, each with the
    names and addresses by which the service is reached. These are its name in the Compose network, that of its
    container, the host's names and addresses, the loopback, and what is given besides.
  - Pure.
positional: _input
options:
  _input:
    description: Services of the whole platform, as RV(sahool.platform.catalogue_services#filter:_value) has them.
    type: dict
    required: true
  host:
    description: Inventory name of the host.
    type: str
    required: true
  placement:
    description: Service name to inventory host name, as P(sahool.platform.service_placement#filter) returns it.
    type: dict
    required: true
  project:
    description: Name of the Compose project.
    type: str
    required: true
  known_as:
    description: Names and addresses of the host. Empty ones are left out.
    type: list
    elements: str
    default: []
  chosen:
    description: Services that get a certificate, beside those whose containers read one; all when it is empty.
    type: list
    elements: str
    default: []
  names:
    description: Service name to further names and addresses by which it is reached.
    type: dict
    default: {}
  external:
    description:
      - Service name to C(certificate), C(key) and C(authority), files on the host of a certificate that somebody else
        issued. Only O(names) are asked of it.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Check the certificates of this host
  sahool.platform.certificates_audit:
    root: /opt/sahool/certificates
    certificates: >-
      {{ catalogue_result.services | sahool.platform.certificate_requests(
           host=inventory_hostname, placement=release_placement, project='sahool', known_as=[inventory_hostname]) }}
"""

RETURN = r"""
_value:
  description:
    - What M(sahool.platform.certificates_audit) takes as O(sahool.platform.certificates_audit#module:certificates).
  type: list
  elements: dict
"""

from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._certificates.requests import Place
from ansible_collections.sahool.platform.plugins.plugin_utils._certificates.requests import (
    certificate_requests as make_requests,
)


def certificate_requests(
    services: dict[str, dict[str, Any]],
    *,
    host: str,
    placement: dict[str, str],
    project: str,
    known_as: list[str] | None = None,
    chosen: list[str] | None = None,
    names: dict[str, list[str]] | None = None,
    external: dict[str, dict[str, str]] | None = None,
) -> list[dict[str, Any]]:
    """Tell which certificates *host* needs; see :func:`make_requests`."""
    place = Place(host, placement, project, tuple(str(name) for name in known_as or () if name))
    return make_requests(services, place, chosen=chosen or None, names=names or {}, external=external or {})


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"certificate_requests": certificate_requests}
