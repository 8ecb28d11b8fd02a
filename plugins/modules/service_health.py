#!/usr/bin/python

# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: service_health
short_description: Wait until many services are really ready
version_added: 0.1.0
author:
  - SAHOOL Platform contributors (@sahool)
description:
  - Probes all given services at once, each by its own protocol and with its own credentials, and returns when every
    one of them is ready or its deadline has passed.
  - Ready means that the right service, at the right port, answers that it is ready. The status, the body and the name
    that the service gives itself are compared with what is expected.
  - A service that fails does not hide the others. All are named in one message.
  - The time is bound by O(deadline), whatever the number of services that are down, slow or silent.
extends_documentation_fragment:
  - sahool.platform._gate
attributes:
  check_mode:
    description:
      - Can run in check_mode and return changed status prediction without modifying target.
    support: full
    details:
      - In check mode every service is probed once. The result tells which are ready, and the module does not fail
        because of those that are not.
  diff_mode:
    description:
      - Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    support: none
    details:
      - The module changes nothing.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
    details:
      - The module changes nothing. A probe by V(mqtt) publishes a message of 16 bytes, which is not retained.
options:
  services:
    required: true
  deadline:
    description:
      - Seconds after which the services that are not ready have failed.
    type: float
    default: 60.0
  project:
    description:
      - Compose project of the services, for O(services[].identity_container) and for the names of containers in
        messages.
    type: str
requirements:
  - psycopg2, if a gate has the protocol V(postgres) or V(pgbouncer)
  - paho-mqtt 1.6 or newer, if a gate has the protocol V(mqtt)
  - Docker's client, if a gate has O(services[].identity_container=true)
seealso:
  - module: sahool.platform.service_rollout
"""

EXAMPLES = r"""
---
- name: Wait until the data tier is ready
  sahool.platform.service_health:
    project: sahool
    deadline: 60
    services:
      - name: postgres
        protocol: postgres
        port: 5432
        username: sahool
        password: "{{ sahool_secrets.POSTGRES_PASSWORD }}"
      - name: redis
        protocol: redis
        port: 6379
        password: "{{ sahool_secrets.REDIS_PASSWORD }}"

- name: Wait until the advisory service says that it is ready, twice in a row
  sahool.platform.service_health:
    services:
      - name: advisory-service
        protocol: http
        port: 8105
        path: /readyz
        json:
          status: [ok, healthy, ready]
        reject_false: true
        identity_field: service
        identity_accept: [advisory-service, agro_advisor]
        consecutive: 2
"""

RETURN = r"""
services:
  description: What became of every service, by name.
  returned: always
  type: dict
  contains:
    ready:
      description: Whether the service is ready.
      type: bool
      sample: false
    state:
      description:
        - State of the last answer. V(unreachable) means that nothing accepts the connection, V(wrong_service) that
          something else than this service answers.
      type: str
      choices: [ready, not_ready, wrong_service, unreachable]
      sample: not_ready
    attempts:
      description: Number of probes.
      type: int
      sample: 7
    seconds:
      description: Time until the service was ready or was given up.
      type: float
      sample: 3.21
    last_error:
      description: The last answer that was not ready, also if a later one was. Null if there was none.
      type: str
      sample: "`status` in the body is \"degraded\", expected \"ok\""
    identity:
      description: The name that the service gave itself, or its container. Null if it is not known.
      type: str
      sample: agro_advisor
  sample:
    advisory-service:
      ready: true
      state: ready
      attempts: 2
      seconds: 0.31
      last_error: connection refused
      identity: agro_advisor
ready:
  description: Names of the services that are ready.
  returned: always
  type: list
  elements: str
  sample: [advisory-service]
not_ready:
  description: Names of the services that are not ready.
  returned: always
  type: list
  elements: str
  sample: []
seconds:
  description: Time that all took.
  returned: always
  type: float
  sample: 0.31
"""

import time
from dataclasses import asdict

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._health.docker_cli import DockerCli
from ..module_utils._health.finding import finding, whereabouts
from ..module_utils._health.gate import GATE_OPTIONS, Gate, GateError
from ..module_utils._health.identity import OwnedProbe
from ..module_utils._health.wait import wait_until_ready


def main():
    module = AnsibleModule(
        argument_spec={
            "services": {"type": "list", "elements": "dict", "required": True, "options": GATE_OPTIONS},
            "deadline": {"type": "float", "default": 60.0},
            "project": {"type": "str"},
            "docker_cli": {"type": "str", "default": "docker"},
        },
        supports_check_mode=True,
    )
    project = module.params["project"]
    deadline = module.params["deadline"]
    if deadline <= 0:
        module.fail_json(msg="deadline is %s s, it should be more than 0 s" % deadline)
    try:
        gates = [Gate.from_params(service) for service in module.params["services"]]
        if project is None and any(gate.identity_container for gate in gates):
            raise GateError("identity_container is set, but not the `project` that the container should belong to")
        names = [gate.name for gate in gates]
        if len(set(names)) != len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise GateError("%s has two gates, a service has one" % ", ".join(twice))
    except GateError as error:
        module.fail_json(msg=str(error))

    # A one-shot without a probe has nothing to ask: whether it exited with 0 is for service_rollout to see.
    gates = [gate for gate in gates if gate.probed]
    docker = DockerCli(module.run_command, module.params["docker_cli"])
    began = time.monotonic()
    outcomes = wait_until_ready(gates, deadline, once=module.check_mode, probe=OwnedProbe(gates, project, docker))
    result = {
        "changed": False,
        "services": {name: asdict(outcome) for name, outcome in outcomes.items()},
        "ready": [name for name, outcome in outcomes.items() if outcome.ready],
        "not_ready": [name for name, outcome in outcomes.items() if not outcome.ready],
        "seconds": round(time.monotonic() - began, 3),
    }
    if result["not_ready"] and not module.check_mode:
        where = whereabouts(docker, project)
        failed = [gate for gate in gates if not outcomes[gate.name].ready]
        findings = [finding(gate, outcomes[gate.name], project, where.get(gate.name)) for gate in failed]
        module.fail_json(
            msg="%d of %d services are not ready.\n%s" % (len(failed), len(gates), "\n".join(findings)), **result
        )
    module.exit_json(**result)


if __name__ == "__main__":
    main()
