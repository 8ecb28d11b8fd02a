# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which events enter the record."""

from __future__ import annotations

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._rollout.progress import ProgressFile
from ansible_collections.sahool.platform.plugins.module_utils._rollout.redact import Redactor
from ansible_collections.sahool.platform.plugins.plugin_utils._progress.admission import (
    FIELDS,
    LONGEST,
    Admission,
    printable,
)
from ansible_collections.sahool.platform.plugins.plugin_utils._progress.growing import GrowingFile, read_local

SECRET = "vEryS3cretValue"


@pytest.fixture
def admit():
    return Admission(["postgres", "redis"], Redactor([SECRET]))


def test_all_that_the_module_tells_is_admitted(tmp_path, admit):
    """Against the module's own writer: a kind or a field that one of the two does not know would show here."""
    file = ProgressFile(str(tmp_path / "events"), "1 data", 2)
    file.begin()
    file.wave(1, 1, ["postgres", "redis"], ["redis"])
    file.ready("postgres", 0.5)
    file.crash("redis", "killed for lack of memory, limit 256 MiB")
    file.end()
    told = GrowingFile(read_local(str(tmp_path / "events"))).read()
    kept = [admit(event) for event in told]
    assert [event["event"] for event in kept] == list(FIELDS)
    assert kept[1] == {
        "event": "wave",
        "number": 1,
        "of": 1,
        "services": ["postgres", "redis"],
        "touched": ["redis"],
    }
    assert kept[2] == {"event": "ready", "service": "postgres", "seconds": 0.5, "ready": 1, "total": 2}


def test_a_secret_cannot_come_in_by_any_field(admit):
    event = {"event": "crash", "service": "redis", "what": f"exit: url redis://u:{SECRET}@h {SECRET}", "more": SECRET}
    assert admit(event) == {"event": "crash", "service": "redis", "what": "exit: url redis://u:***@h ***"}
    wave = {"event": "wave", "number": 1, "of": 1, "services": ["redis", SECRET], "touched": [SECRET, 3]}
    assert admit(wave) == {"event": "wave", "number": 1, "of": 1, "services": ["redis"], "touched": []}
    for refused in (
        {"event": SECRET},
        {"event": ["begin"]},
        {"event": "ready", "service": SECRET, "seconds": 1.0, "ready": 1, "total": 2},
        {"event": "ready", "service": "redis", "seconds": SECRET, "ready": 1, "total": 2},
        {"event": "begin", "total": True},
        {"event": "wave", "number": 1, "of": 1, "services": SECRET, "touched": []},
        {"event": "end", "ready": 1},
    ):
        assert admit(refused) is None, refused


def test_a_text_is_one_line_that_no_terminal_obeys():
    assert printable("\x1b[2Jred\x07 alert\nand more\n") == "[2Jred alert"
    assert len(printable("x" * 1000)) == LONGEST
