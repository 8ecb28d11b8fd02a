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
  - The file has mode V(0600), belongs to the user that runs the module, and is replaced atomically.
attributes:
  check_mode:
    description: Predicts what it would change, and changes nothing, in check mode.
    support: full
    details:
      - Nothing is written. Missing values are returned as placeholders of the right form.
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
requirements:
  - PyYAML, unless O(path) ends in C(.json)
notes:
  - RV(secrets) and O(known) hold the values. A task with this module needs C(no_log=true).
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
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.sahool.platform.plugins.module_utils._secrets.store import SecretStore, StoreError
from ansible_collections.sahool.platform.plugins.module_utils._secrets.value import (
    MINIMUM_LENGTH,
    NAME,
    complaint,
    generate,
    placeholder,
)


def provide(params: dict[str, Any], check: bool) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Return all secrets that *params* name, those among them that are new, and the names of those handed over.

    :raises StoreError: the file cannot be used, a value is unfit, or one is missing and none may be generated.
    """
    path, length = params["path"], params["length"]
    if length < MINIMUM_LENGTH:
        raise StoreError(f"length is {length}, expected at least {MINIMUM_LENGTH}")
    names = list(dict.fromkeys(params["names"]))
    unfit = [name for name in names if not NAME.fullmatch(name)]
    if unfit:
        raise StoreError(f"names must be letters, digits and underscores, a letter first; found {', '.join(unfit)}")
    handed = {name: value for name, value in (params.get("known") or {}).items() if name in names}
    _check_handed(handed)
    store = SecretStore(path)
    if check or not params["generate"]:
        known, missing = _look(store, path, names, handed)
        lacking = [name for name in missing if name not in handed]
        if lacking and not params["generate"]:
            raise StoreError(
                f"{path} lacks {', '.join(lacking)}; add a line 'NAME: value' for each, or allow to generate them"
            )
        new = {name: handed.get(name) or placeholder(length) for name in missing}
        if check or not new:
            return {**known, **new}, new, [name for name in new if name in handed]
    with store.locked():
        known, missing = _look(store, path, names, handed)
        new = {name: handed.get(name) or generate(length) for name in missing}
        if new:
            store.add(new)
    return {**known, **new}, new, [name for name in new if name in handed]


def _check_handed(handed: dict[str, Any]) -> None:
    complaints = [f"{name} {found}" for name, value in handed.items() if (found := complaint(value))]
    if complaints:
        raise StoreError("known has values that cannot be used:\n- " + "\n- ".join(complaints))


def _look(store: SecretStore, path: str, names: list[str], handed: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the values that the file has for *names*, and the names that it lacks."""
    content = store.read()
    known = {name: content[name] for name in names if name in content}
    complaints = [f"{name} {found}" for name, value in known.items() if (found := complaint(value))]
    if complaints:
        raise StoreError(f"{path} holds values that cannot be used:\n- " + "\n- ".join(complaints))
    others = [name for name, value in handed.items() if known.get(name, value) != value]
    if others:
        raise StoreError(
            f"{path} has other values of {', '.join(others)} than those that are handed over; nothing was written. "
            "Remove these lines if no data were made with them, or keep the file and hand nothing over"
        )
    return known, [name for name in names if name not in content]


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "required": True},
            "names": {"type": "list", "elements": "str", "required": True},
            "length": {"type": "int", "default": 32},
            "generate": {"type": "bool", "default": True},
            # Not no_log: the values would be masked in what is returned.
            "known": {"type": "dict", "default": {}},
        },
        supports_check_mode=True,
    )
    try:
        secrets, new, imported = provide(module.params, module.check_mode)
    except StoreError as error:
        module.fail_json(msg=str(error))
    except OSError as error:
        module.fail_json(msg=f"{error.filename or module.params['path']}: {error.strerror}")
    module.exit_json(
        changed=bool(new),
        secrets=secrets,
        imported=imported,
        generated=[name for name in new if name not in imported],
        diff={
            "before": "",
            "after": "".join(f"{name}: {'imported' if name in imported else 'new'}\n" for name in new),
        },
    )


if __name__ == "__main__":
    main()
