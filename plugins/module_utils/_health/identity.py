# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probes that also ask whose container answers."""

from __future__ import annotations

import threading
import time
import typing as t
from dataclasses import replace

from .answer import Answer, not_ready, wrong_service
from .docker_cli import DockerCli, DockerError, DockerMissing
from .gate import Gate
from .owner import Owners, owner_of, published_port_owners
from .protocols import ask

_FRESH = 1.0  # seconds for which a reading may contradict a probe before it is read again


class OwnedProbe:
    """Asks a gate and, where the gate wants it, compares the container behind the port with the service.

    The owners are read once for all probes, beside the first ones, and again when they disagree with a probe: a
    container that was replaced in between is not a wrong one.

    :param gates: all that will be asked; Docker is left alone when none of them wants the comparison.
    """

    def __init__(
        self,
        gates: t.Iterable[Gate],
        project: str | None,
        docker: DockerCli,
        probe: t.Callable[[Gate, float], Answer] = ask,
    ) -> None:
        self._project = project
        self._docker = docker
        self._probe = probe
        self._lock = threading.Lock()
        self._owners: Owners | DockerError | None = None
        self._read_at = 0.0
        if any(gate.identity_container for gate in gates):
            threading.Thread(target=self._read, args=(None,), daemon=True, name="sahool-owners").start()

    def __call__(self, gate: Gate, timeout: float) -> Answer:
        said = self._probe(gate, timeout)
        if not (gate.identity_container and said.ready):
            return said
        verdict = self._verdict(gate, said, self._read(older_than=None))
        if verdict.state == "wrong_service":
            verdict = self._verdict(gate, said, self._read(older_than=_FRESH))
        return verdict

    def forget(self) -> None:
        """Read the owners anew for the next answer: containers were started since."""
        with self._lock:
            self._owners = None

    def _read(self, older_than: float | None) -> Owners | DockerError:
        with self._lock:
            stale = older_than is not None and time.monotonic() - self._read_at > older_than
            if self._owners is None or stale:
                try:
                    self._owners = published_port_owners(self._docker)
                except DockerError as error:
                    self._owners = error
                self._read_at = time.monotonic()
            return self._owners

    def _verdict(self, gate: Gate, said: Answer, owners: Owners | DockerError) -> Answer:
        if isinstance(owners, DockerError):
            answer = not_ready("it answers, but whose container it is cannot be told: %s" % owners)
            return replace(answer, final=isinstance(owners, DockerMissing))
        owner = owner_of(owners, gate.host, t.cast(int, gate.port))
        expected = "service %s of project %s" % (gate.name, self._project)
        if owner is None:
            return wrong_service("port %s is published by no container, expected %s" % (gate.port, expected))
        if (owner.project, owner.service) != (self._project, gate.name):
            return wrong_service("port %s belongs to %s, expected %s" % (gate.port, owner, expected), owner.container)
        return replace(said, identity=said.identity or owner.container)
