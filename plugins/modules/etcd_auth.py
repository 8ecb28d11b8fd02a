#!/usr/bin/python

# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: etcd_auth
short_description: Switch on authentication in etcd
version_added: 0.1.0
author:
  - SAHOOL Platform contributors (@sahool)
description:
  - Makes the role V(root) and the user V(root), grants the one to the other and enables authentication, as far as each
    is not so yet.
  - Where authentication is on already, logs in with the given password, and fails when it is another one.
  - Speaks to the JSON gateway of etcd's v3 API, so neither C(etcdctl) nor a library is needed, and the password stands
    in no process list.
attributes:
  check_mode:
    description:
      - Can run in check_mode and return changed status prediction without modifying target.
    support: full
    details:
      - The state of etcd is read, and the password tried where authentication is on. Nothing is changed.
  diff_mode:
    description:
      - Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    support: full
    details:
      - Shows authentication, role and user before and after. Passwords are never shown.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
    details:
      - A run that was interrupted is completed by the next one.
options:
  host:
    description:
      - Name or address of the host, as the managed host reaches it.
    type: str
    default: 127.0.0.1
  port:
    description:
      - Client port of etcd.
    type: int
    default: 2379
  username:
    description:
      - The user that is made. etcd enables authentication only with a user of this name.
    type: str
    choices: [root]
    default: root
  password:
    description:
      - Password of the user.
      - It is not changed where authentication is on.
    type: str
    required: true
  timeout:
    description:
      - Seconds that each request may take.
    type: float
    default: 5.0
seealso:
  - name: Role-based access control
    description: How etcd's users and roles work.
    link: https://etcd.io/docs/v3.5/op-guide/authentication/rbac/
notes:
  - With authentication on, C(etcdctl endpoint health) fails without a user; C(etcdctl endpoint status) does not.
  - Milvus logs in to etcd from 2.4 on.
"""

EXAMPLES = r"""
---
- name: Switch on authentication in the platform's etcd
  sahool.platform.etcd_auth:
    port: 2379
    password: "{{ sahool_secrets.ETCD_ROOT_PASSWORD }}"

- name: See whether the password fits, and change nothing
  sahool.platform.etcd_auth:
    host: etcd.example.internal
    password: "{{ sahool_secrets.ETCD_ROOT_PASSWORD }}"
    timeout: 2
  check_mode: true
"""

RETURN = r"""
enabled:
  description:
    - Whether authentication is on after the task; in check mode, whether it would be.
  returned: success
  type: bool
  sample: true
actions:
  description:
    - What was done, in order; in check mode, what would be.
  returned: success
  type: list
  elements: str
  sample: [create role root, create user root, grant role root to user root, enable authentication]
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._etcd.auth_state import COMPLETE, missing_steps, read_state, take
from ..module_utils._etcd.gateway import EtcdError, Gateway


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "host": {"type": "str", "default": "127.0.0.1"},
            "port": {"type": "int", "default": 2379},
            "username": {"type": "str", "default": "root", "choices": ["root"]},
            "password": {"type": "str", "required": True, "no_log": True},
            "timeout": {"type": "float", "default": 5.0},
        },
        supports_check_mode=True,
    )
    password = module.params["password"]
    if not password:
        module.fail_json(msg="the password is empty; etcd would take it as a user that cannot log in")
    if module.params["timeout"] <= 0:
        module.fail_json(msg="timeout is %g s; expected more than 0 s" % module.params["timeout"])
    gateway = Gateway(module.params["host"], module.params["port"], module.params["timeout"])
    try:
        before = read_state(gateway, password)
        steps = missing_steps(before, password)
        after = before if not steps else COMPLETE
        if steps and not module.check_mode:
            take(gateway, steps)
            after = read_state(gateway, password)
    except EtcdError as error:
        module.fail_json(msg=str(error))
    module.exit_json(
        changed=bool(steps),
        enabled=after.enabled,
        actions=[step.title for step in steps],
        diff={"before": before.as_diff(), "after": after.as_diff()},
    )


if __name__ == "__main__":
    main()
