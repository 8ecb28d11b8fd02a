# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lookup ``service_files``: the configuration files of many services in one go."""

from __future__ import annotations

DOCUMENTATION = r"""
name: service_files
short_description: Render the configuration files of services
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Renders the templates that the catalogue names for each service.
  - A template sees C(service) (its catalogue entry), C(addresses), C(routes) and C(sahool_secrets), and nothing else.
    That makes it fast. P(ansible.builtin.template#lookup) copies all variables of the play for every single file.
options:
  _terms:
    description: One dictionary of complete catalogue entries by service name.
    required: true
  templates:
    description: Folder that the names of the templates are relative to.
    type: path
    required: true
  addresses:
    description: How the consumer reaches every service, as P(sahool.platform.service_addresses#filter) returns it.
    type: dict
    required: true
  secrets:
    description: Secret name to value.
    type: dict
    required: true
notes:
  - What it returns holds secrets, so that a task which keeps it needs C(no_log).
seealso:
  - plugin: sahool.platform.host_plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Render the configuration of the services
  ansible.builtin.set_fact:
    rendered: >-
      {{ lookup('sahool.platform.service_files', catalogue_result.services, templates=role_path ~ '/templates',
                addresses=addresses, secrets=sahool_secrets) }}
  no_log: true
"""

RETURN = r"""
_raw:
  description: One dictionary, service name to path in the container to text.
  type: list
  elements: dict
"""

import os
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

try:
    from ansible.template import trust_as_template
except ImportError:  # before ansible-core 2.19 every text was a template

    def trust_as_template(value: str) -> str:
        """Return *value*."""
        return value


GATEWAY_PROXIES = "application_tier"


class LookupModule(LookupBase):
    """Render templates with few variables."""

    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        """Return one dictionary: service name to target path to text.

        :raises AnsibleLookupError: a template is missing or cannot be rendered.
        """
        self.set_options(var_options=variables, direct=kwargs)
        services = terms[0]
        shared = {
            "addresses": self.get_option("addresses"),
            "sahool_secrets": self.get_option("secrets"),
            "routes": routes(services, self.get_option("addresses")),
        }
        return [
            {
                name: {target: self._render(name, entry, file["template"], shared) for target, file in files.items()}
                for name, entry in services.items()
                if (files := entry["files"])
            }
        ]

    def _render(self, name: str, entry: dict[str, Any], template: str, shared: dict[str, Any]) -> str:
        path = os.path.join(self.get_option("templates"), template)
        try:
            with open(path, encoding="utf-8") as file:
                text = trust_as_template(file.read())
            templar = self._templar.copy_with_new_env(available_variables={**shared, "service": entry})
            return str(templar.template(text, preserve_trailing_newlines=True, escape_backslashes=False))
        except OSError as error:
            raise AnsibleLookupError(f"{name}: template {path} cannot be read: {error.strerror}") from None
        except Exception as error:
            # Not chained: Ansible shows the causes too, in spite of no_log, and a cause may quote a value.
            reason = without_secrets(str(error), shared["sahool_secrets"])
            raise AnsibleLookupError(f"{name}: template {template} cannot be rendered: {reason}") from None


def without_secrets(text: str, secrets: dict[str, str]) -> str:
    """Return *text* with every value of *secrets* replaced by its name."""
    for name, value in secrets.items():
        if value:
            text = text.replace(str(value), f"<{name}>")
    return text


def routes(services: dict[str, Any], addresses: dict[str, Any]) -> list[dict[str, str]]:
    """Return what the gateway proxies: the applications that listen, each below a path of its own name."""
    return [
        {"service": name, "path": f"/{name}"}
        for name, entry in services.items()
        if entry["tier"] == GATEWAY_PROXIES and addresses[name]["port"]
    ]
