# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the owner of a lock counts as dead: every combination against a table written down by hand, and the rules."""

from __future__ import annotations

import itertools
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.sahool.platform.plugins.module_utils._lock.death import INITIAL_PID_NS, judge

ME = {"controller": "c1", "machine_id": "m1", "boot_id": "b1", "pid_ns": INITIAL_PID_NS, "pid": 10, "started": 100}
LOCK = "3f2a9c17d0aa"
CONTAINER = 4026532000
TTL = 900.0


def verdict(
    holder: dict[str, t.Any],
    me: t.Mapping[str, t.Any] | None = None,
    *,
    lives: bool = False,
    age: float = 0.0,
    ttl: float = TTL,
    break_id: str = "",
) -> t.Any:
    """Judge *holder*, as :data:`ME` or *me*; the process table may only be asked about the holder's own process."""
    asks = ME if me is None else me

    def process_lives(pid: int, started: int) -> bool:
        assert (pid, started) == (holder["pid"], holder["started"])
        assert (holder["boot_id"], holder["pid_ns"]) == (asks["boot_id"], asks["pid_ns"])
        return lives

    return judge({"id": LOCK, **holder}, asks, process_lives=process_lives, age=age, ttl=ttl, break_id=break_id)


def dead_by_the_book(same_boot: bool, same_machine: bool, same_name: bool, ns: str, lives: bool, silent: bool) -> bool:
    """Return the answer, written once more and differently.

    :param ns: ``same`` and ``other`` namespace as the asking controller's initial one, ``inner`` both in one container.
    """
    if same_boot and ns in {"same", "inner"}:
        return not lives
    if not same_boot and same_machine and same_name and ns == "same":
        return True
    return silent


@pytest.mark.parametrize(
    ("same_boot", "same_machine", "same_name", "ns", "lives", "silent"),
    list(itertools.product(*[[True, False]] * 3, ["same", "inner", "other"], *[[True, False]] * 2)),
)
def test_every_combination(same_boot, same_machine, same_name, ns, lives, silent):
    me = {**ME, "pid_ns": CONTAINER if ns == "inner" else INITIAL_PID_NS}
    holder = {
        "controller": "c1" if same_name else "c2",
        "machine_id": "m1" if same_machine else "m2",
        "boot_id": "b1" if same_boot else "b2",
        "pid_ns": CONTAINER if ns in {"inner", "other"} else INITIAL_PID_NS,
        "pid": 42,
        "started": 420,
    }
    found = verdict(holder, me, lives=lives, age=TTL + 1 if silent else TTL)
    assert found.dead is dead_by_the_book(same_boot, same_machine, same_name, ns, lives, silent)
    assert verdict(holder, me, lives=lives, break_id=LOCK).dead
    assert verdict(holder, me, lives=lives, age=TTL, break_id="0123456789ab").dead is dead_by_the_book(
        same_boot, same_machine, same_name, ns, lives, silent=False
    )


OWNERS = st.fixed_dictionaries(
    {
        "controller": st.sampled_from(["c1", "c2", "", None]),
        "machine_id": st.sampled_from(["m1", "m2", "", None]),
        "boot_id": st.sampled_from(["b1", "b2", "", None]),
        "pid_ns": st.sampled_from([INITIAL_PID_NS, CONTAINER, CONTAINER + 1, None]),
        "pid": st.sampled_from([1, 42, None, "42"]),
        "started": st.sampled_from([0, 420, None, "x"]),
        "quiet_for": st.sampled_from([0, 30, 3600.5, None, "long"]),
    }
)
SECONDS = st.floats(min_value=0, max_value=10_000, allow_nan=False)


@given(holder=OWNERS, me=OWNERS, lives=st.booleans(), age=SECONDS, ttl=SECONDS)
def test_a_living_owner_is_never_declared_dead_by_what_is_not_known(holder, me, lives, age, ttl):
    found = verdict(holder, me, lives=lives, age=age, ttl=ttl)
    announced = holder["quiet_for"] if isinstance(holder["quiet_for"], (int, float)) else 0
    silent = age > max(ttl, announced)
    known = all(isinstance(holder[name], int) for name in ("pid", "started"))
    same_table = (
        known
        and holder["boot_id"]
        and holder["pid_ns"]
        and all(holder[name] == me[name] for name in ("boot_id", "pid_ns"))
    )
    if same_table:
        assert found.dead is not lives
    elif found.dead and not silent:
        # Nothing but a reboot is left, and that wants every piece of evidence.
        assert holder["pid_ns"] == me["pid_ns"] == INITIAL_PID_NS
        assert holder["machine_id"] and holder["machine_id"] == me["machine_id"]
        assert holder["controller"] and holder["controller"] == me["controller"]
        assert holder["boot_id"] and me["boot_id"] and holder["boot_id"] != me["boot_id"]
    elif silent:
        assert found.dead
    assert found.reason


@given(holder=OWNERS, me=OWNERS, age=SECONDS, ttl=SECONDS)
def test_the_seconds_that_are_left_are_right(holder, me, age, ttl):
    found = verdict(holder, me, lives=True, age=age, ttl=ttl)
    if found.left is not None:
        assert found.left >= 0
        assert not verdict(holder, me, lives=True, age=age + found.left * 0.99, ttl=ttl).dead
        assert verdict(holder, me, lives=True, age=age + found.left + 0.1, ttl=ttl).dead


def test_an_announced_silence_is_longer_than_the_usual_one():
    holder = {**ME, "controller": "c2", "machine_id": "m2", "boot_id": "b2", "quiet_for": 3600}
    assert not verdict(holder, age=3600).dead
    assert verdict(holder, age=3601).reason == "it gave no sign of life for 3601 s, more than 3600 s"


def test_a_lock_whose_owner_cannot_be_read_waits_for_the_silence():
    assert not verdict({}, age=TTL).dead
    assert verdict({}, age=TTL + 1).dead
    assert verdict({}, age=0, break_id=LOCK).dead
