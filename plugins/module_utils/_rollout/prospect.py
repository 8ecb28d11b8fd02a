# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a roll-out would do: the model, the containers, the images, and a step for every service."""

from __future__ import annotations

import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from .._health.docker_cli import DockerCli, DockerMissing
from .action import CREATE, NONE, RECREATE, Step, Wanted, decide
from .compose import image_ids
from .container import Container, observe
from .explain import Explainer
from .files import Files
from .model import Model


@dataclass(frozen=True)
class Prospect:
    """What was found, and the steps that follow from it.

    :param containers: all containers of the project.
    :param missing_images: images that a step needs and the host does not have, with the services that need them.
    """

    steps: t.Mapping[str, Step]
    containers: t.Sequence[Container]
    orphans: t.Sequence[Container]
    missing_images: t.Mapping[str, t.Sequence[str]]


def look_ahead(
    docker: DockerCli,
    project: str,
    model: Model | None,
    services: t.Sequence[str],
    one_shots: t.Collection[str],
    files: Files | None = None,
) -> Prospect:
    """Find out what the given services need.

    :param model: None when it is not rendered yet (check mode): then a service that exists differs by its model.
    :param files: what containers read, also what is not on the disk yet.
    :raises DockerError: Docker cannot answer.
    """
    if model is None:
        containers = observe(docker, project)
        present = by_service(containers)
        wanted = [Wanted(name, None, None, name in one_shots) for name in services]
        return Prospect({w.name: decide(w, present.get(w.name, [])) for w in wanted}, containers, (), {})
    named = [model.services[name] for name in services]
    # Two questions that need none of the other's answer; each costs a process of its own.
    with ThreadPoolExecutor(max_workers=1) as pool:
        images_job = pool.submit(image_ids, docker, named)
        containers = observe(docker, project)
        images = images_job.result()
    present = by_service(containers)
    explainer = Explainer(model, files or Files(model.files_root))
    steps: dict[str, Step] = {}
    missing: dict[str, list[str]] = {}
    for service in named:
        image_id = images.get(service.image)
        wanted_service = Wanted(service.name, service.digest, image_id, service.name in one_shots, model.path)
        step = decide(wanted_service, present.get(service.name, []))
        steps[service.name] = explainer.explained(step, service, image_id) if step.differs else step
        if image_id is None and (step.action in (CREATE, RECREATE) or step.differs):
            missing.setdefault(service.image, []).append(service.name)
    orphans = [container for container in containers if container.service not in model.services]
    return Prospect(steps, containers, orphans, missing)


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
    files: Files | None = None,
) -> tuple[Prospect, str | None]:
    """As ``look_ahead``, also on a host without Docker; then the second value says what is missing."""
    try:
        return look_ahead(docker, project, model, services, one_shots, files), None
    except DockerMissing as error:
        return without_docker(services), str(error)


def by_service(containers: t.Iterable[Container]) -> dict[str, list[Container]]:
    """The containers of each service."""
    found: dict[str, list[Container]] = {}
    for container in containers:
        found.setdefault(container.service, []).append(container)
    return found
