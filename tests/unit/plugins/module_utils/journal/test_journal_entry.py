# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One entry of the journal: every line has the same fields, and none is long."""

from __future__ import annotations

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._journal.entry import FIELDS, EntryError, complete

WHOLE = {
    "id": "3f2a9c17d0aa",
    "begin": "2026-11-23T17:34:02Z",
    "end": "2026-11-23T17:34:35Z",
    "user": "ali",
    "controller": "c1",
    "awx_job": "17",
    "playbook": "playbooks/deploy.yml",
    "environment": "production",
    "project": "sahool",
    "from": "r1",
    "to": "r2",
    "tags": ["data_tier"],
    "seconds": 33.0,
    "result": "failed",
    "phases": [{"phase": "1 data", "host": "core", "seconds": 12.3, "touched": 2}],
    "failed": [{"host": "core", "phase": "2 gateway", "task": "Bring up", "services": ["kong"], "message": "no"}],
    "found": "the lock of somebody",
}


def test_a_whole_entry_is_kept_as_it_is():
    assert complete(WHOLE) == WHOLE
    assert set(WHOLE) == set(FIELDS)


def test_a_bare_one_gets_every_field():
    entry = complete({"result": "unchanged", "from": "", "awx_job": None, "failed": {}, "found": None, "phases": ""})
    assert set(entry) == set(FIELDS)
    assert [entry[name] for name in ("from", "awx_job", "begin", "seconds")] == [None] * 4
    assert [entry[name] for name in ("failed", "phases", "tags", "found")] == [[], [], [], ""]


def test_seconds_come_of_begin_and_end():
    assert complete({**WHOLE, "seconds": None})["seconds"] == 33.0
    assert complete({**WHOLE, "seconds": "12.34"})["seconds"] == 12.3
    assert complete({**WHOLE, "seconds": None, "end": None})["seconds"] is None


def test_phases_of_the_record_are_cut_to_what_is_read():
    phase = {"phase": 3, "host": "app", "queue": 0.1, "start": 2, "total": 8.44, "slowest": {}, "touched": ["a", "b"]}
    assert complete({**WHOLE, "phases": [phase]})["phases"] == [
        {"phase": "3", "host": "app", "seconds": 8.4, "touched": 2}
    ]


def test_failures_are_cut_to_what_is_read():
    failure = {
        "host": "core",
        "phase": "2 gateway",
        "task": "Bring up",
        "message": "kong is not ready " + "x" * 400 + "\nlast log lines",
        "services": [{"service": "kong", "log": ["a", "b"], "next": ["docker logs kong"]}],
    }
    (found,) = complete({**WHOLE, "failed": failure})["failed"]
    assert found["services"] == ["kong"]
    assert len(found["message"]) == 301
    assert found["message"].startswith("kong is not ready x")
    assert set(found) == {"host", "phase", "task", "services", "message"}


def test_what_was_taken_over_is_told_in_words():
    taken_over = {
        "holder": {"user": "ali", "controller": "c1", "pid": 4, "awx_job": "17", "since": "2026-11-23T17:34:02Z"},
        "reason": "its process 4 has ended on this controller",
    }
    assert complete({**WHOLE, "found": taken_over})["found"] == (
        "the lock of ali on c1 (process 4, AWX job 17), taken 2026-11-23T17:34:02Z: "
        "its process 4 has ended on this controller"
    )


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (
            {"result": "fine"},
            "result is 'fine', expected one of unchanged, deployed, partly, removed, failed, interrupted, refused",
        ),
        ({"result": None}, "result is None"),
        ({"begun": "x", "a": 1}, "unknown fields a, begun; expected any of id, begin"),
        ({"begin": "yesterday"}, "begin is 'yesterday', expected UTC such as 2026-11-23T17:34:02Z"),
        ({"seconds": "long"}, "seconds is 'long', expected a number"),
        ({"phases": ["1 data"]}, "phases holds '1 data', expected mappings"),
        ({"phases": 3}, "phases is 3, expected a list"),
        ({"failed": ["kong"]}, "failed holds 'kong', expected mappings"),
        ({"found": ["x"]}, "found should be a text"),
    ],
)
def test_a_wrong_field_is_named(change, text):
    with pytest.raises(EntryError, match="^entry") as caught:
        complete({**WHOLE, **change})
    assert text in str(caught.value)
