# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal as people read it."""

from __future__ import annotations

from ansible_collections.sahool.platform.plugins.filter.journal_table import FilterModule, journal_table
from ansible_collections.sahool.platform.plugins.module_utils._journal.entry import complete

RUN = {
    "id": "3f2a9c17d0aa",
    "begin": "2026-11-23T17:34:02Z",
    "end": "2026-11-23T17:34:35Z",
    "user": "ali",
    "controller": "c1",
    "playbook": "playbooks/deploy.yml",
}
ENTRIES = [
    complete(
        {
            **RUN,
            "awx_job": "17",
            "to": "20261123T173402Z-1f2e3d4c",
            "result": "deployed",
            "phases": [
                {"phase": "1 data", "host": "core", "seconds": 12.34, "touched": 3},
                {"phase": "2 gateway", "host": "core", "seconds": 2, "touched": 0},
            ],
        }
    ),
    complete(
        {
            **RUN,
            "begin": "2026-11-23T18:00:00Z",
            "end": "2026-11-23T20:00:00Z",
            "from": "20261123T173402Z-1f2e3d4c",
            "to": "20261123T180000Z-99aa00bb",
            "tags": ["data_tier", "verify"],
            "result": "failed",
            "phases": [
                {"phase": "1 data", "host": "core", "seconds": 1, "touched": 1},
                {"phase": "3 core", "host": "app", "seconds": 90, "touched": 2},
            ],
            "failed": [{"host": "app", "phase": "3 core", "services": ["user-service"], "message": "not ready"}],
            "found": "the lock of omar on c2 (process 4): it gave no sign of life for 901 s, more than 900 s",
        }
    ),
    complete({"result": "interrupted"}),
    complete({**RUN, "from": "20261123T173402Z-1f2e3d4c", "result": "unchanged"}),
]
TEXT = """\
WHEN (UTC)           SECONDS  RESULT       WHO                  WHAT                                      FROM -> TO
2026-11-23 17:34:02     33.0  deployed     ali@c1 (AWX job 17)  playbooks/deploy.yml                      none -> 20261123T173402Z-1f2e3d4c
    phases: 1 data 12.3 s (3 touched), 2 gateway 2.0 s (0 touched)
2026-11-23 18:00:00   7200.0  failed       ali@c1               playbooks/deploy.yml [data_tier, verify]  20261123T173402Z-1f2e3d4c -> 20261123T180000Z-99aa00bb
    phases: 1 data on core 1.0 s (1 touched), 3 core on app 90.0 s (2 touched)
    failed: app 3 core: user-service: not ready
    found: the lock of omar on c2 (process 4): it gave no sign of life for 901 s, more than 900 s
?                          ?  interrupted  ?@?                  ?                                         ?
2026-11-23 17:34:02     33.0  unchanged    ali@c1               playbooks/deploy.yml                      20261123T173402Z-1f2e3d4c
Line 3 holds no entry: {"id":
The lock is free."""  # noqa: E501


def test_the_table():
    torn = [{"line": 3, "text": '{"id":'}]
    assert journal_table(ENTRIES, torn=torn, lock={"holder": None, "note": ""}) == TEXT
    assert FilterModule().filters() == {"journal_table": journal_table}


def test_tags_that_the_command_names_are_not_said_twice():
    entry = complete({**RUN, "playbook": "deploy.yml --tags verify", "tags": ["verify"], "result": "partly"})
    assert "deploy.yml --tags verify  none" in journal_table([entry])


def test_nothing_was_recorded_and_somebody_deploys():
    lock = {"holder": {"id": "x"}, "note": "The deployment lock is held by ali."}
    assert journal_table([], lock=lock) == "No deployment was recorded here yet.\nThe deployment lock is held by ali."
    assert journal_table([]) == "No deployment was recorded here yet."


def test_a_line_of_another_version_is_shown_all_the_same():
    assert journal_table([{}, {"phases": [{}], "failed": [{}], "seconds": 1}]).count("\n") == 4
