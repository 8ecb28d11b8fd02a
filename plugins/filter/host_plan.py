# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``host_plan``: the deployment plan of one host."""

from __future__ import annotations

DOCUMENTATION = r"""
name: host_plan
short_description: Make the deployment plan of one host
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Computes, from the complete catalogue and the inventory, what one host runs, its Compose model, the files
    that its containers read, the order in which they start and the gates that they pass.
  - Pure. It reads nothing but its arguments, and the same arguments give the same plan.
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
  host_addresses:
    description: Inventory host name to the private address by which other hosts reach it.
    type: dict
    default: {}
  project:
    description: Name of the Compose project.
    type: str
    required: true
  files_root:
    description: Absolute path below which content-addressed files lie on the host.
    type: str
    required: true
  cpu_cap:
    description: Cores of the host, to cap CPU limits at. Limits stay as they are when it is not given.
    type: float
  rendered:
    description: Service name to path in the container to text of the rendered configuration file.
    type: dict
    default: {}
  images:
    description: Service name to image, as M(sahool.platform.service_images) returns them.
    type: dict
    required: true
  secrets:
    description: Secret name to value.
    type: dict
    required: true
  settings:
    description: Setting name to value.
    type: dict
    default: {}
  secret_settings:
    description: Names of the settings whose values are secret.
    type: list
    elements: str
    default: []
  recorded:
    description: Service name to image source and major version, as M(sahool.platform.release_info) returns them.
    type: dict
    default: {}
  adopted:
    description:
      - Service name to what it adopted of another Compose project, as M(sahool.platform.release_info) returns it.
    type: dict
    default: {}
  env:
    description: The C(.env) that is written beside the model for the platform's own tools. Only its digest is planned.
    type: str
    default: ""
  certificates:
    description:
      - Service name to C(folder) and C(fingerprint) of its certificate on the host, as the role
        P(sahool.platform.certificates#role) leaves them.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Make the plan of this host
  ansible.builtin.set_fact:
    release_plan: >-
      {{ catalogue_result.services | sahool.platform.host_plan(
           host=inventory_hostname, placement=release_placement, project='sahool',
           files_root='/opt/sahool/files', images=images_result, secrets=sahool_secrets) }}
  no_log: true
"""

RETURN = r"""
_value:
  description:
    - The plan, with the keys C(project), C(services), C(compose), C(compose_path), C(digest), C(files), C(steps),
      C(gates), C(soft_dependencies), C(volumes), C(images), C(image_record), C(file_names), C(environment_digest) and
      C(env_digest).
    - C(files) and C(gates) hold secrets, so that a task which keeps the plan needs C(no_log).
  type: dict
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.sahool.platform.plugins.plugin_utils._plan.errors import PlanError
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.host import Site
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.host import host_plan as make_plan
from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.entries import versions, with_adopted


def host_plan(
    services: dict[str, dict[str, Any]],
    *,
    host: str,
    placement: dict[str, str],
    project: str,
    files_root: str,
    images: dict[str, Any],
    secrets: dict[str, str],
    host_addresses: dict[str, str] | None = None,
    cpu_cap: float | None = None,
    rendered: dict[str, dict[str, str]] | None = None,
    settings: dict[str, Any] | None = None,
    secret_settings: list[str] | None = None,
    recorded: dict[str, dict[str, Any]] | None = None,
    adopted: dict[str, dict[str, Any]] | None = None,
    env: str = "",
    certificates: dict[str, dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Make the plan of one host; see :func:`make_plan`."""
    site = Site(host, placement, host_addresses or {}, project, files_root, float(cpu_cap) if cpu_cap else None)
    try:
        return make_plan(
            with_adopted(services, adopted or {}),
            site,
            rendered=rendered or {},
            images=images,
            secrets=secrets,
            settings=settings or {},
            secret_settings=secret_settings or [],
            recorded={**versions(adopted or {}), **(recorded or {})},
            env=env,
            certificates=certificates,
        )
    except PlanError as error:
        raise AnsibleFilterError(f"No plan can be made for {host}:\n{error}") from None


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"host_plan": host_plan}
