#!/usr/bin/python
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: secrets_file
short_description: Generate missing secrets in a file and return all of them
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Makes sure that a file holds a value for every name, and returns the values.
  - A missing value is made of letters and digits with a letter first, from the system's cryptographic source. Such a
    value needs no quoting in URLs, configuration files and shells.
  - A value that is known from elsewhere can be handed over instead of being made.
  - A value that is there is kept, and so is everything else in the file, comments included. Nothing is ever removed.
  - The file has mode V(0600) and belongs to the user that runs the module, or is encrypted by Ansible Vault. It is
    replaced atomically.
  - Beside the values a ledger can be kept, which says when each secret got its value.
attributes:
  check_mode:
    description: Predicts what it would change, and changes nothing, in check mode.
    support: full
    details:
      - Nothing is written. Missing values are returned as values that no real run will make.
  diff_mode:
    description: Shows what changes, or would change, in diff mode.
    support: full
    details:
      - Shows the names of the new secrets, never a value.
  idempotent:
    description: Changes nothing when it is called again with the same options.
    support: full
options:
  path:
    description:
      - Path of the file. A path that ends in C(.json) is read and written as JSON, any other as YAML.
      - Its folder is made with mode V(0700) when it is missing.
    type: path
    required: true
  names:
    description: Names of the secrets.
    type: list
    elements: str
    required: true
  length:
    description: Length of a new secret, at least 16.
    type: int
    default: 32
  generate:
    description: Whether to generate missing values. With V(false) they are an error, which names all of them.
    type: bool
    default: true
  known:
    description:
      - Values to write for names that the file lacks, instead of generating them. Names that are not among O(names) are
        left out.
      - It is an error when the file has another value for one of them.
    type: dict
    default: {}
  vault:
    description:
      - The file is encrypted by Ansible Vault, with the vault password of the run.
      - A file that is there and not encrypted is an error. An existing file keeps its vault id.
      - The file lies on the controller then, whatever the host, and is written by the user who runs the playbook.
    type: bool
    default: false
  variable:
    description: The values stand below this key of the file, as a variable of an inventory. Other keys stay.
    type: str
  held:
    description:
      - Names that the caller has values of already. It is an error when the file lacks one of them, since then it comes
        from another source, which a value in the file would hide or be hidden by.
    type: list
    elements: str
    default: []
  ledger:
    description:
      - A file that says since when each secret has its value, as a variable C(sahool_secrets_created) of an inventory.
        It holds no value, and may be committed.
      - A secret that was generated, or that has another value than at the last run, is from today. One that came from
        elsewhere has no date.
    type: path
  ledger_key:
    description:
      - Name of the secret that keys the marks of the ledger, by which changed values are noticed. One of O(names).
      - Required with O(ledger).
    type: str
requirements:
  - PyYAML, unless O(path) ends in C(.json)
notes:
  - RV(secrets) and O(known) hold the values. A task with this module needs C(no_log=true).
  - An action plugin of the same name does the work on the controller where that is the host, without a module process.
"""

EXAMPLES = r"""
---
- name: Read the secrets of the platform, and generate what is missing
  sahool.platform.secrets_file:
    path: /opt/sahool/secrets.yml
    names:
      - POSTGRES_PASSWORD
      - REDIS_PASSWORD
  no_log: true
  register: secrets_generated

- name: Demand that all secrets are there
  sahool.platform.secrets_file:
    path: /opt/sahool/secrets.yml
    names:
      - POSTGRES_PASSWORD
    generate: false
  no_log: true

- name: Generate what an inventory lacks, into its vault
  sahool.platform.secrets_file:
    path: "{{ inventory_dir }}/group_vars/all/secrets.yml"
    vault: true
    variable: sahool_secrets
    names:
      - SAHOOL_DIGEST_KEY
      - POSTGRES_PASSWORD
    held: "{{ sahool_secrets | default({}) | list }}"
    ledger: "{{ inventory_dir }}/group_vars/all/secrets_created.yml"
    ledger_key: SAHOOL_DIGEST_KEY
  delegate_to: localhost
  become: false
  no_log: true
"""

RETURN = r"""
secrets:
  description:
    - The value of each of O(names). These are the secrets themselves.
  returned: success
  type: dict
imported:
  description: Names of the secrets that were taken from O(known), or in check mode would be.
  returned: success
  type: list
  elements: str
  sample: [POSTGRES_PASSWORD]
generated:
  description: Names of the secrets that were generated, or in check mode would be.
  returned: success
  type: list
  elements: str
  sample: [REDIS_PASSWORD]
created:
  description: The day on which each secret got its value, V(null) where nobody knows it. Empty without O(ledger).
  returned: success
  type: dict
  sample: {REDIS_PASSWORD: "2026-11-26"}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.sahool.platform.plugins.module_utils._secrets.provide import OPTIONS, ProvideError, perform


def main() -> None:
    """Run the module. A vault-encrypted file never comes here: its action plugin does the work."""
    module = AnsibleModule(
        argument_spec=OPTIONS, required_together=[("ledger", "ledger_key")], supports_check_mode=True
    )
    if module.params["vault"]:
        module.fail_json(msg=f"{module.params['path']}: only the action plugin has the vault password of the run")
    try:
        result = perform(module.params, module.check_mode)
    except ProvideError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
