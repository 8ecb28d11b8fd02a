# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator reads about a service that is not ready."""

from __future__ import annotations

import typing as t

from .docker_cli import DockerCli, DockerError
from .gate import Gate
from .wait import Outcome

_FORMAT = '{{.Label "com.docker.compose.service"}}\t{{.Names}}\t{{.Status}}'


class Whereabouts(t.NamedTuple):
    """The container of a service, and its status in Docker's words (``Exited (1) 3 seconds ago``)."""

    container: str
    status: str


def whereabouts(docker: DockerCli, project: str | None) -> dict[str, Whereabouts]:
    """The containers of a project by service, running or not.

    Without a project, or without Docker, there are none to name: this only adds to a message.
    """
    if project is None:
        return {}
    try:
        text = docker.run(
            "ps", "-a", "--no-trunc", "--filter", "label=com.docker.compose.project=" + project, "--format", _FORMAT
        )
    except DockerError:
        return {}
    rows = [line.split("\t") for line in text.splitlines()]
    return {service: Whereabouts(container, status) for service, container, status in rows}


def finding(gate: Gate, outcome: Outcome, project: str | None, where: Whereabouts | None) -> str:
    """One service: what was found, what was expected, what to do next."""
    lines = [
        "%s: %s after %d %s in %.1f s"
        % (
            gate.name,
            outcome.state.replace("_", " "),
            outcome.attempts,
            "attempt" if outcome.attempts == 1 else "attempts",
            outcome.seconds,
        ),
        "  found at %s: %s" % (gate.target, outcome.last_error or "no answer"),
        "  expected: %s" % gate.expected,
    ]
    if where is not None:
        lines.append("  container %s: %s" % (where.container, where.status))
        lines.append("  next: docker logs --tail 50 %s" % where.container)
    elif project is not None:
        lines.append("  next: project %s has no container of it here; deploy it, or see `docker ps -a`" % project)
    else:
        lines.append("  next: see whether it runs and listens there: ss -ltnp 'sport = :%s'" % gate.port)
    return "\n".join(lines)
