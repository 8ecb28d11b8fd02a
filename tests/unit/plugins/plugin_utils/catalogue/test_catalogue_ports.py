# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports: unique, in the order of the checklist, and never shifted by a choice of the inventory."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.ports import FIRST_ASSIGNED, ports
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.request import Request

NAMES = [f"s{number}" for number in range(12)]
# Some named ports stand where numbers are given out, so that they must be skipped.
NAMED = st.integers(FIRST_ASSIGNED - 3, FIRST_ASSIGNED + 20)


@st.composite
def catalogues(draw):
    """Draw a catalogue in which some services name a port, no two the same."""
    named = draw(st.lists(NAMED, unique=True, max_size=len(NAMES)))
    owners = draw(st.permutations(NAMES))[: len(named)]
    listens = draw(st.sets(st.sampled_from(NAMES)))
    services = {}
    for name in NAMES:
        services[name] = {"container_port": 80} if name in listens or name in owners else {}
        if name in owners:
            services[name]["port"] = named[owners.index(name)]
    return services


@given(catalogues(), st.integers(-100, 1000))
def test_no_two_services_are_given_one_port(catalogue, offset):
    given_out = ports(catalogue, catalogue, offset)

    assert len(set(given_out.values())) == len(given_out)
    assert {name for name, _port in given_out} == {
        name for name, entry in catalogue.items() if "container_port" in entry
    }


@given(catalogues(), st.sets(st.sampled_from(NAMES)))
def test_leaving_services_out_shifts_no_port(catalogue, excluded):
    everything = Request(catalogue).ports
    some = Request(catalogue, exclude=sorted(excluded))

    assert some.ports == everything


@given(catalogues(), st.sampled_from(NAMES), st.integers(1, 65535))
def test_moving_one_service_shifts_no_other(catalogue, name, port):
    assume(catalogue[name])
    before = ports(catalogue, catalogue)

    after = ports(catalogue, {**catalogue, name: {**catalogue[name], "port": port}})

    assert after == {**before, (name, "main"): port}


@given(catalogues(), st.integers(1, 5))
def test_added_services_shift_no_other_and_collide_with_none(catalogue, count):
    before = ports(catalogue, catalogue)
    extra = {f"new{number}": {"container_port": 80} for number in range(count)}

    after = ports(catalogue, {**catalogue, **extra})

    assert {slot: port for slot, port in after.items() if slot in before} == before
    assert len(set(after.values())) == len(after) == len(before) + count


@given(catalogues(), st.integers(-1000, 1000))
def test_an_offset_moves_every_port_by_as_much(catalogue, offset):
    before = ports(catalogue, catalogue)

    assert ports(catalogue, catalogue, offset) == {slot: port + offset for slot, port in before.items()}


def test_ports_are_given_in_order_and_skip_what_is_taken():
    catalogue = {
        "b": {"container_port": 80},
        "a": {"container_port": 80, "extra_ports": {"x": {"container_port": 81}}},
        "fixed": {"container_port": 80, "port": 8116},
        "silent": {},
    }

    assert ports(catalogue, catalogue) == {
        ("b", "main"): 8115,
        ("a", "main"): 8117,
        ("a", "x"): 8118,
        ("fixed", "main"): 8116,
    }


def test_a_service_whose_port_is_deleted_is_given_a_new_one():
    catalogue = {"a": {"container_port": 80, "port": 8100}, "b": {"container_port": 80}}

    after = ports(catalogue, {"a": {"container_port": 80}, "b": {"container_port": 80}})

    assert after == {("a", "main"): 8116, ("b", "main"): 8115}


def test_a_port_that_a_service_leaves_is_not_given_to_another():
    catalogue = {"a": {"container_port": 80}}
    new = {"container_port": 80}

    after = ports(catalogue, {"a": {"container_port": 80, "port": 9000}, "new": new})

    assert after == {("a", "main"): 9000, ("new", "main"): 8116}
