# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a run: its folder, its lines, and who follows them at what cost."""

from __future__ import annotations

import json
import os
import threading
import time

import pytest
from ansible import constants as C
from ansible.errors import AnsibleLookupError

from ansible_collections.sahool.platform.plugins.lookup.deployment_record import LookupModule
from ansible_collections.sahool.platform.plugins.plugin_utils._progress import record, show
from ansible_collections.sahool.platform.plugins.plugin_utils._progress.follower import Follower
from ansible_collections.sahool.platform.plugins.plugin_utils._progress.growing import (
    GrowingFile,
    read_local,
    take_local,
)


class Display:
    """Keeps the lines."""

    def __init__(self):
        self.lines = []

    def display(self, text, **dummy):
        self.lines.append(text)


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(C, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.delenv(record.VARIABLE, raising=False)
    return record.begin()


def events_of(folder):
    return GrowingFile(read_local(os.path.join(folder, record.EVENTS))).read()


def test_the_record_is_found_by_the_run_that_made_it(folder):
    assert record.of_this_run() == folder
    assert os.stat(folder).st_mode & 0o077 == 0
    assert record.read_phases(folder) == []


def test_the_record_of_a_run_around_this_one_is_not_taken_for_ours(folder, monkeypatch, tmp_path):
    monkeypatch.setattr(C, "DEFAULT_LOCAL_TMP", str(tmp_path / "of-the-inner-run"))
    assert record.of_this_run() is None
    assert LookupModule().run(["path"]) == [""]
    with pytest.raises(AnsibleLookupError, match="export ANSIBLE_CALLBACKS_ENABLED=sahool.platform.deployment"):
        LookupModule().run(["phases"])


def test_the_lookup_returns_phases_and_path(folder):
    record.write_phases(folder, [{"phase": "1 data"}])
    assert LookupModule().run(["phases", "path"]) == [[{"phase": "1 data"}], folder]
    with pytest.raises(AnsibleLookupError, match="'phases' and 'path'"):
        LookupModule().run(["phase"])


def test_many_writers_do_not_tear_one_anothers_lines(folder):
    def write(host):
        for number in range(50):
            record.add_event(folder, {"host": host, "number": number, "fill": "x" * 500})

    writers = [threading.Thread(target=write, args=(f"h{number}",)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    events = events_of(folder)
    assert len(events) == 400
    assert {(event["host"], event["number"]) for event in events} == {(f"h{h}", n) for h in range(8) for n in range(50)}


def test_a_line_counts_when_it_is_complete(tmp_path):
    path = tmp_path / "events"
    file = GrowingFile(read_local(str(path)))
    assert file.read() == []
    path.write_bytes(b'{"a": 1}\n{"b"')
    assert file.read() == [{"a": 1}]
    assert file.read() == []
    path.write_bytes(path.read_bytes() + b": 2}\nno json\n[3]\n")
    assert file.read() == [{"b": 2}]
    assert file.unreadable == 2


def test_the_follower_hands_on_what_is_written_up_to_the_end(folder, tmp_path):
    path = tmp_path / "module"
    with Follower(folder, "db", read_local(str(path)), take_local(str(path)), lambda event: event, 0.01) as follower:
        path.write_text('{"event": "begin"}\n', encoding="utf-8")
        deadline = time.monotonic() + 5
        while not os.path.exists(os.path.join(folder, record.EVENTS)):
            assert time.monotonic() < deadline, "the follower has not looked while the module works"
        path.write_text('{"event": "begin"}\n{"event": "end"}\n', encoding="utf-8")
    assert events_of(folder) == [{"host": "db", "event": "begin"}, {"host": "db", "event": "end"}]
    assert not path.exists()
    assert follower.warning is None


def test_a_follower_that_cannot_read_says_so_and_hurts_nobody(folder):
    def fetch(offset):
        raise RuntimeError("connection refused")

    with Follower(folder, "db", fetch, fetch, lambda event: event, 0.01) as follower:
        pass
    assert follower.warning == "The progress on db could not be followed: connection refused"


def test_what_is_not_admitted_is_counted_and_not_kept(folder, tmp_path):
    path = tmp_path / "module"
    path.write_text('{"event": "strange"}\nno json\n', encoding="utf-8")
    with Follower(folder, "db", read_local(str(path)), take_local(str(path)), lambda event: None, 0.01) as follower:
        pass
    assert events_of(folder) == []
    assert follower.warning == "2 lines of the progress on db could not be understood"


def test_a_phase_in_which_nothing_happens_is_heard_of_every_ten_seconds(folder, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(show.time, "monotonic", lambda: clock[0])
    display = Display()
    shown = show.Show(folder, display, live=False)
    record.add_event(folder, {"host": "db", "event": "phase", "phase": "1 data", "clock": 100.0})
    record.add_event(folder, {"host": "db", "event": "begin", "total": 1})
    for _tick in range(200):
        shown.look()
        clock[0] += 0.125
    assert display.lines == [
        "1 data on db: 1 service to make ready",
        "1 data on db: 0 of 1 ready after 10.0 s",
        "1 data on db: 0 of 1 ready after 20.0 s",
    ]


def test_phases_stand_in_the_record_as_soon_as_they_have_ended(folder):
    shown = show.Show(folder, Display(), live=False)
    done = {"clock": 2.0, "failed": False, "start": 0, "gate": 0, "services": [], "touched": [], "slowest": None}
    record.add_event(folder, {"host": "db", "event": "phase", "phase": "1 data", "clock": 1.0})
    shown.look()
    assert record.read_phases(folder) == []
    record.add_event(folder, {"host": "db", "event": "done", **done})
    shown.look()
    assert [row["phase"] for row in record.read_phases(folder)] == ["1 data"]
    # The second task of the phase belongs to the same row.
    record.add_event(folder, {"host": "db", "event": "phase", "phase": "1 data", "clock": 3.0})
    record.add_event(folder, {"host": "db", "event": "done", **done, "clock": 4.0})
    shown.look()
    assert [row["total"] for row in record.read_phases(folder)] == [3.0]


def test_following_a_deployment_costs_next_to_nothing(folder):
    """53 services in 13 phases on one host, and as many looks as in 40 seconds."""
    display = Display()
    shown = show.Show(folder, display, live=False)
    began = time.process_time()
    for phase in range(13):
        record.add_event(folder, {"host": "db", "event": "phase", "phase": str(phase), "clock": time.monotonic()})
        record.add_event(folder, {"host": "db", "event": "begin", "total": 4})
        names = [f"service-{phase}-{number}" for number in range(4)]
        record.add_event(
            folder, {"host": "db", "event": "wave", "number": 1, "of": 1, "services": names, "touched": names}
        )
        for number, name in enumerate(names, start=1):
            record.add_event(
                folder,
                {"host": "db", "event": "ready", "service": name, "seconds": 1.0, "ready": number, "total": 4},
            )
            for _look in range(4):
                shown.look()
        figures = {"failed": False, "start": 1, "gate": 1, "services": names, "touched": names, "slowest": None}
        record.add_event(folder, {"host": "db", "event": "done", "clock": time.monotonic(), **figures})
        shown.look()
    assert time.process_time() - began < 0.1
    assert len(json.dumps(record.read_phases(folder))) > 0
    assert len(shown.rows) == 13
