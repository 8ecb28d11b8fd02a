# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``image_requests``: from the catalogue to the options of ``service_images``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: image_requests
short_description: Make the options of service_images from the catalogue
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Names the image of each service, from the registry and as the embedded default, and the builds of the latter.
  - An embedded image is called C(sahool-embedded/<name>:<major>-<12 digits of the digest of its build context>), so
    that a changed build context is a changed tag. The reference image takes the names of the services that it stands
    for.
positional: _input
options:
  _input:
    description: Complete catalogue entries by service name.
    type: dict
    required: true
  contexts:
    description: Folder of the build contexts on the controller.
    type: path
    required: true
  home:
    description: Folder of the build contexts on the managed host.
    type: path
    required: true
  recipes:
    description:
      - Name of an embedded image to C(folder) (of its context, the same name by default), C(target) (stage of its
        Dockerfile) and C(sha256) (of what is downloaded into the context).
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Get the images of all services
  sahool.platform.service_images:
    source: build
    log_path: /opt/sahool/build
    images: "{{ requests.images }}"
    builds: "{{ requests.builds }}"
  vars:
    requests: "{{ services | sahool.platform.image_requests(contexts=role_path ~ '/files', home='/opt/sahool/build') }}"
"""

RETURN = r"""
_value:
  description: The options C(images) and C(builds) of M(sahool.platform.service_images).
  type: dict
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.sahool.platform.plugins.plugin_utils._images.context import ContextError
from ansible_collections.sahool.platform.plugins.plugin_utils._images.requests import image_requests as make_requests


def image_requests(
    services: dict[str, dict[str, Any]],
    *,
    contexts: str,
    home: str,
    recipes: dict[str, dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Return the options ``images`` and ``builds``; see :func:`make_requests`."""
    try:
        return make_requests(services, contexts, home, recipes or {})
    except (ContextError, OSError) as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"image_requests": image_requests}
