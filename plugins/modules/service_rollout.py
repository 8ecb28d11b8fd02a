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
  - Compares the containers of a Compose project with its model, has Compose make just those that are absent or differ,
    starts those that do not run, and waits until every service of a wave is really ready before it begins the next
    wave.
  - No container is recreated without a cause, and every cause is told field by field.
  - Services are asked as by M(sahool.platform.service_health), also those that were not touched.
  - A container that exits, is killed for lack of memory or dies three times while it is waited for ends the roll-out at
    once, not at the deadline. The message and RV(failure) tell why, with its last log lines.
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
      - Where the model is not rendered yet, and O(model_text) does not tell it, a service that has a container is to be
        recreated because of its model.
  diff_mode:
    description:
      - Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    support: full
    details:
      - For each service that is touched, the state of its container, the action, its causes and the fields that
        differ. Secrets are not shown, nor is the content of a file that not everybody may read.
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
      - Every service has the label C(sahool.platform.model) with the digest of its entry, by which its container is
        compared. The model lies at C(<root>/<digest>/compose.yaml), and so do the files that containers read, as
        M(sahool.platform.rendered_files) writes them, so that a path never changes its content.
    type: path
    required: true
  model_text:
    description:
      - The text of O(model). In check mode it is used in place of the file, which need not be there.
    type: str
  rendered:
    default: []
    description:
      - Files that O(model) mounts or reads the environment from and that are not on the disk yet, so that check mode
        can tell what would change in them. They have the options of M(sahool.platform.rendered_files).
    type: list
    elements: dict
    suboptions:
      digest:
        description: Name of the folder, beside that of the model.
        type: str
        required: true
      name:
        description: Path of the file in that folder.
        type: str
        required: true
      content:
        description: The text of the file.
        type: raw
        required: true
      mode:
        description: Mode of the file in octal, quoted. What others may not read is not shown.
        type: str
        default: "0400"
      uid:
        description: Numeric owner.
        type: int
      gid:
        description: Numeric group.
        type: int
  phase:
    description:
      - What operators call this step, such as V(1 data).
    type: str
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
  create_only:
    description:
      - Create the containers of the services in O(waves) that have none, and stop there. Nothing is started, recreated
        or gated.
      - One such call for all services before the waves is much faster than creating each in its wave, and finds what
        cannot be created before anything starts.
    type: bool
    default: false
  progress:
    description:
      - A file on the host that is made, readable by everybody, and to which is appended what happens while it happens,
        one JSON document in a line. There is nothing secret in it. It must not exist yet, and is left there.
      - The events are V(begin), V(wave), V(ready), V(crash) and V(end). A file that cannot be written is a warning.
      - In check mode, and with O(create_only=true), there is none.
    type: path
  exclusive:
    description:
      - A file on the host that is locked for as long as the module works, for the work may go on when the controller
        that began it was killed. The kernel frees it when the module ends, however it ends.
      - The module waits for another up to O(deadline), and then fails.
      - Not in check mode.
    type: path
  lock:
    description:
      - The deployment's lock on this host. Every 5 seconds the module renews the time of the file O(lock.id) in it, the
        last sign of life of the deployment. O(phase) is written into it, for whoever looks who holds the lock.
      - When the file is gone, the lock was broken or taken over. Then the module fails and starts nothing further.
      - Not in check mode.
    type: dict
    suboptions:
      path:
        description: Folder of the lock.
        type: path
        required: true
      id:
        description: Name of the file in it, the lock's id.
        type: str
        required: true
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
        - Why. V(absent); the kinds of RV(services.changes), that is V(project), V(model), V(image), V(environment),
          V(secret), V(file) and V(configuration); V(replicas) for surplus containers; the state of the container, or
          the exit code of the one-shot. V(compose) is for what somebody else did meanwhile.
        - V(project) means that the container was made by other Compose files, V(model) that the model that it was made
          from is gone, so that RV(services.changes) is not complete.
      type: list
      elements: str
      sample: [environment, file]
    changes:
      description: In what the container differs. Empty for one that is created, or started as it is.
      type: list
      elements: dict
      contains:
        field:
          description:
            - A dotted path in the model, such as V(deploy.resources.limits.memory); V(environment.NAME), V(secret NAME)
              for a variable that not everybody may read, V(file /path) for a mounted file.
            - V(image) is the image's name, V(image id) another image under the same name.
          type: str
          sample: environment.LOG_LEVEL
        before:
          description:
            - Text, or JSON for what is no text; C((secret)) for a secret; the digest of a file. Null for nothing.
          type: str
          sample: info
        after:
          description: The same.
          type: str
          sample: debug
        diff:
          description: Lines of a unified diff, if the file may be read by everybody, or else how many lines differ.
          returned: for a file
          type: list
          elements: str
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
observed:
  description:
    - What was there of each service in O(waves) before anything was done, with short ids. A service without a container
      is left out. A plan holds as long as this does not change.
  returned: always
  type: dict
  sample:
    redis:
      id: 3e1a90c4d5f2
      image: 0b8a4c7d21ee
      status: running
      model: 56ac8edd815b
orphans:
  description: Containers of the project whose service is not in the model. With O(remove_orphans=true), those removed.
  returned: always
  type: list
  elements: dict
  sample:
    - service: ndvi-processor
      container: sahool-ndvi-processor-1
      state: running
failure:
  description:
    - The services that failed the roll-out, what is dead before what is late. Secrets are replaced by V(***).
    - Services that were still starting when others failed are in RV(not_ready) only.
  returned: always
  type: list
  elements: dict
  contains:
    service:
      description: Its name.
      type: str
      sample: postgres
    phase:
      description: O(phase).
      type: str
      sample: 1 data
    reason:
      description: What is wrong, in a few words.
      type: str
      sample: killed for lack of memory, limit 256 MiB
    container:
      description: Name of its container. Null if there is none.
      type: str
      sample: sahool-postgres-1
    state:
      description: State of its container, V(absent) without one.
      type: str
      sample: exited (exit code 137, killed for lack of memory)
    exit_code:
      description: The exit code with which the container died last. Null if it did not die.
      type: int
      sample: 137
    oom_killed:
      description: Whether it, or a process in it, was killed for lack of memory.
      type: bool
      sample: true
    memory_limit:
      description: Its memory limit. Null without one.
      type: str
      sample: 256 MiB
    restarts:
      description: How often the engine restarted it while it was waited for.
      type: int
      sample: 0
    target:
      description: Where it was asked. Null where it was not.
      type: str
      sample: postgres 127.0.0.1:5432
    last_answer:
      description: What was answered last, and what its own health check said where that failed. Null without an answer.
      type: str
      sample: connection refused
    expected:
      description: What a ready service answers. Null where it was not asked.
      type: str
      sample: a login of user sahool and an answer to SELECT 1
    blocked_by:
      description: Which of O(services[].needs) do not serve, with what they do instead.
      type: list
      elements: dict
      sample:
        - service: etcd
          state: exited (exit code 1)
    log:
      description: The last lines that it printed.
      type: list
      elements: str
      sample: ["LOG:  database system is ready to accept connections"]
    waited:
      description: Seconds from the begin of its wave until it was given up.
      type: float
      sample: 2.13
    attempts:
      description: Number of probes.
      type: int
      sample: 12
    deadline:
      description: Seconds that it had. Null if it was given up before.
      type: float
      sample: 120.0
    next:
      description: Commands that tell more.
      type: list
      elements: str
      sample: [docker logs --tail 100 sahool-postgres-1]
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

import contextlib
import time

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._files.wish import FILE_OPTIONS
from ..module_utils._health.docker_cli import DockerCli, DockerError
from ..module_utils._health.gate import GATE_OPTIONS, Gate, GateError
from ..module_utils._lock.folder import LockError
from ..module_utils._lock.life import LOCK_OPTION, life_of
from ..module_utils._rollout.errors import RollOutError
from ..module_utils._rollout.exclusive import Exclusive
from ..module_utils._rollout.files import Files
from ..module_utils._rollout.model import Model, ModelError, ModelMissing
from ..module_utils._rollout.progress import ProgressFile
from ..module_utils._rollout.prospect import look_ahead, look_ahead_anywhere, only_creations
from ..module_utils._rollout.record import UNKNOWN, difference, observed
from ..module_utils._rollout.redact import Redactor
from ..module_utils._rollout.request import check_request
from ..module_utils._rollout.roll import Progress, RollOut


def load_model(module):
    """The model, or None in check mode where the release that it belongs to is not rendered."""
    try:
        if module.check_mode and module.params["model_text"]:
            return Model.parse(module.params["model"], module.params["model_text"])
        return Model.load(module.params["model"])
    except ModelMissing as error:
        if not module.check_mode:
            raise
        module.warn("%s. What differs from it cannot be told." % error)
        return None


@contextlib.contextmanager
def at_work(module, roll, told, life):
    """Around the work: nobody else works here, the deployment's lock is kept alive, and whoever follows is told."""
    try:
        life.begin()
        if module.params["exclusive"]:
            Exclusive(module.params["exclusive"], module.params["deadline"], life.renew).begin()
        told.begin()
        yield
    finally:
        told.end()
        life.end()
        for text in roll.trouble:
            module.warn(text)


def result_of(module, progress, began, failure=()):
    not_ready = [name for name, entry in progress.services.items() if not entry["ready"] and entry["state"] != UNKNOWN]
    diff = {"diff": difference(progress.performed, progress.removed)} if module._diff else {}
    return {
        **diff,
        "services": progress.services,
        "waves": progress.waves,
        "orphans": [
            {"service": orphan.service, "container": orphan.name, "state": orphan.in_words}
            for orphan in progress.orphans
        ],
        "observed": observed(progress.found, (name for wave in module.params["waves"] for name in wave)),
        "failure": list(failure),
        "not_ready": not_ready,
        "seconds": round(time.monotonic() - began, 3),
        "changed": progress.changed,
    }


def roll_out(module, gates, model):
    """Predict or carry out; ends the module."""
    params = module.params
    began = time.monotonic()
    docker = DockerCli(module.run_command, params["docker_cli"])
    files = Files(model.files_root, params["rendered"]) if model else None
    redact = Redactor({*(model.secrets(files) if model else ()), *(gate.password or "" for gate in gates)})
    by_name = {gate.name: gate for gate in gates}
    names = [name for wave in params["waves"] for name in wave]
    told = ProgressFile(None if params["create_only"] else params["progress"], params["phase"] or "", len(names))
    life = life_of(params["lock"], params["phase"])
    roll = RollOut(
        *(docker, params["project"], model, params["waves"], by_name, params["deadline"], redact),
        phase=params["phase"],
        told=told,
        life=life,
    )
    one_shots = {gate.name for gate in gates if gate.one_shot}
    progress = Progress()
    try:
        if module.check_mode:
            prospect, missing = look_ahead_anywhere(docker, params["project"], model, names, one_shots, files)
            if missing:
                module.warn("Every service is taken to be absent: %s" % missing)
            if params["create_only"]:
                prospect = only_creations(prospect)
            roll.predict(prospect, progress, params["remove_orphans"], probe=not params["create_only"])
        else:
            with at_work(module, roll, told, life):
                prospect = look_ahead(docker, params["project"], model, names, one_shots, files)
                if params["create_only"]:
                    roll.create(prospect, progress)
                else:
                    roll.carry_out(prospect, progress, params["remove_orphans"])
    except RollOutError as error:
        module.fail_json(msg=redact(str(error)), **result_of(module, progress, began, error.failure))
    except (LockError, DockerError) as error:
        text = str(error) if isinstance(error, LockError) else roll.scene.headline(None, str(error))
        module.fail_json(msg=redact(text), **result_of(module, progress, began))
    module.exit_json(**result_of(module, progress, began))


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
            "model_text": {"type": "str"},
            "rendered": {"type": "list", "elements": "dict", "default": [], "options": FILE_OPTIONS},
            "phase": {"type": "str"},
            "progress": {"type": "path"},
            "exclusive": {"type": "path"},
            "lock": LOCK_OPTION,
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
