#!/usr/bin/python

# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: service_rollout
short_description: Start services of a Compose model in waves, each gated on real readiness
version_added: 0.1.0
author:
  - SAHOOL Platform contributors (@sahool)
description:
  - Compares the containers of a Compose project with its model, has Compose create, recreate or start just those that
    differ, and waits until every service of a wave is really ready before it begins the next wave.
  - Services are asked as by M(sahool.platform.service_health), also those that were not touched.
  - A container that exits, or that the engine restarts three times, while it is waited for ends the roll-out at once,
    with its exit code and its last log lines.
  - After a failure the next wave is not begun, and what has started stays as it is.
extends_documentation_fragment:
  - sahool.platform._gate
attributes:
  check_mode:
    description:
      - Can run in check_mode and return changed status prediction without modifying target.
    support: full
    details:
      - In check mode the module returns the actions that it would take. It starts nothing, probes the services that
        it would not touch once, and does not fail because of those that are not ready.
      - Where Docker is not installed yet, every service is to be created.
      - Where the model is not rendered yet, a service that has a container is to be recreated because of its model.
  diff_mode:
    description:
      - Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    support: full
    details:
      - For each service that is touched, the state of its container and the labels that differ, the action and its
        causes. Labels hold digests, so that the difference shows no secrets.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
options:
  project:
    description:
      - Name of the Compose project.
    type: str
    required: true
  model:
    description:
      - Absolute path of the rendered model, a Compose file in JSON. It has no C(depends_on), since O(waves) is the
        order, and its images are on the host, since nothing is pulled or built.
    type: path
    required: true
  waves:
    description:
      - Names of services in lists. Each list is started by Compose in one call, and gated before the next.
    type: list
    elements: list
    required: true
  services:
    default: []
    description:
      - The gates of the services in O(waves). One that has none is ready when its container runs and is not unhealthy.
  deadline:
    description:
      - Seconds in which the services of one wave have to become ready, from when Compose has started them.
    type: float
    default: 120.0
  remove_orphans:
    description:
      - Whether to stop and remove containers of O(project) whose service is not in O(model), before the first wave.
        Their volumes stay.
    type: bool
    default: false
  hashes:
    description:
      - RV(hashes) of an earlier call with the same O(model), which saves asking Compose again.
      - Asked for when a service of O(waves) is not among them.
    type: dict
    default: {}
  create_only:
    description:
      - Create the containers of the services in O(waves) that have none, and stop there. Nothing is started, recreated
        or gated.
      - One such call for all services before the waves is much faster than creating each in its wave, and finds what
        cannot be created before anything starts.
    type: bool
    default: false
requirements:
  - Docker 20.10 or newer, with Compose 2.26 or newer
  - psycopg2, if a gate has the protocol V(postgres) or V(pgbouncer)
  - paho-mqtt 1.6 or newer, if a gate has the protocol V(mqtt)
seealso:
  - module: sahool.platform.service_health
"""

EXAMPLES = r"""
---
- name: Bring up the data tier, one service after the other
  sahool.platform.service_rollout:
    project: sahool
    model: /opt/sahool/current/compose.yaml
    waves:
      - [postgres]
      - [redis]
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

- name: Load the models, and take the loader's word only when the server has them
  sahool.platform.service_rollout:
    project: sahool
    model: /opt/sahool/current/compose.yaml
    waves:
      - [ollama]
      - [ollama-model-loader]
    services:
      - name: ollama
        protocol: http
        port: 11434
        path: /api/version
      - name: ollama-model-loader
        one_shot: true
        protocol: http
        port: 11434
        path: /api/tags
        text: llama3
    deadline: 600
"""

RETURN = r"""
services:
  description: What was done to every service of O(waves), and what became of it, by name.
  returned: always
  type: dict
  contains:
    action:
      description: What was done. V(rerun) is for one-shots.
      type: str
      choices: [none, create, recreate, start, rerun]
      sample: recreate
    causes:
      description:
        - Why. V(absent), V(configuration), V(image), V(replicas), V(model), the state of the container or the exit
          code of the one-shot. V(compose) is for what Compose did on its own account.
      type: list
      elements: str
      sample: [configuration]
    ready:
      description: Whether the service is ready.
      type: bool
      sample: true
    state:
      description:
        - State of the last answer.
        - V(not_reached) means that the roll-out stopped before, V(unknown) that check mode does not ask what it would
          touch.
      type: str
      choices: [ready, not_ready, wrong_service, unreachable, not_reached, unknown]
      sample: ready
    attempts:
      description: Number of probes.
      type: int
      sample: 3
    seconds:
      description: Time from the begin of the wave until the service was ready or was given up.
      type: float
      sample: 1.42
    last_error:
      description: The last answer that was not ready, also if a later one was. Null if there was none.
      type: str
      sample: connection refused
    identity:
      description: The name that the service gave itself, or its container. Null if it is not known.
      type: str
      sample: advisory-service
    container:
      description: Name of the container. Null if there is none.
      type: str
      sample: sahool-advisory-service-1
    container_state:
      description: State of the container as last seen. Null if there is none.
      type: str
      sample: running
waves:
  description: The waves that were begun, with the time that Compose took to start each and the time until it was ready.
  returned: when not in check mode
  type: list
  elements: dict
  sample:
    - services: [postgres]
      touched: [postgres]
      start_seconds: 0.41
      gate_seconds: 1.35
hashes:
  description: Compose's digest of every service of the model, for O(hashes) of the next call.
  returned: always
  type: dict
  sample: {"redis": "5d0b…"}
orphans:
  description: Containers of the project whose service is not in the model. With O(remove_orphans=true), those removed.
  returned: always
  type: list
  elements: dict
  sample:
    - service: ndvi-processor
      container: sahool-ndvi-processor-1
      state: running
not_ready:
  description: Names of the services that are not ready. In check mode, of those that would not be touched.
  returned: always
  type: list
  elements: str
  sample: []
seconds:
  description: Time that all took.
  returned: always
  type: float
  sample: 4.2
"""

import time

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._health.docker_cli import DockerCli, DockerError
from ..module_utils._health.gate import GATE_OPTIONS, Gate, GateError
from ..module_utils._rollout.failure import RollOutError
from ..module_utils._rollout.model import Model, ModelError, ModelMissing
from ..module_utils._rollout.prospect import look_ahead, look_ahead_anywhere, only_creations
from ..module_utils._rollout.record import UNKNOWN, difference
from ..module_utils._rollout.redact import Redactor
from ..module_utils._rollout.request import check_request
from ..module_utils._rollout.roll import Progress, RollOut


def load_model(module):
    """The model, or None in check mode where the release that it belongs to is not rendered."""
    try:
        return Model.load(module.params["model"])
    except ModelMissing as error:
        if not module.check_mode:
            raise
        module.warn("%s. What differs from it cannot be told." % error)
        return None


def result_of(module, progress, model, began):
    not_ready = [name for name, entry in progress.services.items() if not entry["ready"] and entry["state"] != UNKNOWN]
    diff = {"diff": difference(progress.performed, progress.removed, model)} if module._diff else {}
    return {
        **diff,
        "services": progress.services,
        "waves": progress.waves,
        "orphans": [
            {"service": orphan.service, "container": orphan.name, "state": orphan.in_words}
            for orphan in progress.orphans
        ],
        "hashes": dict(progress.hashes),
        "not_ready": not_ready,
        "seconds": round(time.monotonic() - began, 3),
        "changed": progress.changed,
    }


def roll_out(module, gates, model):
    """Predict or carry out; ends the module."""
    params = module.params
    began = time.monotonic()
    docker = DockerCli(module.run_command, params["docker_cli"])
    redact = Redactor({*(model.secrets() if model else ()), *(gate.password or "" for gate in gates)})
    by_name = {gate.name: gate for gate in gates}
    roll = RollOut(docker, params["project"], model, params["waves"], by_name, params["deadline"], redact)
    names = [name for wave in params["waves"] for name in wave]
    one_shots = {gate.name for gate in gates if gate.one_shot}
    progress = Progress()
    try:
        if module.check_mode:
            prospect, missing = look_ahead_anywhere(
                docker, params["project"], model, names, one_shots, params["hashes"]
            )
            if missing:
                module.warn("Every service is taken to be absent: %s" % missing)
            if params["create_only"]:
                prospect = only_creations(prospect)
            roll.predict(prospect, progress, params["remove_orphans"], probe=not params["create_only"])
        else:
            prospect = look_ahead(docker, params["project"], model, names, one_shots, params["hashes"])
            if params["create_only"]:
                roll.create(prospect, progress)
            else:
                roll.carry_out(prospect, progress, params["remove_orphans"])
    except (RollOutError, DockerError) as error:
        module.fail_json(msg=redact(str(error)), **result_of(module, progress, model, began))
    module.exit_json(**result_of(module, progress, model, began))


def main():
    module = AnsibleModule(
        argument_spec={
            "project": {"type": "str", "required": True},
            "model": {"type": "path", "required": True},
            "waves": {"type": "list", "elements": "list", "required": True},
            "services": {"type": "list", "elements": "dict", "default": [], "options": GATE_OPTIONS},
            "deadline": {"type": "float", "default": 120.0},
            "remove_orphans": {"type": "bool", "default": False},
            "create_only": {"type": "bool", "default": False},
            "hashes": {"type": "dict", "default": {}},
            "docker_cli": {"type": "str", "default": "docker"},
        },
        mutually_exclusive=[("remove_orphans", "create_only")],
        supports_check_mode=True,
    )
    try:
        gates = [Gate.from_params(service) for service in module.params["services"]]
        model = load_model(module)
        check_request(module.params["waves"], gates, module.params["deadline"], model)
    except (GateError, ModelError) as error:
        module.fail_json(msg=str(error))
    roll_out(module, gates, model)


if __name__ == "__main__":
    main()
