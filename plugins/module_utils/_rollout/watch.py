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

_FRESH = 0.9  # seconds; waiting looks once per second, and then for all services
_FRESH_ONE_SHOT = 0.2  # seconds; the end of a one-shot shows in its container only
_LOOP = 3  # restarts; one or two may be due to a neighbour that was late, three are a loop


class Watch:
    """Knows the containers of the services being gated.

    They are inspected all at once, at most once per second, or five times while a one-shot is waited for.

    :param containers: by service, as just observed.
    :param restarts: how often each had been restarted before the wave began.
    :param gates: by service; a service without one is ready when its container runs.
    :param probe: asks a gate.
    """

    def __init__(
        self,
        docker: DockerCli,
        containers: t.Mapping[str, Container],
        restarts: t.Mapping[str, int],
        gates: t.Mapping[str, Gate],
        probe: t.Callable[[Gate, float], Answer],
        clock: t.Callable[[], float] = time.monotonic,
    ) -> None:
        self._docker = docker
        self._containers = dict(containers)
        self._restarts = restarts
        self._gates = gates
        self._probe = probe
        self._clock = clock
        self._looked_at = clock()
        self._lock = threading.Lock()

    def container(self, service: str) -> Container | None:
        """The container of a service, as last seen."""
        return self._containers.get(service)

    def ask(self, gate: Gate, timeout: float) -> Answer:
        """Probe a service; what its container does comes first, for something else may answer in its place."""
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
        container = self._containers.get(service)
        if container is None:
            return "its container is gone"
        status = container.status
        if status == "exited" and self._gates[service].one_shot and container.exit_code == 0:
            return None
        if status in ("exited", "dead", "removing"):
            return "its container is %s" % container.in_words
        if status == "created":
            return "its container was created but did not start%s" % (": " + container.error if container.error else "")
        if status == "paused":
            return "its container is paused; somebody paused it (docker unpause %s)" % container.name
        restarts = container.restarts - self._restarts.get(service, 0)
        if restarts >= _LOOP:
            return "its container fails again and again: %d restarts, the last with exit code %d%s" % (
                restarts,
                container.exit_code,
                ", killed for lack of memory" if container.oom_killed else "",
            )
        return None

    def _look(self, fresh: float = _FRESH) -> None:
        with self._lock:
            if self._clock() - self._looked_at < fresh or not self._containers:
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
