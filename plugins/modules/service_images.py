#!/usr/bin/python
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: service_images
short_description: Get the images of all services onto a host
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Makes sure that a host has the image of every service, whether it is pulled from a registry or built on the host as
    the embedded default, and tells for each which image that is.
  - Looks at all images by one call of C(docker image inspect), so that a call which has nothing to do takes
    milliseconds. Pulls run a few at a time. When a registry cannot be reached at all (no name, no route, refused), no
    further image of it is tried.
  - A built image carries the digest of its build context in the label C(sahool.platform.context). A name that holds an
    image without that label belongs to somebody else, and is never given to an embedded image.
  - All images that could not be had are reported together.
attributes:
  check_mode:
    description: Predicts what it would change, and changes nothing, in check mode.
    support: full
    details:
      - Nothing is pulled, built or tagged. Identifiers that only a pull or a build can tell are V(unknown), and so is
        the source where a pull decides it.
      - Where Docker is not installed yet, or its engine does not run, no image is taken to be there.
  diff_mode:
    description: Shows what changes, or would change, in diff mode.
    support: full
    details:
      - Shows the reference and identifier of every service whose image changes.
  idempotent:
    description: Changes nothing when it is called again with the same options.
    support: full
options:
  images:
    description: The image of each service.
    type: list
    elements: dict
    required: true
    suboptions:
      service:
        description: Name of the service.
        type: str
        required: true
      registry_reference:
        description: What a registry calls the image, with its tag.
        type: str
        required: true
      major:
        description: Major version of the server in the registry's image. Returned as it is.
        type: str
      build:
        description: The O(builds[].name) of the embedded default. Without it there is none.
        type: str
      build_reference:
        description: What the host calls the embedded default of this service.
        type: str
      build_major:
        description: Major version of the server in the embedded default. Returned as it is.
        type: str
  builds:
    description: The embedded images.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the build.
        type: str
        required: true
      reference:
        description: What the host calls the image. Services may call it by further names.
        type: str
        required: true
      digest:
        description: Digest of the build context.
        type: str
        required: true
      context:
        description:
          - Folder of the build context on the host. It is looked at only when the image is built.
          - Builds that share a context are made one after the other.
        type: path
        required: true
      target:
        description: Stage of the Dockerfile to build. The last one when it is not given.
        type: str
  source:
    description:
      - Where images come from.
      - V(registry) pulls them, and never falls back to anything else.
      - V(build) builds the embedded defaults.
      - V(auto) decides for each service. It pulls, and builds what could not be pulled. A decision that stands in
        O(recorded) is used again without trying. Needs O(allow_fallback=true).
    type: str
    choices: [registry, build, auto]
    required: true
  allow_fallback:
    description: Whether O(source=auto) is allowed.
    type: bool
    default: false
  recorded:
    description: Name of a service to the source of its image, V(registry) or V(build), as decided earlier.
    type: dict
    default: {}
  build:
    description:
      - Whether to build what is missing.
      - With V(false) everything else is done, and what is left is named in RV(to_build). The caller then copies just
        those contexts.
    type: bool
    default: true
  base_image:
    description: Image that all embedded images start from. Pulled when it is missing and something is to be built.
    type: str
    default: debian:trixie-slim
  log_path:
    description: Folder of the build logs, one file for each of O(builds).
    type: path
    required: true
  parallel_pulls:
    description: How many images are pulled at once.
    type: int
    default: 4
  parallel_builds:
    description: How many images are built at once.
    type: int
    default: 2
  timeout:
    description: Seconds that one pull or one build may take.
    type: int
    default: 1800
  lock:
    description:
      - The deployment's lock on this host, which is kept alive while images are pulled and built. For how, see
        O(sahool.platform.service_rollout#module:lock).
      - When the lock was broken or taken over meanwhile, the module fails in the end. Images that are there stay.
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
  docker_cli:
    description: Name or path of the Docker CLI.
    type: str
    default: docker
requirements:
  - The Docker CLI, and an engine from 20.10 on
notes:
  - Images are built by the legacy builder (E(DOCKER_BUILDKIT) is V(0)), which needs no plugin.
seealso:
  - module: sahool.platform.stateful_volumes
"""

EXAMPLES = r"""
---
- name: Pull the images of the services
  sahool.platform.service_images:
    source: registry
    log_path: /opt/sahool/build
    images:
      - service: redis
        registry_reference: redis:7.4.1-alpine
        major: "7"

- name: Have a Redis built from Debian packages where no registry answers
  sahool.platform.service_images:
    source: auto
    allow_fallback: true
    log_path: /opt/sahool/build
    images:
      - service: redis
        registry_reference: redis:7.4.1-alpine
        major: "7"
        build: redis
        build_reference: sahool-embedded/redis:8-0123456789ab
        build_major: "8"
    builds:
      - name: redis
        reference: sahool-embedded/redis:8-0123456789ab
        digest: 0123456789ab
        context: /opt/sahool/build/redis-0123456789ab
"""

RETURN = r"""
images:
  description: The image of each service, by the service's name. Services whose image failed are left out.
  returned: always
  type: dict
  contains:
    reference:
      description: What a Compose model calls the image.
      type: str
      sample: redis:7.4.1-alpine
    id:
      description: Identifier of the image on this host. V(null) while it has yet to be built, V(unknown) in check mode.
      type: str
      sample: sha256:8f1cad2e5c3e
    digest:
      description: Repository and digest by which the registry knows the image. V(null) for a built or loaded image.
      type: str
      sample: redis@sha256:c1e88455c85225310bbea54816e9c3f4b5295815e6dbf80c34d40afc6df28275
    source:
      description: V(registry) or V(build). V(unknown) in check mode where a pull decides.
      type: str
      sample: registry
    major:
      description: Major version of the server in the chosen image, as given in O(images).
      type: str
      sample: "7"
sources:
  description:
    - The source of each service's image as far as it is decided. Give it back as O(recorded) to keep the decisions.
  returned: success
  type: dict
  sample: {redis: build}
actions:
  description: What was done, or in check mode would be done, in order.
  returned: always
  type: list
  elements: dict
  contains:
    action:
      description: V(pull), V(build) or V(tag).
      type: str
    reference:
      description: The image.
      type: str
to_build:
  description: Those of O(builds) that are missing and needed. Always empty with O(build=true).
  returned: success
  type: list
  elements: str
  sample: [redis]
base_image:
  description: The base image of the builds.
  returned: success
  type: dict
  contains:
    reference:
      description: Its name.
      type: str
    present:
      description: Whether the host has it.
      type: bool
    said:
      description: What Docker said when it was pulled in vain, else empty.
      type: str
"""

import shutil
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.sahool.platform.plugins.module_utils._images.docker import DockerCli, DockerError
from ansible_collections.sahool.platform.plugins.module_utils._images.failure import failure_text
from ansible_collections.sahool.platform.plugins.module_utils._images.request import (
    BUILD_OPTIONS,
    IMAGE_OPTIONS,
    Build,
    RequestError,
    chosen_sources,
    read_requests,
)
from ansible_collections.sahool.platform.plugins.module_utils._images.supply import UNKNOWN, Settings, Supplied, Supply
from ansible_collections.sahool.platform.plugins.module_utils._lock.folder import LockError
from ansible_collections.sahool.platform.plugins.module_utils._lock.life import LOCK_OPTION, life_of


def supply(params: dict[str, Any], check: bool) -> Supplied:
    """Get the images that *params* ask for.

    :raises RequestError: the options contradict themselves.
    :raises DockerError: Docker cannot be used at all.
    """
    builds = {build["name"]: Build(**build) for build in params["builds"]}
    requests = read_requests(params["images"], builds)
    sources = chosen_sources(params["source"], params["allow_fallback"], params["recorded"])
    if params["source"] != "auto":
        sources = {request.service: params["source"] for request in requests}
    settings = Settings(
        build=params["build"],
        check=check,
        base_image=params["base_image"],
        log_path=params["log_path"],
        parallel_pulls=params["parallel_pulls"],
        parallel_builds=params["parallel_builds"],
    )
    docker = DockerCli(shutil.which(params["docker_cli"]) or params["docker_cli"], params["timeout"])
    return Supply(docker, requests, builds, sources, settings).run()


def diff(supplied: Supplied) -> dict[str, str]:
    """Return before and after of every service whose image differs, one line each."""
    before, after = [], []
    for service, image in supplied.images.items():
        old, new = supplied.before[service], image["id"] or "to be built"
        if old != new:
            before.append(f"{service}: {image['reference']} {old}\n")
            after.append(f"{service}: {image['reference']} {new}\n")
    return {"before": "".join(before), "after": "".join(after)}


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "images": {"type": "list", "elements": "dict", "required": True, "options": IMAGE_OPTIONS},
            "builds": {"type": "list", "elements": "dict", "default": [], "options": BUILD_OPTIONS},
            "source": {"type": "str", "choices": ["registry", "build", "auto"], "required": True},
            "allow_fallback": {"type": "bool", "default": False},
            "recorded": {"type": "dict", "default": {}},
            "build": {"type": "bool", "default": True},
            "base_image": {"type": "str", "default": "debian:trixie-slim"},
            "log_path": {"type": "path", "required": True},
            "parallel_pulls": {"type": "int", "default": 4},
            "parallel_builds": {"type": "int", "default": 2},
            "timeout": {"type": "int", "default": 1800},
            "lock": LOCK_OPTION,
            "docker_cli": {"type": "str", "default": "docker"},
        },
        supports_check_mode=True,
    )
    life = life_of(None if module.check_mode else module.params["lock"], "images")
    try:
        life.begin()
        supplied = supply(module.params, module.check_mode)
        life.renew()
    except (RequestError, DockerError, LockError) as error:
        module.fail_json(msg=str(error))
    if supplied.docker_missing:
        module.warn(f"No image is taken to be on this host: {supplied.docker_missing}")
    result = {
        "changed": bool(supplied.actions),
        "images": supplied.images,
        "actions": supplied.actions,
    }
    if module._diff:
        # Ansible shows a diff that is returned, also where the task says `diff: false`.
        result["diff"] = diff(supplied)
    if supplied.failures:
        module.fail_json(msg=failure_text(supplied.failures), **result)
    sources = {name: image["source"] for name, image in supplied.images.items() if image["source"] != UNKNOWN}
    base = {
        "reference": module.params["base_image"],
        "present": supplied.base_present,
        "said": "" if supplied.base_present else supplied.base_said,
    }
    module.exit_json(**result, sources=sources, to_build=supplied.to_build, base_image=base)


if __name__ == "__main__":
    main()
