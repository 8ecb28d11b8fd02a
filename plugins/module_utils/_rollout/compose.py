# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Compose is told, in words that its versions 2.26 to 5.6 have in common, and which images are there."""

from __future__ import annotations

import json
import typing as t

from .._health.docker_cli import DockerCli, DockerMissing
from .model import Model, Service

_NO_PLUGIN = ("unknown shorthand flag", "is not a docker command", "unknown command: docker compose")


class Compose:
    """Compose for one project and one model."""

    def __init__(self, docker: DockerCli, project: str, model: Model) -> None:
        self._docker = docker
        self._project = project
        self._model = model

    def up(self, services: t.Sequence[str]) -> tuple[int, str]:
        """Make the containers of services, in place of those that are there; exit code and what Compose said.

        Whether a container is to be made is decided by the caller: Compose is not asked for its own opinion, which
        changes with its version.

        :raises DockerMissing: there is no Compose.
        """
        return self._call("up", "-d", "--no-deps", "--no-build", "--pull", "never", "--force-recreate", *services)

    def create(self, services: t.Sequence[str]) -> tuple[int, str]:
        """Create the containers of services that have none, and start nothing; exit code and what Compose said.

        :raises DockerMissing: there is no Compose.
        """
        return self._call("create", "--no-build", "--pull", "never", *services)

    def _call(self, *arguments: str) -> tuple[int, str]:
        code, dummy, err = self._docker.attempt(
            "compose", "--progress", "plain", "-p", self._project, "-f", self._model.path, *arguments
        )
        if code != 0 and any(words in err for words in _NO_PLUGIN):
            raise DockerMissing(
                "Docker's client has no Compose plugin; install docker-compose-plugin, or put the plugin into"
                " ~/.docker/cli-plugins or /usr/libexec/docker/cli-plugins"
            )
        return code, err


def image_ids(docker: DockerCli, services: t.Iterable[Service]) -> dict[str, str]:
    """The ids of the images of services, by image name; an image that the host does not have is left out.

    :raises DockerError: Docker cannot be asked.
    """
    names = sorted({service.image for service in services})
    if not names:
        return {}
    code, out, err = docker.attempt("image", "inspect", "--format", "{{json .Id}}", *names)
    ids = [json.loads(line) for line in out.splitlines() if line.startswith('"')]
    if code == 0 and len(ids) == len(names):
        return dict(zip(names, ids))
    if "no such image" not in err.lower():
        raise docker.failure(("image", "inspect", *names), code, err)
    # The answers do not say which name they belong to, so that with one missing each is asked for.
    found: dict[str, str] = {}
    for name in names:
        code, out, err = docker.attempt("image", "inspect", "--format", "{{json .Id}}", name)
        if code == 0:
            found[name] = json.loads(out)
        elif "no such image" not in err.lower():
            raise docker.failure(("image", "inspect", name), code, err)
    return found
