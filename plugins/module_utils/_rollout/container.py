# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The containers of a project, as the engine describes them."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass, field

from .._health.docker_cli import DockerCli, DockerError

# One JSON document per line; these fields are the same in every engine since 1.13.
_FORMAT = (
    '{"id":{{json .Id}},"name":{{json .Name}},"state":{{json .State}},"image":{{json .Image}},'
    '"labels":{{json .Config.Labels}},"env":{{json .Config.Env}},"restarts":{{json .RestartCount}}}'
)
_PREFIX = "com.docker.compose."


@dataclass(frozen=True)
class Container:
    """One container.

    :param service: the service of the model that Compose made it for.
    :param config_hash: Compose's digest of the configuration that it was made from.
    :param image: id of the image that it was made from.
    :param status: ``created``, ``running``, ``paused``, ``restarting``, ``removing``, ``exited`` or ``dead``.
    :param health: ``starting``, ``healthy``, ``unhealthy`` or empty without a health check.
    :param variables: names of its environment variables; their values are nobody's business.
    :param restarts: how often the engine has restarted it by its policy.
    """

    id: str
    name: str
    service: str
    config_hash: str
    image: str
    status: str
    exit_code: int = 0
    oom_killed: bool = False
    error: str = ""
    started_at: str = ""
    health: str = ""
    restarts: int = 0
    labels: t.Mapping[str, str] = field(default_factory=dict)
    variables: frozenset[str] = frozenset()

    @property
    def in_words(self) -> str:
        """The state in the words of an operator."""
        words = self.status
        if self.status in ("exited", "dead", "restarting"):
            words += " (exit code %d%s)" % (self.exit_code, ", killed for lack of memory" if self.oom_killed else "")
        if self.health in ("unhealthy", "starting") and self.status == "running":
            words += " (%s)" % self.health
        if self.restarts:
            words += ", restarted %d times" % self.restarts
        if self.error:
            words += ": " + self.error
        return words


def observe(docker: DockerCli, project: str, tries: int = 3) -> list[Container]:
    """All containers of a project, except those of ``docker compose run``.

    :param tries: a container may vanish between list and inspection, hardly three times.
    :raises DockerError: Docker cannot be asked.
    """
    code, err = 0, ""
    while tries:
        tries -= 1
        ids = docker.run("ps", "-aq", "--no-trunc", "--filter", "label=%sproject=%s" % (_PREFIX, project)).split()
        if not ids:
            return []
        code, out, err = inspect(docker, ids)
        if code == 0:
            return [container for container in parse(out) if container.labels.get(_PREFIX + "oneoff") != "True"]
    raise docker.failure(("inspect",), code, err)


def inspect(docker: DockerCli, ids: t.Sequence[str]) -> tuple[int, str, str]:
    """Inspect containers; the exit code is not 0 when one of them is gone, the output has the others."""
    return docker.attempt("inspect", "--type", "container", "--format", _FORMAT, *ids)


def parse(text: str) -> list[Container]:
    """Parse the lines that ``inspect`` prints."""
    return [_container(json.loads(line)) for line in text.splitlines() if line]


def _container(document: t.Mapping[str, t.Any]) -> Container:
    labels = document["labels"] or {}
    state = document["state"]
    return Container(
        id=document["id"],
        name=document["name"].lstrip("/"),
        service=labels.get(_PREFIX + "service", ""),
        config_hash=labels.get(_PREFIX + "config-hash", ""),
        image=labels.get(_PREFIX + "image") or document["image"],  # Compose compares its own label
        status=state["Status"],
        exit_code=state["ExitCode"],
        oom_killed=state["OOMKilled"],
        error=state["Error"],
        started_at=state["StartedAt"],
        health=(state.get("Health") or {}).get("Status", ""),
        restarts=document["restarts"],
        labels=labels,
        variables=frozenset(entry.partition("=")[0] for entry in document["env"] or ()),
    )


def last_lines(docker: DockerCli, container: str, count: int = 10) -> list[str]:
    """The last lines that a container printed, on both streams, in their order."""
    try:
        code, out, err = docker.attempt("logs", "--timestamps", "--tail", str(count), container)
    except DockerError as error:
        return ["(no log: %s)" % error]
    if code != 0:
        return ["(no log: %s)" % " ".join(err.split())[:200]]
    # Each line begins with its time, in a form whose order is that of text.
    lines = sorted((out + err).splitlines())[-count:]
    return [line.partition(" ")[2].encode("utf-8", "replace").decode("utf-8", "replace")[:300] for line in lines]
