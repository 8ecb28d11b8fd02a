# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait until services are ready: all at once, each at its own pace, none longer than the deadline."""

from __future__ import annotations

import random
import typing as t
from dataclasses import dataclass

from .answer import NOT_READY, UNREACHABLE, Answer
from .gate import Gate
from .lane import Done, ThreadLane
from .protocols import ask

FIRST_DELAY = 0.05  # seconds between the first two probes of a service that is not ready
DELAY_GROWTH = 1.25  # a service is seen to be ready at most a quarter later than it is; doubling would be twice
LONGEST_DELAY = 1.0  # seconds; growth stops here
SHORTEST_PROBE = 0.25  # seconds; cut shorter, the last probe before the deadline would hide what the others found
WATCH_INTERVAL = 1.0  # seconds between two looks at the containers
_WATCH = "\0watch"  # no service has this name
ALARM = "\0alarm"  # nor this; a lane that is woken with it has the containers looked at now

GiveUp = t.Callable[[str], t.Optional[str]]
Settled = t.Callable[[str, "Outcome"], None]
Ask = t.Callable[[Gate, float], Answer]


@dataclass(frozen=True)
class Outcome:
    """How waiting for one service ended.

    :param ready: whether it answered ready ``consecutive`` times in a row.
    :param state: the state of its last answer; ``unreachable`` when there was none.
    :param attempts: probes begun.
    :param seconds: from the begin of waiting to ready, to giving up or to the deadline.
    :param last_error: the detail of the last answer that was not ready, also when a later one was.
    :param identity: how the service named itself, last.
    """

    ready: bool
    state: str
    attempts: int
    seconds: float
    last_error: str | None = None
    identity: str | None = None


class _Course:
    """The course of one service: what was answered, and when to ask again. Knows no clock of its own."""

    def __init__(self, gate: Gate, begin: float, deadline: float, once: bool, jitter: t.Callable[[], float]) -> None:
        self.gate = gate
        self.end = begin + (min(deadline, gate.deadline) if gate.deadline is not None else deadline)
        self.due = begin
        self.asked_at: float | None = None  # when the probe under way began
        self.attempts = 0
        self.in_a_row = 0
        self.last: Answer | None = None
        self.last_error: str | None = None
        self._begin = begin
        self._once = once
        self._jitter = jitter
        self._delay = FIRST_DELAY

    def ask(self, now: float) -> None:
        self.attempts += 1
        self.asked_at = now

    def take(self, answer: Answer, now: float) -> Outcome | None:
        """Take an answer; the outcome when it settles the matter."""
        asked_at, self.asked_at = self.asked_at, None
        self.last = answer
        if answer.ready:
            self.in_a_row += 1
            self._delay = FIRST_DELAY
        else:
            self.in_a_row = 0
            self.last_error = answer.detail
        if self.in_a_row >= self.gate.consecutive or (self._once and answer.ready):
            return self.outcome(now, ready=True)
        if self._once or answer.final:
            return self.outcome(now)
        # Jitter keeps fifty services that failed together from being asked together for ever.
        pause = self._delay * (0.75 + 0.5 * self._jitter())
        self._delay = min(self._delay * DELAY_GROWTH, LONGEST_DELAY)
        self.due = max(now + pause, (asked_at if asked_at is not None else now) + self.gate.min_interval)
        return None

    def outcome(self, now: float, *, ready: bool = False, reason: str | None = None) -> Outcome:
        state = self.last.state if self.last else UNREACHABLE
        error = self.last_error
        if not ready:
            if state == "ready":  # it was, but not often enough in a row
                state = NOT_READY
                error = "only %d of %d good answers in a row%s" % (
                    self.in_a_row,
                    self.gate.consecutive,
                    "; before: %s" % error if error else "",
                )
            if reason is not None:
                error = reason
                state = NOT_READY
            elif self.asked_at is not None and self.last is None:
                error = "the probe has not ended after %.3g s" % (now - self.asked_at)
        return Outcome(
            ready=ready,
            state=state,
            attempts=self.attempts,
            seconds=round(max(now - self._begin, 0.0), 3),
            last_error=error,
            identity=self.last.identity if self.last else None,
        )


def wait_until_ready(
    gates: t.Sequence[Gate],
    deadline: float,
    *,
    once: bool = False,
    give_up: GiveUp | None = None,
    grace: float | None = None,
    settled: Settled | None = None,
    probe: Ask = ask,
    lane: ThreadLane | None = None,
    jitter: t.Callable[[], float] = random.random,
) -> dict[str, Outcome]:
    """Probe all gates at once until each is ready, has failed for good, or its deadline has passed.

    :param gates: at most one per service; the order of the result is theirs.
    :param deadline: seconds for all; a gate's own ``deadline`` can only shorten it.
    :param once: probe each a single time; one good answer is enough.
    :param give_up: asked once per second for every service still waited for, in a thread; a text ends that service
        as failed for this reason.
    :param grace: seconds that the others still have once a service has failed for good; None for all that are left.
    :param settled: told each outcome when it comes.
    :param probe: asks one gate once within the given seconds. An exception is a fault of ours, not of the service:
        it ends that service and is named in its error.
    :param lane: the threads and the clock.
    :param jitter: numbers from 0 to 1.

    The call returns by the deadline also when probes hang: it leaves their threads behind.
    """
    lane = lane or ThreadLane()
    begin = lane.now()
    courses = {gate.name: _Course(gate, begin, deadline, once, jitter) for gate in gates}
    if len(courses) != len(gates):
        raise ValueError("two gates have the same name, a service has one gate")
    outcomes: dict[str, Outcome] = {}
    watch_due = begin
    watching = alarmed = False

    def settle(name: str, outcome: Outcome, at: float) -> None:
        del courses[name]
        outcomes[name] = outcome
        if settled is not None:
            settled(name, outcome)
        if grace is not None and not outcome.ready:
            for other in courses.values():
                other.end = min(other.end, at + grace)

    while courses:
        now = lane.now()
        for name, course in list(courses.items()):
            if now >= course.end and (course.attempts or not once):
                settle(name, course.outcome(now), now)
            elif course.asked_at is None and now >= course.due:
                seconds = min(course.gate.timeout, max(course.end - now, 0.001))
                if course.attempts and seconds < min(course.gate.timeout, SHORTEST_PROBE):
                    course.due = course.end
                    continue
                course.ask(now)
                lane.launch(name, _asking(probe, course.gate, seconds))
        if give_up is not None and not watching and now >= watch_due and courses:
            watching, alarmed = True, False
            lane.launch(_WATCH, _watching(give_up, list(courses)))
        if not courses:
            break
        next_look = watch_due if give_up is not None and not watching else None
        for done in lane.collect(_until_next(courses.values(), next_look, now)):
            now = lane.now()
            if done.key == ALARM:
                watch_due, alarmed = now, True
            elif done.key == _WATCH:
                watching = False
                watch_due = now if alarmed else now + WATCH_INTERVAL
                if done.error is not None:
                    raise done.error
                for name, reason in done.result.items():
                    if name in courses and reason is not None:
                        settle(name, courses[name].outcome(now, reason=reason), now)
            elif done.key in courses:
                outcome = courses[done.key].take(_answer(done), now)
                if outcome is not None:
                    settle(done.key, outcome, now)
    return {gate.name: outcomes[gate.name] for gate in gates}


def _until_next(courses: t.Iterable[_Course], watch_due: float | None, now: float) -> float:
    """Seconds until something has to be begun or ended."""
    moments = [course.end if course.asked_at is not None else min(course.due, course.end) for course in courses]
    if watch_due is not None:
        moments.append(watch_due)
    return max(min(moments) - now, 0.0)


def _asking(probe: Ask, gate: Gate, seconds: float) -> t.Callable[[], Answer]:
    return lambda: probe(gate, seconds)


def _watching(give_up: GiveUp, names: list[str]) -> t.Callable[[], dict[str, str | None]]:
    return lambda: {name: give_up(name) for name in names}


def _answer(done: Done) -> Answer:
    if done.error is None:
        return t.cast(Answer, done.result)
    # Only the kind and the place: the text of an arbitrary exception may hold what the probe was given.
    trace = done.error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "%s:%d" % (trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace is not None else "unknown place"
    return Answer(NOT_READY, "the probe itself failed: %s at %s" % (type(done.error).__name__, place), final=True)
