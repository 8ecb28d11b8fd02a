# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal's file: many writers, torn lines, full disks."""

from __future__ import annotations

import multiprocessing
import os

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._journal import file as journal
from ansible_collections.sahool.platform.plugins.module_utils._journal.file import JournalError, append, read

FORK = multiprocessing.get_context("fork")
WRITERS, LINES = 8, 10


@pytest.fixture
def path(tmp_path):
    return tmp_path / "home" / "state" / "journal.jsonl"


def test_written_is_read(path):
    assert read(str(path), 0) == ([], [])
    entries = [{"id": str(number), "text": "حقل\n \u2028", "odd": "\udc80"} for number in range(5)]
    assert [append(str(path), entry) for entry in entries] == [False] * 5
    assert read(str(path), 0) == (entries, [])
    assert read(str(path), 2) == (entries[-2:], [])
    assert read(str(path), 9)[0] == entries
    assert len(path.read_bytes().split(b"\n")) == 6
    assert "حقل" in path.read_text(encoding="utf-8")


def test_a_line_torn_anywhere_is_reported_and_costs_no_other(path):
    append(str(path), {"id": "first"})
    whole = path.read_bytes()
    append(str(path), {"id": "torn"})
    line = path.read_bytes()[len(whole) :]
    for cut in range(len(line) + 1):
        path.write_bytes(whole + line[:cut])
        torn = append(str(path), {"id": "next"})
        entries, unread = read(str(path), 0)
        ids = [entry["id"] for entry in entries]
        if cut == 0:
            assert (torn, ids, unread) == (False, ["first", "next"], [])
        elif cut < len(line) - 1:
            assert (torn, ids, unread) == (True, ["first", "next"], [{"line": 2, "text": line[:cut].decode()}])
        else:  # all but the line break, and all
            assert (torn, ids, unread) == (cut < len(line), ["first", "torn", "next"], [])


@pytest.mark.parametrize("text", ["garbage", "[1]", "1", '"x"', "\udcff", "x" * 1000])
def test_what_is_no_entry_is_reported_and_left(path, text):
    append(str(path), {"id": "first"})
    with path.open("ab") as file:
        file.write(text.encode("utf-8", "surrogateescape") + b"\n\n")
    append(str(path), {"id": "next"})
    entries, unread = read(str(path), 0)
    assert [entry["id"] for entry in entries] == ["first", "next"]
    assert unread == [{"line": 2, "text": text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:120]}]
    assert read(str(path), 1) == ([{"id": "next"}], [])


def write_many(path, number, barrier):
    barrier.wait(60)
    for turn in range(LINES):
        append(path, {"id": f"{number}-{turn}", "text": "x" * 5000})


def test_many_writers_lose_no_line(path):
    path.parent.mkdir(parents=True)
    path.write_bytes(b'{"id": "tor')
    barrier = FORK.Barrier(WRITERS)
    writers = [FORK.Process(target=write_many, args=(str(path), number, barrier)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    entries, torn = read(str(path), 0)
    ids = [entry["id"] for entry in entries]
    assert sorted(ids) == sorted(f"{number}-{turn}" for number in range(WRITERS) for turn in range(LINES))
    for number in range(WRITERS):
        own = [entry for entry in ids if entry.startswith(f"{number}-")]
        assert own == [f"{number}-{turn}" for turn in range(LINES)]
    # One of them found the torn line; none wrote an empty one.
    assert torn == [{"line": 1, "text": '{"id": "tor'}]
    assert path.read_bytes().count(b"\n") == WRITERS * LINES + 1


def test_a_full_disk_is_an_error_and_the_next_line_is_whole(path, monkeypatch):
    append(str(path), {"id": "first"})
    write = os.write
    monkeypatch.setattr(journal.os, "write", lambda handle, text: write(handle, text[: len(text) // 2]))
    with pytest.raises(JournalError, match=r"only 7 of 14 bytes were written; is the disk full\?"):
        append(str(path), {"id": "lost"})
    monkeypatch.undo()
    assert append(str(path), {"id": "next"})
    assert [entry["id"] for entry in read(str(path), 0)[0]] == ["first", "next"]


def test_it_is_flushed_before_it_counts_as_written(path, monkeypatch):
    flushed = []
    monkeypatch.setattr(journal.os, "fsync", lambda handle: flushed.append(os.fstat(handle).st_size))
    append(str(path), {"id": "first"})
    assert flushed == [path.stat().st_size]


def test_what_stands_in_the_way_is_named(path):
    path.mkdir(parents=True)
    for act in (lambda: append(str(path), {}), lambda: read(str(path), 0)):
        with pytest.raises(JournalError, match=f"{path}: Is a directory"):
            act()


def test_an_entry_that_is_no_json_touches_nothing(path):
    with pytest.raises(TypeError):
        append(str(path), {"id": object()})
    assert not path.exists()
