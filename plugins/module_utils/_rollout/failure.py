# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator reads when a service fails, and the same for programs."""

from __future__ import annotations

import re
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from .._health.answer import UNREACHABLE, WRONG_SERVICE, Answer
from .._health.docker_cli import DockerCli, DockerError
from .._health.gate import Gate
from .._health.owner import owner_of, published_port_owners
from .._health.wait import Outcome
from .action import NONE, Step
from .blockers import ABSENT, blockers
from .container import Container, observe
from .errors import RollOutError
from .log import LINES, last_lines, plain
from .redact import Redactor
from .words import memory, out_of_memory

_FEW = 3  # so many failed services are shown with all their lines, more with a few each
_SHORT = 5  # lines
_READERS = 8  # logs read at a time
_PORT_TAKEN = re.compile(r".*:(\d+)\b.*?(?:port is already allocated|address already in use)")
# What engines put before the reason; it names what nobody asked for.
_ENDPOINT = re.compile(r"(?:[\w ]+: )?driver failed programming external connectivity on endpoint \S+ \([0-9a-f]+\): ")
_DIED = ("exited", "dead", "restarting")


class NotReady(t.NamedTuple):
    """A service that did not become ready, as the watch knew it.

    :param reason: why it was pointless to wait any longer; None when it was not.
    :param answer: what it answered last, None when it was never asked.
    :param exit_code: with which it died last in this wave, None when it did not.
    :param deadline: in seconds, None when it did not come to that.
    """

    gate: Gate
    outcome: Outcome
    container: Container | None
    reason: str | None
    answer: Answer | None
    out_of_memory: bool
    restarts: int
    exit_code: int | None
    deadline: float | None


@dataclass(frozen=True)
class Failure:
    """One service that failed. What is shown is made from this, so that text and document say the same."""

    service: str
    phase: str | None
    reason: str
    container: str | None
    state: str
    exit_code: int | None
    oom_killed: bool
    memory_limit: str | None
    restarts: int
    target: str | None
    last_answer: str | None
    expected: str | None
    blocked_by: list[dict[str, str]]
    log: list[str]
    waited: float
    attempts: int
    deadline: float | None
    next: list[str]

    @property
    def headline(self) -> str:
        """What is wrong, and for how long it was waited."""
        words = "%s: %s" % (self.service, self.reason)
        if self.waited:
            words += ", after %.1f s" % self.waited
        if self.deadline is not None:
            probes = "probe" if self.attempts == 1 else "probes"
            words += " and %d %s (deadline %g s)" % (self.attempts, probes, self.deadline)
        return words

    def lines(self, most: int) -> list[str]:
        """The text; of the log at most so many lines."""
        lines = [self.headline]
        for entry in self.blocked_by:
            lines.append("  blocked by %s, which it needs: %s" % (entry["service"], entry["state"]))
        if self.container is not None:
            lines.append("  container %s: %s" % (self.container, self.state))
        if self.target is not None:
            lines.append("  last answer of %s: %s" % (self.target, self.last_answer or "none"))
        if self.expected is not None:
            lines.append("  expected: %s" % self.expected)
        if self.oom_killed and self.memory_limit is not None:
            lines.append(
                "  remedy: make it need less than %s, or raise the limit of %s by sahool_service_overrides"
                " (resources, memory)" % (self.memory_limit, self.service)
            )
        if self.container is not None and self.state != "created":
            lines.append("  last log lines:")
            lines += ["    " + line for line in self.log[-most:]] or ["    (it printed nothing)"]
        return lines + ["  next: " + command for command in self.next]


@dataclass(frozen=True)
class Scene:
    """Where a roll-out stopped."""

    docker: DockerCli
    project: str
    phase: str | None
    waves: t.Sequence[t.Sequence[str]]
    redact: Redactor

    def headline(self, number: int | None, what: str) -> str:
        """The first line: which phase stopped where, and why."""
        whose = "Phase %s" % self.phase if self.phase else "The roll-out"
        where = "" if number is None else " in wave %d of %d" % (number + 1, len(self.waves))
        return "%s of project %s stopped%s: %s" % (whose, self.project, where, what)

    @property
    def list_containers(self) -> str:
        """The command that shows what there is."""
        return "docker ps -a --filter label=com.docker.compose.project=%s" % self.project


def not_ready_error(
    scene: Scene,
    number: int,
    failed: t.Sequence[NotReady],
    interrupted: t.Sequence[str],
    not_ready: t.Mapping[str, str],
) -> RollOutError:
    """The error for a wave that did not become ready.

    :param interrupted: services that were still starting when the others failed for good.
    :param not_ready: all services of the roll-out that are known not to be ready, and what they answered.
    """
    known = {entry.gate.name: entry.container for entry in failed if entry.container is not None}
    try:
        present = {container.service: container for container in observe(scene.docker, scene.project)}
    except DockerError:  # the engine went away as well; what was known is still worth telling
        present = known
    with ThreadPoolExecutor(max_workers=_READERS) as pool:
        failures = list(pool.map(lambda entry: _failure(scene, entry, present, not_ready), failed))
    # What is dead comes before what is merely late, for it may be why.
    failures.sort(key=lambda failure: failure.exit_code is None)
    names = ", ".join(failure.service for failure in failures)
    count = len(scene.waves[number])
    what = "%s is not ready." % names
    if len(failures) > 1:
        what = "%d of %d services are not ready: %s." % (len(failures), count, names)
    lines = [scene.headline(number, what)]
    for failure in failures:
        lines += failure.lines(LINES if len(failures) <= _FEW else _SHORT)
    if interrupted:
        lines.append("Still starting then, and left to it: %s." % ", ".join(interrupted))
    return _error(lines + _rest(scene, number), failures)


def images_error(
    scene: Scene, missing: t.Mapping[str, t.Sequence[str]], present: t.Mapping[str, Container]
) -> RollOutError:
    """The error for images that the host does not have, with the services that need each."""
    lacks = ["%s (for %s)" % (image, ", ".join(users)) for image, users in sorted(missing.items())]
    text = "The host does not have these images: %s. Nothing was started; pull or build them first." % "; ".join(lacks)
    failures = [
        _unstarted(scene, name, present.get(name), "its image %s is not on this host" % image, ["docker images"])
        for image, users in sorted(missing.items())
        for name in users
    ]
    return _error([text], failures)


def up_error(
    scene: Scene,
    number: int,
    planned: t.Mapping[str, Step],
    present: t.Mapping[str, Container],
    said: str,
    code: int,
) -> RollOutError:
    """The error for a wave that could not be started."""
    failures = []
    for name, step in planned.items():
        container = present.get(name)
        # A one-shot may have come and gone already.
        if step.action == NONE or (container is not None and container.status in ("running", "exited")):
            continue
        reason = "it could not be started"
        if container is not None and container.error:
            reason += ": %s" % plain(_ENDPOINT.sub("", container.error), scene.redact)
        reason += _port_holder(scene, reason)
        failures.append(_unstarted(scene, name, container, reason, _commands_for(scene, container, said)))
    names = ", ".join(failure.service for failure in failures) or "it"
    lines = [scene.headline(number, "%s could not be started (exit code %d)." % (names, code))]
    for failure in failures:
        lines += failure.lines(LINES)
    told = {container.error for container in present.values() if container.error}
    return _error(lines + _said(scene, said, told) + _rest(scene, number), failures)


def create_error(
    scene: Scene, absent: t.Mapping[str, Step], present: t.Mapping[str, Container], said: str, code: int
) -> RollOutError:
    """The error for containers that Compose could not create."""
    failures = [
        _unstarted(scene, name, None, "its container could not be created", [scene.list_containers])
        for name in absent
        if name not in present
    ]
    lines = [
        "Compose could not create all containers of project %s (exit code %d). Nothing was started."
        % (scene.project, code)
    ]
    lines += ["%s: has no container" % failure.service for failure in failures]
    return _error([*lines, *_said(scene, said, ()), "next: " + scene.list_containers], failures)


def _failure(
    scene: Scene, entry: NotReady, present: t.Mapping[str, Container], not_ready: t.Mapping[str, str]
) -> Failure:
    gate, outcome = entry.gate, entry.outcome
    container = present.get(gate.name) or entry.container
    oom = entry.out_of_memory or (container is not None and container.oom_killed and container.status in _DIED)
    limit = container.memory_limit if container is not None else 0
    reason = entry.reason
    if oom:  # the engine may tell so a moment after the death
        reason = out_of_memory(limit)
    elif reason is None and outcome.state == WRONG_SERVICE:
        reason = "another service answers in its place"
    elif reason is None:
        reason = "nothing answers" if outcome.state == UNREACHABLE else "not ready"
    answer = (entry.answer.detail or entry.answer.state) if entry.answer and gate.probed else None
    if container is not None and container.health == "unhealthy" and container.health_said.strip():
        answer = "%s; its own health check: %s" % (answer or "none", container.health_said.strip())
    blocked_by = blockers(gate.needs, present, not_ready)
    return Failure(
        service=gate.name,
        phase=scene.phase,
        reason=plain(reason, scene.redact),
        container=container.name if container else None,
        state=plain(container.in_words, scene.redact) if container else ABSENT,
        exit_code=entry.exit_code,
        oom_killed=oom,
        memory_limit=memory(limit) if limit else None,
        restarts=entry.restarts,
        target=gate.target if gate.probed or answer else None,
        last_answer=plain(" ".join(answer.split()), scene.redact) if answer else None,
        expected=plain(gate.expected, scene.redact),
        blocked_by=[{**blocker, "state": plain(blocker["state"], scene.redact)} for blocker in blocked_by],
        log=last_lines(scene.docker, container.name, scene.redact) if container else [],
        waited=round(outcome.seconds, 3),
        attempts=outcome.attempts,
        deadline=entry.deadline,
        next=_next(scene, gate, outcome, container, [present.get(blocker["service"]) for blocker in blocked_by]),
    )


def _next(
    scene: Scene,
    gate: Gate,
    outcome: Outcome,
    container: Container | None,
    blocking: t.Sequence[Container | None],
) -> list[str]:
    commands = ["docker logs --tail 100 %s" % blocker.name for blocker in blocking if blocker is not None]
    if None in blocking or container is None:
        commands.append(scene.list_containers)
    if outcome.state == WRONG_SERVICE:
        commands += _commands_for_port(gate.port)
    elif container is not None and container.status == "paused":
        commands.append("docker unpause %s" % container.name)
    elif container is not None:
        commands.append("docker logs --tail 100 %s" % container.name)
    return commands


def _unstarted(scene: Scene, name: str, container: Container | None, reason: str, commands: t.Sequence[str]) -> Failure:
    return Failure(
        service=name,
        phase=scene.phase,
        reason=reason,
        container=container.name if container else None,
        state=container.status if container else ABSENT,
        exit_code=container.exit_code if container and container.status in _DIED else None,
        oom_killed=False,
        memory_limit=None,
        restarts=0,
        target=None,
        last_answer=None,
        expected=None,
        blocked_by=[],
        log=[],
        waited=0.0,
        attempts=0,
        deadline=None,
        next=list(commands),
    )


def _commands_for(scene: Scene, container: Container | None, said: str) -> list[str]:
    match = _PORT_TAKEN.search((container.error if container else "") or said)
    if match:
        return _commands_for_port(int(match[1]))
    return ["docker inspect %s" % container.name if container else scene.list_containers]


def _port_holder(scene: Scene, reason: str) -> str:
    """Who has the port, if that is what a container did not start for."""
    match = _PORT_TAKEN.search(reason)
    if match is None:
        return ""
    try:
        owner = owner_of(published_port_owners(scene.docker), "127.0.0.1", int(match[1]))
    except DockerError:
        return ""  # that Docker answers no more is told by what follows
    if owner is None:
        return "; no container has it, so that it is a process of the host"
    return "; it belongs to " + str(owner)


def _commands_for_port(port: int | None) -> list[str]:
    return ["docker ps --filter publish=%s" % port, "ss -ltnp 'sport = :%s'" % port]


def _said(scene: Scene, said: str, told: t.Collection[str]) -> list[str]:
    """What Docker said, but for what is told of a container already."""
    # Progress and errors share the stream; the errors come last, and progress lines begin with a blank.
    words = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in words if "error" in line.lower() or "failed" in line.lower()] or words[-3:]
    errors = [line for line in errors if not any(text in line for text in told)]
    return ["Docker said: %s" % scene.redact("; ".join(dict.fromkeys(errors)))[:1000]] if errors else []


def _rest(scene: Scene, number: int) -> list[str]:
    later = [name for wave in scene.waves[number + 1 :] for name in wave]
    lines = ["Not started: %s." % ", ".join(later)] if later else []
    return [*lines, "What was started stays as it is. Correct the cause and run this again; it goes on from here."]


def _error(lines: t.Sequence[str], failures: t.Sequence[Failure]) -> RollOutError:
    return RollOutError("\n".join(lines), [asdict(failure) for failure in failures])
