# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator reads when a roll-out stops."""

from __future__ import annotations

import typing as t

from .._health.docker_cli import DockerCli
from .._health.gate import Gate
from .._health.wait import Outcome
from .action import NONE, Step
from .container import Container, last_lines
from .redact import Redactor


class RollOutError(Exception):
    """The roll-out stopped; the text is for the operator."""


class NotReady(t.NamedTuple):
    """A service that did not become ready."""

    gate: Gate
    step: Step
    outcome: Outcome
    container: Container | None


def not_ready_message(
    docker: DockerCli,
    project: str,
    number: int,
    waves: t.Sequence[t.Sequence[str]],
    failed: t.Sequence[NotReady],
    redact: Redactor,
) -> str:
    """The message for a wave that did not become ready."""
    lines = [
        "The roll-out of project %s stopped in wave %d of %d: %d of %d services are not ready."
        % (project, number + 1, len(waves), len(failed), len(waves[number]))
    ]
    for gate, step, outcome, container in failed:
        lines.append(
            "%s: %s after %.1f s and %d %s; action: %s%s"
            % (
                gate.name,
                outcome.state.replace("_", " "),
                outcome.seconds,
                outcome.attempts,
                "probe" if outcome.attempts == 1 else "probes",
                step.action,
                " (%s)" % ", ".join(step.causes) if step.causes else "",
            )
        )
        lines.append("  found at %s: %s" % (gate.target, outcome.last_error or "no answer"))
        lines.append("  waited for: %s" % gate.expected)
        if container is None:
            lines.append("  next: docker ps -a --filter label=com.docker.compose.project=%s" % project)
            continue
        lines.append("  container %s: %s" % (container.name, container.in_words))
        lines.append("  last log lines:")
        lines += ["    " + redact(line) for line in last_lines(docker, container.name)] or ["    (it printed nothing)"]
        if outcome.state == "wrong_service":
            lines.append("  next: docker ps --filter publish=%s; ss -ltnp 'sport = :%s'" % (gate.port, gate.port))
        else:
            lines.append("  next: docker logs --tail 100 %s" % container.name)
    return "\n".join(lines + _rest(number, waves))


def images_message(missing: t.Mapping[str, t.Sequence[str]]) -> str:
    """The message for images that the host does not have, with the services that need each."""
    lacks = ["%s (for %s)" % (image, ", ".join(users)) for image, users in sorted(missing.items())]
    return "The host does not have these images: %s. Nothing was started; pull or build them first." % "; ".join(lacks)


def up_message(
    project: str,
    number: int,
    waves: t.Sequence[t.Sequence[str]],
    planned: t.Mapping[str, Step],
    present: t.Mapping[str, Container],
    said: str,
    code: int,
) -> str:
    """The message for a wave that Compose could not start."""
    lines = [
        "The roll-out of project %s stopped in wave %d of %d: it could not be started (exit code %d)."
        % (project, number + 1, len(waves), code)
    ]
    for name, step in planned.items():
        if step.action != NONE:
            state = present[name].in_words if name in present else "has no container"
            lines.append("%s: %s" % (step, state))
    return "\n".join(lines + _said(project, said) + _rest(number, waves))


def create_message(
    project: str, absent: t.Mapping[str, Step], present: t.Mapping[str, Container], said: str, code: int
) -> str:
    """The message for containers that Compose could not create."""
    lines = [
        "Compose could not create all containers of project %s (exit code %d). Nothing was started." % (project, code)
    ]
    lines += ["%s: has no container" % name for name in absent if name not in present]
    return "\n".join(lines + _said(project, said))


def _said(project: str, said: str) -> list[str]:
    # Progress and errors share the stream; the errors come last, and progress lines begin with a blank.
    words = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in words if "error" in line.lower() or "failed" in line.lower()] or words[-3:]
    return [
        "Docker said: %s" % "; ".join(dict.fromkeys(errors))[:1000],
        "next: docker ps -a --filter label=com.docker.compose.project=%s" % project,
    ]


def _rest(number: int, waves: t.Sequence[t.Sequence[str]]) -> list[str]:
    later = [name for wave in waves[number + 1 :] for name in wave]
    lines = ["Not started: %s." % ", ".join(later)] if later else []
    return [*lines, "What was started stays as it is. Correct the cause and run this again."]
