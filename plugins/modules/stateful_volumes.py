#!/usr/bin/python
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: stateful_volumes
short_description: Check that every data volume belongs to the server that is about to run on it
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Fails when a volume that holds data was written by an image of another source or major version than the one that is
    about to run on it.
  - Fails when a volume is absent or empty while another Compose project on this host has data of the same service,
    which is what a changed project name looks like.
  - Fails when a container that is not the platform's uses a volume, since two servers on the same data destroy them.
  - A volume that holds data without any record is adopted, with a warning.
  - All findings are reported together. Nothing is ever changed.
attributes:
  check_mode:
    description: Predicts what it would change, and changes nothing, in check mode.
    support: full
    details:
      - The module changes nothing in either mode.
      - Where Docker is not installed yet, or its engine does not run, check mode takes every volume to be absent.
  diff_mode:
    description: Shows what changes, or would change, in diff mode.
    support: none
    details:
      - There is nothing to show.
  idempotent:
    description: Changes nothing when it is called again with the same options.
    support: full
options:
  project:
    description: Name of the Compose project that is about to be deployed.
    type: str
    required: true
  volumes:
    description: The data volume of each stateful service.
    type: list
    elements: dict
    required: true
    suboptions:
      service:
        description: Name of the service.
        type: str
        required: true
      volume:
        description: Name of the volume in Docker.
        type: str
        required: true
      key:
        description: Key of the volume in the Compose model.
        type: str
        required: true
      source:
        description: Where the image that is about to run comes from, V(registry) or V(build).
        type: str
      major:
        description: Major version of the server in that image.
        type: str
      recorded_source:
        description: The O(volumes[].source) of the last deployment. Without it there is no record.
        type: str
      recorded_major:
        description: The O(volumes[].major) of the last deployment.
        type: str
  accept_new:
    description:
      - Services that may start from nothing beside another project's data, or V(true) for all of them.
    type: raw
    default: false
  taken_over:
    description:
      - Compose project whose containers are stopped before anything starts; they may still use the volumes.
    type: str
    default: ""
  docker_cli:
    description: Name or path of the Docker CLI.
    type: str
    default: docker
requirements:
  - The Docker CLI
  - Root, because only root can look into volumes
notes:
  - A volume that cannot be looked into without mounting it, such as one of NFS or of another driver than V(local),
    counts as one that holds data.
seealso:
  - module: sahool.platform.service_images
"""

EXAMPLES = r"""
---
- name: Check the data volumes before anything starts
  sahool.platform.stateful_volumes:
    project: sahool
    volumes:
      - service: postgres
        volume: sahool_postgres_data
        key: postgres_data
        source: build
        major: "17"
        recorded_source: build
        recorded_major: "17"

- name: Allow a second platform beside the first
  sahool.platform.stateful_volumes:
    project: sahool-trial
    accept_new: true
    volumes:
      - service: postgres
        volume: sahool-trial_postgres_data
        key: postgres_data
        source: build
        major: "17"
"""

RETURN = r"""
volumes:
  description:
    - Whether each volume holds data, by the volume's name - V(absent), V(empty), V(filled), or V(unknown) when that
      cannot be told.
  returned: always
  type: dict
  sample: {sahool_postgres_data: filled}
adopted:
  description: Services whose volume holds data that no earlier deployment recorded.
  returned: always
  type: list
  elements: str
  sample: [postgres]
findings:
  description: What was found wrong, one text for each volume.
  returned: always
  type: list
  elements: str
"""

import shutil

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.sahool.platform.plugins.module_utils._volumes.docker import (
    EngineMissing,
    State,
    VolumeError,
    Volumes,
)
from ansible_collections.sahool.platform.plugins.module_utils._volumes.guard import Verdict, judge, namesakes, strangers
from ansible_collections.sahool.platform.plugins.module_utils._volumes.wish import (
    VOLUME_OPTIONS,
    AcceptError,
    VolumeWish,
    accepted_services,
)


def guard(params: dict, executable: str) -> tuple[Verdict, dict[str, str]]:
    """Judge the volumes that *params* name; return the verdict and the state of each.

    :raises AcceptError: accept_new is not understood.
    :raises VolumeError: the volumes cannot be looked at.
    """
    wishes = [VolumeWish.from_params(volume) for volume in params["volumes"]]
    accepted = accepted_services(params["accept_new"], {wish.service for wish in wishes})
    docker = Volumes(executable)
    volumes = docker.all()
    looked_at = {wish.volume: volumes[wish.volume] for wish in wishes if wish.volume in volumes}
    for wish in wishes:
        looked_at.update({other.name: other for other in namesakes(wish, params["project"], volumes)})
    states = docker.states(list(looked_at.values()))
    verdict = judge(wishes, params["project"], volumes, states, accepted)
    users = docker.users({wish.volume for wish in wishes if wish.volume in volumes})
    verdict.findings += strangers(wishes, params["project"], params["taken_over"], users)
    return verdict, {wish.volume: states.get(wish.volume, State.ABSENT).value for wish in wishes}


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "project": {"type": "str", "required": True},
            "volumes": {"type": "list", "elements": "dict", "required": True, "options": VOLUME_OPTIONS},
            "accept_new": {"type": "raw", "default": False},
            "taken_over": {"type": "str", "default": ""},
            "docker_cli": {"type": "str", "default": "docker"},
        },
        supports_check_mode=True,
    )
    docker = module.params["docker_cli"]
    try:
        verdict, states = guard(module.params, shutil.which(docker) or docker)
    except EngineMissing as error:
        if not module.check_mode:
            module.fail_json(msg=str(error))
        # The role that installs it has only said that it would.
        module.warn(f"No volume is taken to be on this host: {error}")
        verdict, states = Verdict(), {volume["volume"]: State.ABSENT.value for volume in module.params["volumes"]}
    except (AcceptError, VolumeError) as error:
        module.fail_json(msg=str(error))
    for warning in verdict.warnings:
        module.warn(warning)
    result = {"volumes": states, "adopted": verdict.adopted, "findings": verdict.findings}
    if verdict.findings:
        module.fail_json(
            msg="Nothing was started, because data would be lost or mistaken:\n- " + "\n- ".join(verdict.findings),
            **result,
        )
    module.exit_json(changed=False, **result)


if __name__ == "__main__":
    main()
