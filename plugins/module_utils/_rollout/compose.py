# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Compose is asked, by the output that its versions 2.26 to 5.6 have in common."""

from __future__ import annotations

import json
import re
import typing as t

from .._health.docker_cli import DockerCli, DockerError, DockerMissing
from .model import Model, Service

_NO_PLUGIN = ("unknown shorthand flag", "is not a docker command", "unknown command: docker compose")
_HASH_LINE = re.compile(r"(?P<service>\S+) (?P<digest>[0-9a-f]{64})\Z")


class Compose:
    """Compose for one project and one model."""

    def __init__(self, docker: DockerCli, project: str, model: Model) -> None:
        self._docker = docker
        self._project = project
        self._model = model

    def hashes(self) -> dict[str, str]:
        """Compose's digest of every service.

        Compose 5.6 labels the container that it makes of a service with the same digest. Compose 2.26 leaves the
        environment files out here, though not out of the label.

        :raises DockerError: Compose does not accept the model.
        """
        return parse_hashes(self._run(self._model.path, "config", "--hash", "*"))

    def resolved_hashes(self) -> dict[str, str]:
        """The same of the model with its environment files resolved, which either version labels alike.

        It takes twice the time. The resolved model goes from one process to the next and is written nowhere.

        :raises DockerError: Compose does not accept the model.
        """
        resolved = self._run(self._model.path, "config", "--format", "json")
        return parse_hashes(self._run("-", "config", "--hash", "*", data=resolved))

    def up(self, services: t.Sequence[str]) -> tuple[int, str]:
        """Create, recreate or start the services that differ; exit code and what Compose said.

        All that need no change are left alone by not being named: Compose runs an exited one-shot again when it is.
        """
        code, dummy, err = self._docker.attempt(
            *self._arguments(self._model.path, progress="plain"),
            *("up", "-d", "--no-deps", "--no-build", "--pull", "never"),
            *services,
        )
        return code, err

    def create(self, services: t.Sequence[str]) -> tuple[int, str]:
        """Create the containers of services that have none, and start nothing; exit code and what Compose said."""
        code, dummy, err = self._docker.attempt(
            *self._arguments(self._model.path, progress="plain"), "create", "--no-build", "--pull", "never", *services
        )
        return code, err

    def _arguments(self, model: str, progress: str | None = None) -> list[str]:
        options = ["--progress", progress] if progress else []
        return ["compose", *options, "-p", self._project, "-f", model]

    def _run(self, model: str, *arguments: str, data: str | None = None) -> str:
        whole = [*self._arguments(model), *arguments]
        code, out, err = self._docker.attempt(*whole, data=data)
        if code != 0:
            if any(words in err for words in _NO_PLUGIN):
                raise DockerMissing(
                    "Docker's client has no Compose plugin; install docker-compose-plugin, or put the plugin into"
                    " ~/.docker/cli-plugins or /usr/libexec/docker/cli-plugins"
                )
            raise self._docker.failure(whole, code, err)
        return out


def parse_hashes(text: str) -> dict[str, str]:
    """Parse ``config --hash``: a line for each service, its name and 64 hexadecimal digits.

    :raises DockerError: there is anything else.
    """
    hashes: dict[str, str] = {}
    for line in text.splitlines():
        if not line:
            continue
        match = _HASH_LINE.match(line)
        if match is None:
            raise DockerError("`docker compose config --hash` printed a line that is not a service and its digest")
        hashes[match["service"]] = match["digest"]
    return hashes


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
