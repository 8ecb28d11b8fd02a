# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roll-out: wave after wave, each started by Compose in one call and gated before the next."""

from __future__ import annotations

import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from .._health.docker_cli import DockerCli
from .._health.gate import Gate
from .._health.identity import OwnedProbe
from .._health.wait import Outcome, wait_until_ready
from .action import CREATE, NONE, RECREATE, RERUN, Step, done, starts_as_it_is
from .compose import Compose
from .container import Container, inspect, observe, parse
from .failure import NotReady, RollOutError, create_message, images_message, not_ready_message, up_message
from .model import Model
from .prospect import Prospect, by_service
from .record import NOT_REACHED, UNKNOWN, record
from .redact import Redactor
from .watch import Watch

PARALLEL_STARTS = 16  # clients at once; the engine works on several containers at a time, up to about this many
_GONE = ("no such container", "already in progress")


@dataclass
class Progress:
    """How far the roll-out has come; filled in step by step, so that a failure returns what was done before it."""

    steps: dict[str, Step] = field(default_factory=dict)  # as planned; for a wave that was begun, as they went
    services: dict[str, dict[str, t.Any]] = field(default_factory=dict)
    waves: list[dict[str, t.Any]] = field(default_factory=list)
    hashes: t.Mapping[str, str] = field(default_factory=dict)
    orphans: t.Sequence[Container] = ()
    removed: t.Sequence[Container] = ()

    @property
    def performed(self) -> list[Step]:
        """The steps that were taken, or in check mode would be."""
        return [step for name, step in self.steps.items() if self.services[name]["action"] == step.action != NONE]

    @property
    def changed(self) -> bool:
        return bool(self.removed or self.performed)


class RollOut:
    """Rolls a prospect out.

    :param waves: names of services; each wave is gated before the next begins.
    :param gates: by service; a service without one is ready when its container runs.
    :param deadline: seconds in which a wave has to become ready, once Compose has started it.
    """

    def __init__(
        self,
        docker: DockerCli,
        project: str,
        model: Model | None,
        waves: t.Sequence[t.Sequence[str]],
        gates: t.Mapping[str, Gate],
        deadline: float,
        redact: Redactor,
    ) -> None:
        self._docker = docker
        self._project = project
        self._model = model
        self._waves = waves
        self._deadline = deadline
        self._redact = redact
        self._gates = {name: gates.get(name) or Gate(name) for wave in waves for name in wave}
        self._probe = OwnedProbe(gates.values(), project, docker)

    def predict(self, prospect: Prospect, progress: Progress, remove_orphans: bool, probe: bool = True) -> None:
        """What would be done; with *probe* those that would not be touched are probed once."""
        present = _single(prospect.containers)
        progress.orphans, progress.hashes = prospect.orphans, prospect.hashes
        progress.removed = prospect.orphans if remove_orphans else ()
        quiet = [name for name, step in prospect.steps.items() if probe and step.action == NONE]
        watch = Watch(self._docker, present, {}, self._gates, self._probe)
        outcomes = wait_until_ready([self._gates[name] for name in quiet], self._deadline, once=True, probe=watch.ask)
        for name, step in prospect.steps.items():
            progress.services[name] = record(step, present.get(name), self._clean(outcomes.get(name)), UNKNOWN)
            progress.steps[name] = step

    def carry_out(self, prospect: Prospect, progress: Progress, remove_orphans: bool) -> None:
        """Do it, wave by wave; orphans go first, for they may hold a port.

        :raises RollOutError: a wave did not start or did not become ready; what has started stays as it is.
        :raises DockerError: Docker cannot be asked.
        """
        self._begin(prospect, progress, NOT_REACHED)
        if remove_orphans and prospect.orphans:
            self._remove(prospect.orphans)
            progress.removed = prospect.orphans
        present = _single(prospect.containers)
        for number in range(len(self._waves)):
            present = self._wave(number, present, progress)

    def create(self, prospect: Prospect, progress: Progress) -> None:
        """Create the containers that are absent, in one call of Compose, and start nothing.

        :raises RollOutError: an image is missing, or Compose could not create a container.
        :raises DockerError: Docker cannot be asked.
        """
        self._begin(prospect, progress, UNKNOWN)
        absent = {name: step for name, step in prospect.steps.items() if step.action == CREATE}
        if not absent:
            return
        code, said = Compose(self._docker, self._project, t.cast(Model, self._model)).create(list(absent))
        present = _single(observe(self._docker, self._project))
        self._note(absent, present, progress, UNKNOWN)
        if code != 0:
            raise RollOutError(create_message(self._project, absent, present, self._redact(said), code))

    def _begin(self, prospect: Prospect, progress: Progress, state: str) -> None:
        """Write down what was found, with nothing done yet; *state* is that of the services until something is.

        :raises RollOutError: an image is missing.
        """
        for name, step in prospect.steps.items():
            progress.services[name] = record(replace(step, action=NONE, causes=()), step.before, None, state)
            progress.steps[name] = step
        progress.orphans, progress.hashes = prospect.orphans, prospect.hashes
        if prospect.missing_images:
            raise RollOutError(images_message(prospect.missing_images))

    def _remove(self, orphans: t.Sequence[Container]) -> None:
        """Stop and remove containers, each in its own grace period; their volumes stay.

        :raises DockerError: a container resists.
        """
        ids = [orphan.id for orphan in orphans]
        paused = [orphan.id for orphan in orphans if orphan.status == "paused"]
        if paused:
            self._docker.run("unpause", *paused)
        self._docker.run("stop", *ids)
        self._docker.run("rm", *ids)

    def _wave(self, number: int, present: dict[str, Container], progress: Progress) -> dict[str, Container]:
        names = self._waves[number]
        began = time.monotonic()
        planned = {name: progress.steps[name] for name in names}
        touched = [name for name in names if planned[name].action != NONE]
        before = present
        if touched:
            self._prepare(planned[name] for name in touched)
            code, said = self._start([planned[name] for name in touched])
            self._probe.forget()
            present = self._look_again(present, [planned[name] for name in touched])
            self._note(planned, present, progress)
            if code != 0:
                raise RollOutError(
                    up_message(self._project, number, self._waves, planned, present, self._redact(said), code)
                )
        started = time.monotonic()
        watch = Watch(
            self._docker,
            {name: present[name] for name in names if name in present},
            {name: present[name].restarts for name in names if name in present and not _is_new(name, before, present)},
            self._gates,
            self._probe,
        )
        outcomes = wait_until_ready(
            [self._gates[name] for name in names], self._deadline, give_up=watch.give_up, probe=watch.ask
        )
        starting = started - began
        failed = []
        for name in names:
            outcome = t.cast(Outcome, self._clean(outcomes[name]))
            outcome = replace(outcome, seconds=round(outcome.seconds + starting, 3))
            step = progress.steps[name]
            seen = watch.container(name) or present.get(name)
            progress.services[name] = record(step, seen, outcome, NOT_REACHED)
            if not outcome.ready:
                failed.append(NotReady(self._gates[name], step, outcome, seen))
        progress.waves.append(
            {
                "services": list(names),
                "touched": touched,
                "start_seconds": round(starting, 3),
                "gate_seconds": round(time.monotonic() - started, 3),
            }
        )
        if failed:
            raise RollOutError(
                not_ready_message(self._docker, self._project, number, self._waves, failed, self._redact)
            )
        return present

    def _start(self, steps: t.Sequence[Step]) -> tuple[int, str]:
        """Start the services of a wave: the engine those whose containers are as they should be, Compose the others.

        :returns: exit code and what was said; of several failures the first code and all that was said.
        """
        ready_made = [t.cast(Container, step.before).id for step in steps if starts_as_it_is(step)]
        others = [step.service for step in steps if not starts_as_it_is(step)]
        answers = []
        if others:
            answers.append(Compose(self._docker, self._project, t.cast(Model, self._model)).up(others))
        # The client starts what it is given one after the other, so that each is given to a client of its own.
        with ThreadPoolExecutor(max_workers=PARALLEL_STARTS) as pool:
            started = list(pool.map(lambda name: self._docker.attempt("start", name), ready_made))
        answers += [(code, err) for code, dummy, err in started]
        failed = [code for code, said in answers if code]
        return (failed[0] if failed else 0), "\n".join(said for code, said in answers if code or not failed)

    def _look_again(self, present: dict[str, Container], steps: t.Sequence[Step]) -> dict[str, Container]:
        """The containers after a wave was started; where Compose had no hand in it, only those that were."""
        ids = [t.cast(Container, step.before).id for step in steps if starts_as_it_is(step)]
        if len(ids) == len(steps):
            code, out, dummy = inspect(self._docker, ids)
            if code == 0:
                return {**present, **_single(parse(out))}
        return _single(observe(self._docker, self._project))

    def _prepare(self, steps: t.Iterable[Step]) -> None:
        """Bring containers into a state from which Compose can go on."""
        for step in steps:
            before = step.before
            if before is None:
                continue
            if before.status == "paused":
                self._docker.run("unpause", before.id)
            elif before.status == "restarting":
                self._docker.run("stop", before.id)  # ends the engine's growing pause between two attempts
            elif before.status in ("dead", "removing"):
                code, dummy, err = self._docker.attempt("rm", "-f", before.id)
                if code != 0 and not any(words in err.lower() for words in _GONE):
                    raise self._docker.failure(("rm", "-f", before.name), code, err)

    def _note(
        self,
        planned: t.Mapping[str, Step],
        present: t.Mapping[str, Container],
        progress: Progress,
        state: str = NOT_REACHED,
    ) -> None:
        """Write down what really happened to the services of a wave, from their containers."""
        for name, step in planned.items():
            progress.steps[name] = done(step, present.get(name))
            if step.action in (CREATE, RECREATE, RERUN) and name not in present:
                progress.steps[name] = replace(step, action=NONE)  # Compose failed before it came to this one
            progress.services[name] = record(progress.steps[name], present.get(name), None, state)

    def _clean(self, outcome: Outcome | None) -> Outcome | None:
        if outcome is None or outcome.last_error is None:
            return outcome
        return replace(outcome, last_error=self._redact(outcome.last_error))


def _is_new(name: str, before: t.Mapping[str, Container], present: t.Mapping[str, Container]) -> bool:
    return name not in before or before[name].id != present[name].id


def _single(containers: t.Iterable[Container]) -> dict[str, Container]:
    return {service: found[0] for service, found in by_service(containers).items()}
