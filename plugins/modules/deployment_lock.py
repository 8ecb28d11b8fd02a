#!/usr/bin/python
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment_lock
short_description: Keep two deployments of one platform apart
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Takes, renews and frees a lock that lies on one host of the platform, the same for everybody who deploys it.
  - The lock is a folder with the file C(owner.json) and an empty file named by the lock's id, whose time of
    modification is the owner's last sign of life. It is prepared beside its place and takes it by one rename.
  - A lock whose owner is dead is taken over. An owner on this controller is dead when its C(ansible-playbook) has
    ended, or the controller was rebooted since. Process ids are compared together with their start times. Any other
    owner is dead when it gave no sign of life for longer than O(ttl) and than the silence that it announced with
    O(quiet_for).
  - Whoever holds the lock already, as a playbook that imports another one, gets it again under the same id.
  - It never reports a change. The lock is about the run, not about the host, and a run that finds nothing to change has
    to say so.
notes:
  - An action plugin of the same name runs on the controller, which alone can say who runs the playbook and whether a
    process is there. With a local connection and without become it does the work itself.
attributes:
  check_mode:
    description: Can run in check mode without changing what would happen outside of it.
    support: full
    details:
      - It takes, renews and frees nothing, and returns who holds the lock. A lock that is held is no failure then.
  diff_mode:
    description: Shows what changes, or would change, in diff mode.
    support: none
  idempotent:
    description: Changes nothing when it is called again with the same options.
    support: full
options:
  path:
    description:
      - Folder that is the lock. The folder above it is made, for its owner alone, when it is missing.
    type: path
    required: true
  state:
    description:
      - V(held) takes the lock, or fails naming who holds it.
      - V(renewed) gives a sign of life, stores O(release), O(phase) and O(quiet_for), and fails when the lock is not
        ours any more.
      - V(free) removes the lock. When it is not ours any more nothing is done, and RV(note) says so.
    type: str
    choices: [held, renewed, free]
    default: held
  id:
    description:
      - The lock's id, as O(state=held) returned it. Required by O(state=renewed) and O(state=free), not given
        otherwise.
    type: str
  release:
    description:
      - The release that is deployed, for others to read. With O(state=renewed) it stays what it was when not given.
    type: str
  phase:
    description:
      - What the run is doing, for others to read. With O(state=renewed) it stays what it was when not given.
    type: str
  ttl:
    description:
      - Seconds without a sign of life after which the owner on another controller counts as dead.
    type: float
    default: 900
  wait:
    description:
      - Seconds to wait for a lock that somebody else holds.
    type: float
    default: 0
  break_id:
    description:
      - Id of the lock to take although its owner may live, as the refusal names it. Any other lock is left alone.
    type: str
    default: ""
  quiet_for:
    description:
      - Seconds for which the owner is going to give no sign of life, such as for a long restore. The next
        O(state=renewed) ends it.
    type: float
    default: 0
  owner:
    description:
      - Who runs the playbook. The action plugin fills it in.
    type: dict
  dead:
    description:
      - A lock whose owner was found dead. The action plugin fills it in.
    type: dict
    suboptions:
      id:
        description: Id of that lock. Any other lock is left alone.
        type: str
        required: true
      reason:
        description: Why its owner counts as dead.
        type: str
seealso:
  - module: sahool.platform.deployment_journal
"""

EXAMPLES = r"""
---
- name: Take the lock
  sahool.platform.deployment_lock:
    path: /opt/sahool/state/lock
    wait: 600
  register: lock
  delegate_to: "{{ groups['data_tier'] | first }}"
  run_once: true

- name: Say what is being done
  sahool.platform.deployment_lock:
    path: /opt/sahool/state/lock
    state: renewed
    id: "{{ lock.id }}"
    phase: 2 gateway
  delegate_to: "{{ groups['data_tier'] | first }}"
  run_once: true

- name: Free the lock
  sahool.platform.deployment_lock:
    path: /opt/sahool/state/lock
    state: free
    id: "{{ lock.id }}"
  delegate_to: "{{ groups['data_tier'] | first }}"
  run_once: true
"""

RETURN = r"""
id:
  description:
    - Id of the lock that was taken, renewed or freed. V(null) when it was not, as in check mode.
  returned: success
  type: str
  sample: 3f2a9c17d0aa
holder:
  description:
    - Who holds the lock now; V(null) when it is free.
  returned: success, and when the lock is refused
  type: dict
  contains:
    id:
      description: Id of the lock.
      type: str
    controller:
      description: Name of the machine that runs the playbook.
      type: str
    machine_id:
      description: Its machine id.
      type: str
    boot_id:
      description: Its boot.
      type: str
    pid_ns:
      description: Inode of the process id namespace.
      type: int
    pid:
      description: Process id of C(ansible-playbook).
      type: int
    started:
      description: When that process started, in clock ticks since the boot.
      type: int
    user:
      description: Who started it. The user of AWX, or the one who called sudo, where there is such a user.
      type: str
    awx_job:
      description: Number of the AWX job, empty elsewhere.
      type: str
    command:
      description: The playbooks, and the tags and limits that were chosen. No variables.
      type: str
    since:
      description: When the lock was taken, by the controller's clock, in UTC.
      type: str
    release:
      description: The release that is deployed.
      type: str
    phase:
      description: What the run is doing.
      type: str
    quiet_for:
      description: Silence in seconds that was announced.
      type: float
    last_sign:
      description: Last sign of life, by the clock of the host, in UTC.
      type: str
    age:
      description: Seconds since then.
      type: float
taken_over:
  description:
    - The lock of a dead owner that was found and taken over; V(null) otherwise.
  returned: success
  type: dict
  contains:
    holder:
      description: Whose it was, with the keys of RV(holder).
      type: dict
    reason:
      description: Why the owner is dead.
      type: str
waited:
  description: Seconds that were spent waiting for somebody else.
  returned: success, and when the lock is refused
  type: float
note:
  description: What an operator may want to know, such as a lock that was taken over; often empty.
  returned: success
  type: str
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.sahool.platform.plugins.module_utils._lock.folder import LockError
from ansible_collections.sahool.platform.plugins.module_utils._lock.request import OPTIONS, perform


def main() -> None:
    """Run the module."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    try:
        module.exit_json(**perform(module.params, module.check_mode))
    except LockError as error:
        module.fail_json(msg=str(error))


if __name__ == "__main__":
    main()
