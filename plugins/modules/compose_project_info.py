#!/usr/bin/python
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: compose_project_info
short_description: Look at the containers, volumes and networks of a Compose project
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Tells what a host has of a Compose project that something else than this collection made, and where its data lie.
  - Containers that this collection made are left out, so that a project which shares its name with the platform shows
    what is not the platform's.
  - Never returns the environment of a container, which may hold passwords.
attributes:
  check_mode:
    description: Can run in check mode without changing what would happen outside of it.
    support: full
  diff_mode:
    description: Returns details on what has changed.
    support: none
    details:
      - The module changes nothing.
options:
  project:
    description: Name of the Compose project.
    type: str
    required: true
  look_for:
    description:
      - Patterns of paths, as a shell knows them, relative to the root of a volume. What exists of them is returned for
        every volume.
    type: list
    elements: str
    default: []
  docker_cli:
    description: Name or path of the Docker CLI.
    type: str
    default: docker
requirements:
  - The Docker CLI. Without it, or without an engine, there is nothing to find, and RV(engine) says so.
  - Root, because only root can look into volumes
seealso:
  - module: sahool.platform.stateful_volumes
"""

EXAMPLES = r"""
---
- name: Look at the platform that was started by hand
  sahool.platform.compose_project_info:
    project: sahool-unified
    look_for: [PG_VERSION, "*/PG_VERSION"]
  register: stock

- name: Show where the data lie
  ansible.builtin.debug:
    msg: "{{ stock.volumes | map(attribute='name') }}"
"""

RETURN = r"""
engine:
  description: Whether the host has a Docker engine that answers. Everything else is empty where it has none.
  returned: success
  type: bool
containers:
  description: The containers, running or not, by service and name.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Identifier.
      type: str
    name:
      description: Name.
      type: str
    service:
      description: Its service in the project's model.
      type: str
    state:
      description: As Docker calls it, such as V(running) or V(exited).
      type: str
    exit_code:
      description: Exit code of the last end; 0 while it never ended.
      type: int
    image:
      description: Name of the image.
      type: str
    restart:
      description: Name of the restart policy.
      type: str
    one_off:
      description: Whether C(docker compose run) made it.
      type: bool
    mounts:
      description:
        - What is mounted, each with C(type) (V(volume), V(bind), V(tmpfs)), C(volume) (name), C(key) (of the volume in
          the model), C(anonymous), C(source), C(destination), C(rw) and C(folder) (false for a file or a socket).
      type: list
      elements: dict
volumes:
  description: The project's volumes, and those that its containers have mounted.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name.
      type: str
    key:
      description: Key in the project's model.
      type: str
    own:
      description: Whether the project made it.
      type: bool
    folder:
      description: Where the files lie on the host; none where that cannot be told.
      type: str
    state:
      description: V(empty), V(filled), or V(unknown) when that cannot be told.
      type: str
    found:
      description: What exists of O(look_for), each with C(path), C(uid), C(size) and, of C(PG_VERSION), C(text).
      type: list
      elements: dict
    used_elsewhere:
      description: Running containers of other projects that have it mounted.
      type: list
      elements: str
networks:
  description: The project's networks, each with C(id) and C(name).
  returned: success
  type: list
  elements: dict
working_dir:
  description: Folder that the project was started from.
  returned: success
  type: str
env_files:
  description: Files that its C(${VARIABLES}) came from, where Compose recorded them.
  returned: success
  type: list
  elements: str
projects:
  description: Names of the Compose projects that have volumes on this host.
  returned: success
  type: list
  elements: str
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.sahool.platform.plugins.module_utils._health.docker_cli import (
    DockerCli,
    DockerError,
    DockerMissing,
)
from ansible_collections.sahool.platform.plugins.module_utils._takeover.project import PatternError, read_project
from ansible_collections.sahool.platform.plugins.module_utils._volumes.docker import VolumeError, Volumes

NOTHING: dict[str, t.Any] = {
    "containers": [],
    "volumes": [],
    "networks": [],
    "working_dir": None,
    "env_files": [],
    "projects": [],
}


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "project": {"type": "str", "required": True},
            "look_for": {"type": "list", "elements": "str", "default": []},
            "docker_cli": {"type": "str", "default": "docker"},
        },
        supports_check_mode=True,
    )
    docker = DockerCli(module.run_command, module.params["docker_cli"])
    volumes = Volumes(module.get_bin_path(module.params["docker_cli"]) or module.params["docker_cli"])
    try:
        found = read_project(docker, volumes, module.params["project"], module.params["look_for"])
    except DockerMissing:
        module.exit_json(changed=False, engine=False, **NOTHING)
    except (DockerError, VolumeError, PatternError) as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=False, engine=True, **found)


if __name__ == "__main__":
    main()
