# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roll-out: wave after wave, each started by Compose in one call and gated before the next."""

from __future__ import annotations

import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from .._health.answer import WRONG_SERVICE
from .._health.docker_cli import DockerCli
from .._health.gate import Gate
from .._health.identity import OwnedProbe
from .._health.lane import ThreadLane
from .._health.wait import ALARM, Outcome, wait_until_ready
from .._lock.life import NoLock, SignOfLife
from .action import CREATE, NONE, RECREATE, RERUN, Step, done, starts_as_it_is
from .compose import Compose
from .container import Container, inspect, observe, parse
from .events import Events
from .failure import NotReady, Scene, create_error, images_error, not_ready_error, up_error
from .model import Model
from .progress import ProgressFile
from .prospect import Prospect, by_service
from .record import NOT_REACHED, UNKNOWN, record
from .redact import Redactor
from .watch import Watch

GRACE = 1.0  # seconds that a wave goes on once a service has failed for good; others often fail for the same cause
PARALLEL_STARTS = 16  # clients at once; the engine works on several containers at a time, up to about this many
_GONE = ("no such container", "already in progress")


@dataclass
class Progress:
    """How far the roll-out has come; filled in step by step, so that a failure returns what was done before it."""

    steps: dict[str, Step] = field(default_factory=dict)  # as planned; for a wave that was begun, as they went
    services: dict[str, dict[str, t.Any]] = field(default_factory=dict)
    waves: list[dict[str, t.Any]] = field(default_factory=list)
    found: t.Sequence[Container] = ()  # before anything was done
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
    :param phase: what operators call the whole, for messages.
    :param told: is told how it goes.
    :param life: the deployment lock, which is renewed and must stay ours.
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
        phase: str | None = None,
        told: ProgressFile | None = None,
        life: SignOfLife | NoLock | None = None,
    ) -> None:
        self._docker = docker
        self._project = project
        self._model = model
        self._waves = waves
        self._deadline = deadline
        self._redact = redact
        self.scene = Scene(docker, project, phase or None, waves, redact)
        self._told = told or ProgressFile(None, "", 0)
        self._life = life or NoLock()
        self._events = Events(docker, project)
        self._gates = {name: gates.get(name) or Gate(name) for wave in waves for name in wave}
        self._probe = OwnedProbe(gates.values(), project, docker)

    def predict(self, prospect: Prospect, progress: Progress, remove_orphans: bool, probe: bool = True) -> None:
        """What would be done; with *probe* those that would not be touched are probed once."""
        present = _single(prospect.containers)
        progress.orphans, progress.found = prospect.orphans, prospect.containers
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
        :raises LockError: the deployment lock was lost; what has started stays as it is.
        :raises DockerError: Docker cannot be asked.
        """
        self._begin(prospect, progress, NOT_REACHED)
        if remove_orphans and prospect.orphans:
            self._remove(prospect.orphans)
            progress.removed = prospect.orphans
        present = _single(prospect.containers)
        if self._waves:
            self._events.begin()
        try:
            for number in range(len(self._waves)):
                present = self._wave(number, present, progress)
        finally:
            self._events.end()
        self._life.renew()

    @property
    def trouble(self) -> list[str]:
        """What went wrong beside the roll-out, without hurting it."""
        return [text for text in (self._events.trouble, self._told.trouble) if text]

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
            raise create_error(self.scene, absent, present, said, code)

    def _begin(self, prospect: Prospect, progress: Progress, state: str) -> None:
        """Write down what was found, with nothing done yet; *state* is that of the services until something is.

        :raises RollOutError: an image is missing.
        """
        for name, step in prospect.steps.items():
            progress.services[name] = record(replace(step, action=NONE, causes=()), step.before, None, state)
            progress.steps[name] = step
        progress.orphans, progress.found = prospect.orphans, prospect.containers
        if prospect.missing_images:
            raise images_error(self.scene, prospect.missing_images, _single(prospect.containers))

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
        before = present
        touched = [name for name in names if progress.steps[name].action != NONE]
        self._life.renew()
        self._told.wave(number + 1, len(self._waves), names, touched)
        since = len(self._events.seen)
        if touched:
            present = self._start_wave(number, touched, present, progress)
        started = time.monotonic()
        starting = started - began
        watch = Watch(
            self._docker,
            {name: present[name] for name in names if name in present},
            {name: present[name].restarts for name in names if name in present and not _is_new(name, before, present)},
            self._gates,
            self._probe,
            events=self._events,
            since=since,
            crash=self._told.crash,
        )
        outcomes = self._gate(names, watch, starting)
        for name in names:
            seen = watch.container(name) or present.get(name)
            progress.services[name] = record(progress.steps[name], seen, outcomes[name], NOT_REACHED)
        progress.waves.append(
            {
                "services": list(names),
                "touched": touched,
                "start_seconds": round(starting, 3),
                "gate_seconds": round(time.monotonic() - started, 3),
            }
        )
        late = [name for name in names if not outcomes[name].ready]
        if late:
            interrupted = [name for name in late if self._interrupted(name, outcomes[name].seconds - starting, watch)]
            failed = [self._not_ready(name, outcomes[name], watch) for name in late if name not in interrupted]
            raise not_ready_error(self.scene, number, failed, interrupted, _known_not_ready(progress))
        return present

    def _start_wave(
        self, number: int, touched: t.Sequence[str], present: dict[str, Container], progress: Progress
    ) -> dict[str, Container]:
        """Start the services of a wave that are to be touched; returns the containers that there are then.

        :raises RollOutError: one could not be started.
        """
        planned = {name: progress.steps[name] for name in self._waves[number]}
        steps = [planned[name] for name in touched]
        self._prepare(steps)
        code, said = self._start(steps)
        self._probe.forget()
        present = self._look_again(present, steps)
        self._note(planned, present, progress)
        if code != 0:
            raise up_error(self.scene, number, planned, present, said, code)
        return present

    def _gate(self, names: t.Sequence[str], watch: Watch, starting: float) -> dict[str, Outcome]:
        """Wait for the services of a wave; their seconds count from its begin, so many before they were waited for."""
        lane = ThreadLane()
        self._events.alarm = lambda: lane.wake(ALARM)

        def give_up(name: str) -> str | None:
            self._life.renew()
            return watch.give_up(name)

        def settled(name: str, outcome: Outcome) -> None:
            if outcome.ready:
                self._told.ready(name, round(outcome.seconds + starting, 3))

        outcomes = wait_until_ready(
            [self._gates[name] for name in names],
            self._deadline,
            give_up=give_up,
            grace=GRACE,
            settled=settled,
            probe=watch.ask,
            lane=lane,
        )
        return {
            name: replace(t.cast(Outcome, self._clean(outcome)), seconds=round(outcome.seconds + starting, 3))
            for name, outcome in outcomes.items()
        }

    def _not_ready(self, name: str, outcome: Outcome, watch: Watch) -> NotReady:
        return NotReady(
            gate=self._gates[name],
            outcome=outcome,
            container=watch.container(name),
            reason=watch.reasons.get(name),
            answer=watch.last_answer(name),
            out_of_memory=watch.out_of_memory(name),
            restarts=watch.restarts(name),
            exit_code=watch.exit_code(name),
            deadline=None if watch.settled(name) else self._deadline_of(name),
        )

    def _interrupted(self, name: str, seconds: float, watch: Watch) -> bool:
        """Whether waiting for a service ended because others had failed, and not on its own account.

        What is certainly wrong is told all the same.
        """
        answer = watch.last_answer(name)
        if watch.settled(name) or (answer is not None and answer.state == WRONG_SERVICE):
            return False
        return seconds < self._deadline_of(name) - 0.01

    def _deadline_of(self, name: str) -> float:
        return min(self._deadline, self._gates[name].deadline or self._deadline)

    def _start(self, steps: t.Sequence[Step]) -> tuple[int, str]:
        """Start the services of a wave: Compose makes the containers that are to be made, the engine starts the others.

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
        """Bring containers into a state from which the engine or Compose can go on."""
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


def _known_not_ready(progress: Progress) -> dict[str, str]:
    """The services that were asked and are not ready, and what they answered."""
    return {
        name: entry["last_error"] or "no answer yet"
        for name, entry in progress.services.items()
        if entry["state"] != NOT_REACHED and not entry["ready"]
    }


def _is_new(name: str, before: t.Mapping[str, Container], present: t.Mapping[str, Container]) -> bool:
    return name not in before or before[name].id != present[name].id


def _single(containers: t.Iterable[Container]) -> dict[str, Container]:
    return {service: found[0] for service, found in by_service(containers).items()}
