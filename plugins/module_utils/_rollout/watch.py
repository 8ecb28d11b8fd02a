# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The containers of a wave while it is gated."""

from __future__ import annotations

import threading
import time
import typing as t

from .._health import answer
from .._health.answer import Answer
from .._health.docker_cli import DockerCli
from .._health.gate import Gate
from .container import Container, inspect, parse
from .events import DIE, OOM, Events
from .words import out_of_memory, signal_of

_FRESH = 0.9  # seconds; waiting looks once per second, and then for all services
_FRESH_ONE_SHOT = 0.2  # seconds; the end of a one-shot shows in its container only
_LOOP = 3  # deaths; one or two may be due to a neighbour that was late, three are a loop


class Watch:
    """Knows the containers of the services being gated.

    They are inspected all at once, at most once per second, or five times while a one-shot is waited for, and at
    once when the engine tells that one of them died.

    :param containers: by service, as just observed.
    :param restarts: how often each had been restarted before the wave began.
    :param gates: by service; a service without one is ready when its container runs.
    :param probe: asks a gate.
    :param events: what the engine tells; None where nobody listens.
    :param since: the events before this index are of an earlier wave.
    :param crash: told a service and what happened to its container.
    """

    def __init__(
        self,
        docker: DockerCli,
        containers: t.Mapping[str, Container],
        restarts: t.Mapping[str, int],
        gates: t.Mapping[str, Gate],
        probe: t.Callable[[Gate, float], Answer],
        clock: t.Callable[[], float] = time.monotonic,
        *,
        events: Events | None = None,
        since: int = 0,
        crash: t.Callable[[str, str], None] | None = None,
    ) -> None:
        self._docker = docker
        self._containers = dict(containers)
        self._restarts = restarts
        self._gates = gates
        self._probe = probe
        self._clock = clock
        self._looked_at = clock()
        self._lock = threading.Lock()
        self._events = events
        self._since = self._known = since
        self._crash = crash
        self._answers: dict[str, Answer] = {}
        self.reasons: dict[str, str] = {}  # why a service was given up, by its name

    def container(self, service: str) -> Container | None:
        """The container of a service, as last seen."""
        return self._containers.get(service)

    def ask(self, gate: Gate, timeout: float) -> Answer:
        """Probe a service; what its container does comes first, for something else may answer in its place."""
        said = self._ask(gate, timeout)
        self._answers[gate.name] = said
        return said

    def last_answer(self, service: str) -> Answer | None:
        """What a service answered last, whatever became of it since; None when it was never asked."""
        return self._answers.get(service)

    def settled(self, service: str) -> bool:
        """Whether asking a service again is pointless: it was given up, or its answer was final."""
        said = self._answers.get(service)
        return service in self.reasons or (said is not None and said.final)

    def out_of_memory(self, service: str) -> bool:
        """Whether the container of a service, or a process in it, was killed for lack of memory in this wave."""
        container = self._containers.get(service)
        if container is None:
            return False
        told = self._events is not None and self._events.out_of_memory(container.id, self._since)
        return told or (container.oom_killed and container.status != "running")

    def exit_code(self, service: str) -> int | None:
        """The exit code with which the container of a service died last in this wave; None when it did not die."""
        container = self._containers.get(service)
        if container is None:
            return None
        deaths = self._events.deaths(container.id, self._since) if self._events else []
        if container.status in ("exited", "dead", "restarting"):
            return container.exit_code
        return deaths[-1] if deaths else None

    def restarts(self, service: str) -> int:
        """How often the engine restarted the container of a service in this wave."""
        container = self._containers.get(service)
        return max(container.restarts - self._restarts.get(service, 0), 0) if container else 0

    def _ask(self, gate: Gate, timeout: float) -> Answer:
        if gate.one_shot:
            self._look(_FRESH_ONE_SHOT)
        container = self._containers.get(gate.name)
        if container is None:
            return answer.not_ready("it has no container")
        if gate.one_shot:
            if container.status != "exited":
                return answer.not_ready("the one-shot is %s, it has not exited yet" % container.in_words)
            if container.exit_code != 0:
                return answer.not_ready("the one-shot is %s, expected exit code 0" % container.in_words)
            return self._probe(gate, timeout) if gate.probed else answer.ready(container.name)
        if gate.protocol is None:
            if container.status != "running" or container.health == "unhealthy":
                return answer.not_ready("the container is %s, expected it to run" % container.in_words)
            return answer.ready(container.name)
        said = self._probe(gate, timeout)
        if said.ready and container.status != "running":
            return answer.not_ready("it answers, but its container is %s" % container.in_words, said.identity)
        return said

    def give_up(self, service: str) -> str | None:
        """Why it is pointless to wait any longer for a service, or None."""
        self._look()
        reason = self._reason(service)
        if reason is not None:
            self.reasons[service] = reason
        return reason

    def _reason(self, service: str) -> str | None:
        container = self._containers.get(service)
        if container is None:
            return "its container is gone"
        one_shot = self._gates[service].one_shot
        if one_shot and container.status == "exited" and container.exit_code == 0:
            return None
        if self.out_of_memory(service):
            return out_of_memory(container.memory_limit)
        status = container.status
        if status == "exited":
            return "its container exited with code %d%s" % (container.exit_code, signal_of(container.exit_code))
        if status in ("dead", "removing"):
            return "its container is %s" % container.in_words
        if status == "created":
            return "its container was created but did not start%s" % (": " + container.error if container.error else "")
        if status == "paused":
            return "its container is paused; somebody paused it (docker unpause %s)" % container.name
        deaths = self._events.deaths(container.id, self._since) if self._events else []
        if one_shot:
            deaths = [code for code in deaths if code != 0]
        times = max(len(deaths), self.restarts(service))
        if times >= _LOOP:
            code = deaths[-1] if deaths else container.exit_code
            return "its container dies again and again: %d times so far, the last with exit code %d%s" % (
                times,
                code,
                signal_of(code),
            )
        return None

    def _look(self, fresh: float = _FRESH) -> None:
        with self._lock:
            told = len(self._events.seen) if self._events else 0
            if not self._containers or (told <= self._known and self._clock() - self._looked_at < fresh):
                return
            ids = [container.id for container in self._containers.values()]
            code, out, err = inspect(self._docker, ids)
            seen = {container.id: container for container in parse(out)}
            if code != 0 and "no such" not in err.lower():
                raise self._docker.failure(("inspect", *ids), code, err)
            self._containers = {
                service: seen[container.id] for service, container in self._containers.items() if container.id in seen
            }
            self._looked_at = self._clock()
            self._tell_crashes(told)

    def _tell_crashes(self, told: int) -> None:
        """Pass on what the engine told since the last look, of the containers that are waited for."""
        known, self._known = self._known, max(told, self._known)
        if self._events is None or self._crash is None:
            return
        services = {container.id: service for service, container in self._containers.items()}
        for event in self._events.seen[known:told]:
            service = services.get(event.container)
            if service is None:
                continue
            if event.kind == OOM:
                self._crash(service, out_of_memory(self._containers[service].memory_limit))
            elif event.kind == DIE and (event.exit_code or not self._gates[service].one_shot):
                self._crash(service, "exited with code %d%s" % (event.exit_code, signal_of(event.exit_code)))
