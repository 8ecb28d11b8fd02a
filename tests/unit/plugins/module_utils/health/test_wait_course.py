# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting, with counted time: bounds, back-off, good answers in a row, giving up."""

from __future__ import annotations

import itertools

import pytest
from counted_lane import CountedLane, Takes
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.sahool.platform.plugins.module_utils._health.answer import (
    Answer,
    not_ready,
    ready,
    unreachable,
    wrong_service,
)
from ansible_collections.sahool.platform.plugins.module_utils._health.gate import Gate
from ansible_collections.sahool.platform.plugins.module_utils._health.wait import ALARM, Outcome, wait_until_ready

LATE = 1e-6  # seconds of rounding


def gate(name="svc", **options):
    return Gate(name, "tcp", port=1, **options)


class Script:
    """Answers of services: lists of (seconds, answer), the last one for ever; keeps when each was asked."""

    def __init__(self, lane, **answers):
        self.lane = lane
        self.answers = {name: itertools.chain(given, itertools.repeat(given[-1])) for name, given in answers.items()}
        self.asked = {name: [] for name in answers}
        self.timeouts = {name: [] for name in answers}

    def __call__(self, gate, timeout):
        self.asked[gate.name].append(self.lane.now())
        self.timeouts[gate.name].append(timeout)
        return Takes(*next(self.answers[gate.name]))


def run(gates, deadline, script=None, lane=None, **options):
    lane = lane or script.lane
    return wait_until_ready(gates, deadline, probe=script, lane=lane, jitter=lambda: 0.5, **options)


def test_back_off_grows_from_50_ms_to_a_second():
    lane = CountedLane()
    script = Script(lane, svc=[(0, unreachable("refused"))])
    outcomes = run([gate()], 8, script)
    pauses = [round(later - earlier, 3) for earlier, later in itertools.pairwise(script.asked["svc"])]
    assert pauses[:14] == pytest.approx([0.05 * 1.25**number for number in range(14)], abs=0.001)
    assert pauses[14:] == [1, 1, 1]
    assert outcomes["svc"] == Outcome(False, "unreachable", 18, 8.0, "refused", None)


def test_jitter_spreads_the_pauses():
    pauses = {}
    for jitter in (0.0, 1.0):
        lane = CountedLane()
        script = Script(lane, svc=[(0, not_ready("no"))])
        wait_until_ready([gate()], 1, probe=script, lane=lane, jitter=lambda value=jitter: value)
        pauses[jitter] = script.asked["svc"][1] - script.asked["svc"][0]
    assert pauses == {0.0: pytest.approx(0.0375), 1.0: pytest.approx(0.0625)}


def test_a_failure_begins_the_row_anew():
    lane = CountedLane()
    good, bad = (0, ready()), (0, not_ready("shaky"))
    outcomes = run([gate(consecutive=3)], 60, Script(lane, svc=[good, good, bad, good, good, good]))
    assert outcomes["svc"].attempts == 6
    assert outcomes["svc"].ready is True
    assert outcomes["svc"].last_error == "shaky"


def test_good_answers_that_are_too_few_are_not_ready():
    lane = CountedLane()
    outcomes = run([gate(consecutive=3, min_interval=2)], 3, Script(lane, svc=[(0, ready("me"))]))
    assert outcomes["svc"] == Outcome(False, "not_ready", 2, 3.0, "only 2 of 3 good answers in a row", "me")


def test_the_interval_lies_between_two_beginnings():
    lane = CountedLane()
    script = Script(lane, svc=[(0.3, not_ready("no"))])
    run([gate(min_interval=2)], 7, script)
    assert [round(moment - 1000, 3) for moment in script.asked["svc"]] == [0, 2, 4, 6]


def test_a_service_has_a_deadline_of_its_own_that_only_shortens():
    lane = CountedLane()
    script = Script(lane, short=[(0, not_ready("no"))], long=[(0, not_ready("no"))])
    outcomes = run([gate("short", deadline=1.5), gate("long", deadline=50)], 4, script)
    assert (outcomes["short"].seconds, outcomes["long"].seconds) == (1.5, 4.0)


def test_a_probe_never_gets_more_time_than_is_left():
    lane = CountedLane()
    script = Script(lane, svc=[(0.9, not_ready("no"))])
    run([gate(timeout=2)], 2.5, script)
    assert script.timeouts["svc"][0] == 2
    assert script.timeouts["svc"][-1] < 1
    assert all(began + seconds <= 1002.5 + LATE for began, seconds in zip(script.asked["svc"], script.timeouts["svc"]))


def test_the_last_probe_is_not_cut_so_short_that_it_hides_what_was_found():
    def probe(gate, timeout):
        return Takes(0.2, not_ready("status 503")) if timeout >= 0.2 else Takes(timeout, not_ready("timed out"))

    for deadline in (1.0, 1.1, 1.3, 1.7, 2.0, 3.3):
        assert run([gate()], deadline, probe, CountedLane())["svc"].last_error == "status 503"


def test_a_probe_that_hangs_is_named_and_holds_up_nobody():
    lane = CountedLane()
    script = Script(lane, hanging=[(None, None)], fine=[(0.1, ready())])
    outcomes = run([gate("hanging"), gate("fine")], 3, script)
    assert outcomes["fine"].seconds == 0.1
    assert outcomes["hanging"] == Outcome(False, "unreachable", 1, 3.0, "the probe has not ended after 3 s", None)


def test_once_asks_each_a_single_time():
    lane = CountedLane()
    script = Script(lane, up=[(0, ready())], down=[(0, wrong_service("other", "x"))])
    outcomes = run([gate("up", consecutive=5), gate("down")], 60, script, once=True)
    assert outcomes["up"] == Outcome(True, "ready", 1, 0.0, None, None)
    assert outcomes["down"] == Outcome(False, "wrong_service", 1, 0.0, "other", "x")


def test_a_final_answer_is_not_asked_for_again():
    lane = CountedLane()
    outcomes = run([gate()], 60, Script(lane, svc=[(0, Answer("not_ready", "no library", final=True))]))
    assert outcomes["svc"] == Outcome(False, "not_ready", 1, 0.0, "no library", None)


def test_giving_up_ends_one_service_at_once_and_only_this():
    lane = CountedLane()
    script = Script(lane, dead=[(None, None)], slow=[(0, not_ready("no"))] * 14 + [(0, ready())])
    looks = []

    def give_up(name):
        looks.append((round(lane.now() - 1000, 3), name))
        return "it exited" if name == "dead" and lane.now() > 1001.5 else None

    outcomes = run([gate("dead"), gate("slow")], 60, script, give_up=give_up)
    assert outcomes["dead"] == Outcome(False, "not_ready", 1, 2.0, "it exited", None)
    assert outcomes["slow"].ready is True
    assert [moment for moment, name in looks if name == "slow"] == [0, 1, 2, 3, 4]


def test_an_error_while_looking_is_not_swallowed():
    class Lane(CountedLane):
        def launch(self, key, work):
            super().launch(key, (lambda: Takes(0, OSError("no engine"))) if key.startswith("\0") else work)

    lane = Lane()
    with pytest.raises(OSError, match="no engine"):
        run([gate()], 5, Script(lane, svc=[(0, not_ready("no"))]), give_up=lambda name: None)


def test_a_fault_in_a_probe_names_the_place_and_not_the_text():
    def broken(gate, timeout):
        raise KeyError("S3cret")

    error = wait_until_ready([gate()], 5, probe=broken)["svc"].last_error
    assert error.startswith("the probe itself failed: KeyError at ")
    assert "test_wait_course.py:" in error
    assert "S3cret" not in error


def test_two_gates_of_one_name_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="two gates"):
        wait_until_ready([gate(), gate()], 1)


def test_nothing_to_wait_for_is_ready():
    assert wait_until_ready([], 1) == {}


ANSWERS = st.tuples(
    st.one_of(st.none(), st.floats(0, 3)),
    st.sampled_from([ready(), not_ready("no"), unreachable("refused"), wrong_service("other")]),
)


@given(
    services=st.lists(
        st.tuples(
            st.lists(ANSWERS, min_size=1, max_size=8),
            st.integers(1, 4),
            st.sampled_from([0.0, 0.7, 5.0]),
            st.one_of(st.none(), st.floats(0.1, 30)),
        ),
        min_size=1,
        max_size=6,
    ),
    deadline=st.floats(0.1, 20),
    once=st.booleans(),
)
def test_whatever_the_services_do(services, deadline, once):
    lane = CountedLane()
    log = {}  # service -> [(begin, seconds or None, good)]
    gates = []
    scripts = {}
    for number, (answers, consecutive, interval, own) in enumerate(services):
        name = f"s{number}"
        gates.append(gate(name, consecutive=consecutive, min_interval=interval, deadline=own))
        scripts[name] = itertools.chain(answers, itertools.repeat(answers[-1]))
        log[name] = []

    def probe(asked, timeout):
        seconds, answer = next(scripts[asked.name])
        if seconds is not None and seconds > timeout:  # the probe itself keeps to its timeout
            seconds, answer = timeout, not_ready("timed out")
        log[asked.name].append((lane.now(), seconds, answer.ready))
        return Takes(seconds, answer)

    outcomes = wait_until_ready(gates, deadline, probe=probe, lane=lane, once=once)

    assert list(outcomes) == [asked.name for asked in gates]
    assert lane.now() - 1000 <= deadline + LATE  # the deadline, and not its multiple
    for asked in gates:
        outcome, entries = outcomes[asked.name], log[asked.name]
        end = 1000 + min(deadline, asked.deadline or deadline)
        assert outcome.attempts == len(entries)
        assert outcome.seconds <= end - 1000 + 0.001
        for (begin, seconds), later in itertools.pairwise((begin, seconds) for begin, seconds, good in entries):
            assert seconds is not None  # one probe at a time: none begins while one hangs
            assert later[0] >= begin + seconds - LATE
            assert later[0] >= begin + asked.min_interval - LATE
        in_time = [good for begin, seconds, good in entries if seconds is not None and begin + seconds <= end + LATE]
        needed = 1 if once else asked.consecutive
        row = in_time[-needed:]
        assert outcome.ready == (len(row) == needed and all(row))
        if once:
            assert outcome.attempts == 1
        if outcome.ready:  # and it did not ask on when it was
            assert not any(all(in_time[index : index + needed]) for index in range(len(in_time) - needed))


def test_an_alarm_has_the_containers_looked_at_now():
    lane = CountedLane()
    looks = []

    def give_up(name):
        looks.append(round(lane.now() - 1000, 3))
        return "it died" if lane.now() >= 1000.4 else None

    lane.wake(ALARM, 0.4)
    outcomes = run([gate()], 60, Script(lane, svc=[(0, not_ready("no"))]), give_up=give_up)
    assert looks == [0, 0.4]
    assert (outcomes["svc"].seconds, outcomes["svc"].last_error) == (0.4, "it died")


def test_an_alarm_during_a_look_has_the_next_follow_at_once():
    lane = CountedLane()
    looks = []

    class Slow:
        """Looking takes 0.3 seconds, and the engine speaks in between."""

        def __init__(self, name):
            looks.append(round(lane.now() - 1000, 3))

    launch = lane.launch
    lane.launch = lambda key, work: launch(key, (lambda: Takes(0.3, work())) if key == "\0watch" else work)
    lane.wake(ALARM, 0.1)
    run([gate()], 0.9, Script(lane, svc=[(0, not_ready("no"))]), give_up=lambda name: Slow(name) and None)
    assert looks == [0, 0.3]


def test_once_one_has_failed_for_good_the_others_have_a_grace():
    lane = CountedLane()
    script = Script(lane, dead=[(0, not_ready("no"))], late=[(0, not_ready("no"))], soon=[(1.6, ready())])
    told = []
    outcomes = run(
        [gate("dead"), gate("late"), gate("soon")],
        60,
        script,
        give_up=lambda name: "it died" if name == "dead" and lane.now() >= 1001 else None,
        grace=1.0,
        settled=lambda name, outcome: told.append((name, outcome.ready, round(lane.now() - 1000, 3))),
    )
    assert told == [("dead", False, 1.0), ("soon", True, 1.6), ("late", False, 2.0)]
    assert outcomes["late"].seconds == 2.0


def test_without_a_grace_everybody_has_the_whole_deadline():
    lane = CountedLane()
    script = Script(lane, dead=[(0, not_ready("no"))], late=[(0, not_ready("no"))])
    outcomes = run([gate("dead"), gate("late")], 5, script, give_up=lambda name: "x" if name == "dead" else None)
    assert (outcomes["dead"].seconds, outcomes["late"].seconds) == (0.0, 5.0)
