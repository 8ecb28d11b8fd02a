# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a roll-out would do: the model, the containers, the images, and a step for every service."""

from __future__ import annotations

import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from .._health.docker_cli import DockerCli, DockerMissing
from .action import CREATE, NONE, RECREATE, RERUN, Step, Wanted, decide
from .compose import Compose, image_ids
from .container import Container, observe
from .model import Model, Service


@dataclass(frozen=True)
class Prospect:
    """What was found, and the steps that follow from it.

    :param containers: all containers of the project.
    :param hashes: Compose's digest of every service of the model, as it stands in the label of a container.
    :param missing_images: images that a step needs and the host does not have, with the services that need them.
    """

    steps: t.Mapping[str, Step]
    containers: t.Sequence[Container]
    orphans: t.Sequence[Container]
    missing_images: t.Mapping[str, t.Sequence[str]]
    hashes: t.Mapping[str, str] = field(default_factory=dict)


def look_ahead(
    docker: DockerCli,
    project: str,
    model: Model | None,
    services: t.Sequence[str],
    one_shots: t.Collection[str],
    hashes: t.Mapping[str, str] | None = None,
) -> Prospect:
    """Find out what the given services need.

    :param hashes: Compose's digests as an earlier prospect of the same model had them, which saves asking again.
    :param model: None when it is not rendered yet (check mode): then a service that exists differs by its model.
    :raises DockerError: Docker or Compose cannot answer.
    """
    if model is None:
        containers = observe(docker, project)
        wanted = [Wanted(name, None, None, name in one_shots) for name in services]
        return Prospect(_steps(wanted, containers), containers, (), {})
    named = [model.services[name] for name in services]
    compose = Compose(docker, project, model)
    # Three questions that need none of the others' answers; each costs a process of its own.
    with ThreadPoolExecutor(max_workers=3) as pool:
        hashes_job = pool.submit(compose.hashes) if not set(services) <= set(hashes or {}) else None
        images_job = pool.submit(image_ids, docker, named)
        containers = observe(docker, project)
        digests = hashes_job.result() if hashes_job else dict(hashes or {})
        images = images_job.result()
    if any(_doubtful(service, digests[service.name], containers) for service in named):
        digests = compose.resolved_hashes()
    wanted = [
        Wanted(service.name, digests[service.name], images.get(service.image), service.name in one_shots)
        for service in named
    ]
    steps = _steps(wanted, containers)
    missing: dict[str, list[str]] = {}
    for service in named:
        if service.image not in images and _needs_image(steps[service.name]):
            missing.setdefault(service.image, []).append(service.name)
    orphans = [container for container in containers if container.service not in model.services]
    return Prospect(steps, containers, orphans, missing, digests)


def only_creations(prospect: Prospect) -> Prospect:
    """The prospect of a call that creates what is absent and leaves the rest alone."""
    steps = {
        name: step if step.action == CREATE else replace(step, action=NONE, causes=())
        for name, step in prospect.steps.items()
    }
    return replace(prospect, steps=steps)


def without_docker(services: t.Sequence[str]) -> Prospect:
    """The prospect of a host on which Docker is still to be installed (check mode)."""
    return Prospect({name: Step(name, CREATE, ("absent",)) for name in services}, (), (), {})


def look_ahead_anywhere(
    docker: DockerCli,
    project: str,
    model: Model | None,
    services: t.Sequence[str],
    one_shots: t.Collection[str],
    hashes: t.Mapping[str, str] | None = None,
) -> tuple[Prospect, str | None]:
    """As ``look_ahead``, also on a host without Docker; then the second value says what is missing."""
    try:
        return look_ahead(docker, project, model, services, one_shots, hashes), None
    except DockerMissing as error:
        return without_docker(services), str(error)


def by_service(containers: t.Iterable[Container]) -> dict[str, list[Container]]:
    """The containers of each service."""
    found: dict[str, list[Container]] = {}
    for container in containers:
        found.setdefault(container.service, []).append(container)
    return found


def _steps(wanted: t.Iterable[Wanted], containers: t.Iterable[Container]) -> dict[str, Step]:
    present = by_service(containers)
    return {service.name: decide(service, present.get(service.name, [])) for service in wanted}


def _doubtful(service: Service, config_hash: str, containers: t.Iterable[Container]) -> bool:
    """Whether a digest may lack the environment files, and the container of the service be made with or without them.

    It does not when it is the container's own and the container has the files' variables: then they are in it.
    """
    if not service.env_files:
        return False
    names = service.env_names()
    own = [container for container in containers if container.service == service.name]
    return any(container.config_hash != config_hash or not names <= container.variables for container in own)


def _needs_image(step: Step) -> bool:
    if step.action == RERUN:
        return "configuration" in step.causes or "image" in step.causes
    return step.action in (CREATE, RECREATE)
