# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The phases of a run, and what is said of them, from the events of its hosts."""

from __future__ import annotations

import itertools

from ansible_collections.sahool.platform.plugins.plugin_utils._progress.course import Course
from ansible_collections.sahool.platform.plugins.plugin_utils._progress.summary import summary
from ansible_collections.sahool.platform.plugins.plugin_utils._progress.table import table
from ansible_collections.sahool.platform.plugins.plugin_utils._progress.words import (
    live_text,
    plain_text,
    waiting_text,
)


def begin(host, phase, clock):
    return {"host": host, "event": "phase", "phase": phase, "clock": clock}


def done(host, clock, **figures):
    what = {"failed": False, "start": 0.0, "gate": 0.0, "services": [], "touched": [], "slowest": None}
    return {"host": host, "event": "done", "clock": clock, **what, **figures}


def wave(host, *services, number=1, of=1):
    return {"host": host, "event": "wave", "number": number, "of": of, "services": list(services), "touched": []}


def ready(host, service, count, total):
    return {"host": host, "event": "ready", "service": service, "seconds": 1.0, "ready": count, "total": total}


def total(host, number):
    return {"host": host, "event": "begin", "total": number}


def course_of(*events, began=100.0):
    course = Course(began)
    for event in events:
        course.take(event)
    return course


def slowest(service, seconds):
    return {"service": service, "seconds": seconds}


def test_queue_is_the_time_since_the_phase_before_on_the_same_host():
    course = course_of(
        begin("db", "1 data", 103.0),
        begin("web", "1 data", 103.5),
        done("db", 110.0, start=1.0, gate=5.5, services=["postgres"], touched=["postgres"]),
        done("web", 104.0),
        begin("db", "3 core", 110.25),
        begin("web", "3 core", 111.0),
        done("db", 112.0),
        done("web", 112.0),
    )
    assert [(row["phase"], row["host"], row["queue"], row["total"]) for row in course.rows] == [
        ("1 data", "db", 3.0, 7.0),
        ("1 data", "web", 3.5, 0.5),
        ("3 core", "db", 0.25, 1.75),
        ("3 core", "web", 7.0, 1.0),
    ]
    assert course.rows[0] == {
        "phase": "1 data",
        "host": "db",
        "queue": 3.0,
        "start": 1.0,
        "gate": 5.5,
        "total": 7.0,
        "slowest": None,
        "services": ["postgres"],
        "touched": ["postgres"],
        "failed": False,
    }


def test_two_tasks_of_one_phase_are_one_row_with_what_was_between_them():
    course = course_of(
        begin("db", "1 vectors", 101.0),
        done("db", 103.0, start=0.5, gate=1.0, services=["etcd"], touched=["etcd"], slowest=slowest("etcd", 1.5)),
        begin("db", "1 vectors", 104.0),
        done("db", 109.0, start=1.0, gate=2.0, services=["milvus", "qdrant"], slowest=slowest("milvus", 0.9)),
    )
    assert course.rows == [
        {
            "phase": "1 vectors",
            "host": "db",
            "queue": 1.0,
            "start": 1.5,
            "gate": 3.0,
            "total": 8.0,
            "slowest": {"service": "etcd", "seconds": 1.5},
            "services": ["etcd", "milvus", "qdrant"],
            "touched": ["etcd"],
            "failed": False,
        }
    ]


def test_queues_and_totals_of_a_host_add_up_to_the_whole_time():
    clocks = itertools.accumulate([100.0, 2.5, 1.25, 0.5, 4.75, 3.0, 0.125])
    events = [next(clocks)]
    for phase, clock in zip(["a", "a", "b", "b", "c", "c"], clocks):
        events.append(begin("h", phase, clock) if len(events) % 2 else done("h", clock))
    course = course_of(*events[1:])
    assert len(course.rows) == 3
    assert sum(row["queue"] + row["total"] for row in course.rows) == 12.125


def test_the_slowest_service_and_the_sums_come_from_what_the_module_returned():
    result = {
        "services": {
            "postgres": {"seconds": 1.4, "action": "create"},
            "redis": {"seconds": 0.2, "action": "none"},
            "late": {"seconds": 0.0, "action": "none"},
        },
        "waves": [{"start_seconds": 0.25, "gate_seconds": 1.0}, {"start_seconds": 0.5, "gate_seconds": 0.125}],
        "seconds": 2.5,
    }
    assert summary(result, create_only=False) == {
        "failed": False,
        "start": 0.75,
        "gate": 1.125,
        "services": ["postgres", "redis", "late"],
        "touched": ["postgres"],
        "slowest": {"service": "postgres", "seconds": 1.4},
    }
    assert summary({**result, "waves": []}, create_only=True)["start"] == 2.5


def test_a_module_that_crashed_has_a_row_all_the_same():
    figures = summary({"failed": True, "msg": "MODULE FAILURE"}, create_only=False)
    course = course_of(begin("db", "1 data", 101.0), done("db", 102.0, **figures))
    assert course.rows[0]["failed"] is True
    assert course.rows[0]["total"] == 1.0


def test_the_table_of_phases():
    rows = course_of(
        begin("db.example.org", "1 data", 103.0),
        done(
            "db.example.org",
            117.4,
            start=1.04,
            gate=12.5,
            services=["postgres", "redis"],
            touched=["redis"],
            slowest=slowest("postgres", 11.96),
        ),
        begin("db.example.org", "3 core", 117.5),
        done("db.example.org", 248.0, failed=True, services=["a"], gate=120.0),
    ).rows
    assert table(rows) == (
        "PHASE   HOST            QUEUE  START     GATE    TOTAL  SERVICES  TOUCHED  SLOWEST SERVICE\n"
        "1 data  db.example.org  3.0 s  1.0 s   12.5 s   14.4 s         2        1  postgres 12.0 s\n"
        "3 core  db.example.org  0.1 s  0.0 s  120.0 s  130.5 s         1        0  -, failed"
    )


def test_the_live_line_of_one_host():
    course = course_of(begin("db", "1 data", 103.0))
    assert live_text(course.running.values(), 104.9, 80) == "1 data: 1 s"
    for event in (total("db", 3), wave("db", "postgres", "redis", number=1, of=2)):
        course.take(event)
    assert live_text(course.running.values(), 105, 80) == "1 data: 0 of 3 ready, 2 s, waiting for postgres, redis"
    course.take(ready("db", "redis", 1, 3))
    # A container that crashed may be started again, so that it is waited for still.
    course.take({"host": "db", "event": "crash", "service": "postgres", "what": "exit code 1"})
    assert live_text(course.running.values(), 105, 80) == "1 data: 1 of 3 ready, 2 s, waiting for postgres"
    assert live_text(course.running.values(), 105, 20) == "1 data: 1 of 3 re..."
    course.take(done("db", 106.0))
    assert live_text(course.running.values(), 106, 80) == ""


def test_the_live_line_of_many_hosts_counts_them_together():
    course = course_of(
        begin("a", "3 core", 103.0),
        begin("b", "3 core", 104.0),
        begin("c", "4 data", 108.0),
        total("a", 2),
        total("b", 3),
        wave("a", "x", "y"),
        wave("b", "z"),
        ready("a", "x", 1, 2),
    )
    assert live_text(course.running.values(), 109, 100) == (
        "3 core: 1 of 5 ready on 2 hosts, 6 s, waiting for y (a), z (b); 4 data: 1 s"
    )


def test_the_plain_lines():
    course = Course(100.0)
    events = [
        begin("db", "1 data", 103.0),
        total("db", 2),
        wave("db", "postgres", number=1, of=2),
        ready("db", "postgres", 1, 2),
        wave("db", "redis", number=2, of=2),
        {"host": "db", "event": "crash", "service": "redis", "what": "exit code 1"},
        done("db", 110.0, failed=True),
    ]
    lines = [plain_text(course.take(event), event, 110.0) for event in events]
    assert lines == [
        None,
        "1 data on db: 2 services to make ready",
        "1 data on db: wave 1 of 2, 0 of 2 ready after 7.0 s, waiting for postgres",
        None,
        "1 data on db: wave 2 of 2, 1 of 2 ready after 7.0 s, waiting for redis",
        "1 data on db: redis: exit code 1",
        "1 data on db: 1 of 2 ready after 7.0 s, failed",
    ]
    stage = course.take(begin("db", "2", 120.0))
    for event in (total("db", 1), wave("db", "kong")):
        course.take(event)
    assert waiting_text(stage, 131.0) == "2 on db: 0 of 1 ready after 11.0 s, waiting for kong"


def test_an_event_of_a_host_without_a_phase_changes_nothing():
    course = course_of(ready("db", "postgres", 1, 1))
    assert course.running == {}
    assert course.take(done("db", 101.0)) is None
    assert course.rows == []
