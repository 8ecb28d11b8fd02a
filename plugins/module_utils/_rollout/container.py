# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The containers of a project, as the engine describes them."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass, field

from .._health.docker_cli import DockerCli
from .digest import LABEL

# One JSON document per line; these fields are the same in every engine since 1.13.
_FORMAT = (
    '{"id":{{json .Id}},"name":{{json .Name}},"state":{{json .State}},"image":{{json .Image}},'
    '"labels":{{json .Config.Labels}},"env":{{json .Config.Env}},"restarts":{{json .RestartCount}},'
    '"memory":{{json .HostConfig.Memory}},"policy":{{json .HostConfig.RestartPolicy}},'
    '"image_name":{{json .Config.Image}},"ports":{{json .HostConfig.PortBindings}}}'
)
_PREFIX = "com.docker.compose."


@dataclass(frozen=True)
class Container:
    """One container.

    :param service: the service of the model that Compose made it for.
    :param model: digest of the model's entry that it was made from; empty when nothing of ours made it.
    :param image: id of the image that it was made from.
    :param status: ``created``, ``running``, ``paused``, ``restarting``, ``removing``, ``exited`` or ``dead``.
    :param health: ``starting``, ``healthy``, ``unhealthy`` or empty without a health check.
    :param variables: names of its environment variables; their values are nobody's business.
    :param restarts: how often the engine has restarted it by its policy.
    :param health_said: what its own health check printed last; may hold a secret.
    :param memory_limit: in bytes, 0 for none.
    :param policy: the name of its restart policy: ``no``, ``on-failure``, ``unless-stopped`` or ``always``.
    :param config_files: the Compose files that it was made from.
    :param image_name: the name that its image had then.
    :param ports: what it publishes, as ``127.0.0.1:8080:80/tcp``.
    """

    id: str
    name: str
    service: str
    model: str
    image: str
    status: str
    exit_code: int = 0
    oom_killed: bool = False
    error: str = ""
    started_at: str = ""
    health: str = ""
    restarts: int = 0
    health_said: str = field(default="", repr=False)
    memory_limit: int = 0
    policy: str = ""
    labels: t.Mapping[str, str] = field(default_factory=dict)
    variables: frozenset[str] = frozenset()
    config_files: tuple[str, ...] = ()
    image_name: str = ""
    ports: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """The state in the words of an operator."""
        words = self.status
        if self.status in ("exited", "dead", "restarting"):
            words += " (exit code %d%s)" % (self.exit_code, ", killed for lack of memory" if self.oom_killed else "")
        if self.health in ("unhealthy", "starting") and self.status == "running":
            words += " (%s)" % self.health
        if self.restarts:
            words += ", restarted %s" % ("once" if self.restarts == 1 else "%d times" % self.restarts)
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
    health = state.get("Health") or {}
    checks = health.get("Log") or []
    return Container(
        id=document["id"],
        name=document["name"].lstrip("/"),
        service=labels.get(_PREFIX + "service", ""),
        model=labels.get(LABEL, ""),
        image=document["image"],
        status=state["Status"],
        exit_code=state["ExitCode"],
        oom_killed=state["OOMKilled"],
        error=state["Error"],
        started_at=state["StartedAt"],
        health=health.get("Status", ""),
        restarts=document["restarts"],
        health_said=checks[-1].get("Output", "") if checks else "",
        memory_limit=document.get("memory") or 0,
        policy=(document.get("policy") or {}).get("Name", ""),
        labels=labels,
        variables=frozenset(entry.partition("=")[0] for entry in document["env"] or ()),
        # Every version of Compose writes absolute paths, in the order of its option -f, symlinks as they were given.
        config_files=tuple(filter(None, labels.get(_PREFIX + "project.config_files", "").split(","))),
        image_name=document.get("image_name") or "",
        ports=tuple(sorted(_published(document.get("ports") or {}))),
    )


def _published(bindings: t.Mapping[str, t.Any]) -> t.Iterator[str]:
    for target, places in bindings.items():
        for place in places or ():
            yield "%s:%s:%s" % (place["HostIp"] or "0.0.0.0", place["HostPort"], target)
