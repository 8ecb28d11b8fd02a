# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a run: a folder below Ansible's own temporary folder, which removes it when the run ends.

The callback makes it, the action plugins of the run add events to it, and the lookup reads it.
"""

from __future__ import annotations

import json
import os
import tempfile
from typing import Any

from ansible import constants as C

VARIABLE = "SAHOOL_DEPLOYMENT_RECORD"
EVENTS = "progress.jsonl"
PHASES = "phases.json"


def begin() -> str:
    """Make the folder, name it in the environment and return it.

    :raises OSError: the folder cannot be made.
    """
    folder = tempfile.mkdtemp(prefix="deployment-", dir=C.DEFAULT_LOCAL_TMP)
    write_phases(folder, [])
    os.environ[VARIABLE] = folder
    return folder


def of_this_run() -> str | None:
    """Return the folder, or None where no callback has made one.

    The variable may come from an Ansible that runs this one as a task. Its record is not ours, and its folder lies
    below another temporary folder.
    """
    folder = os.environ.get(VARIABLE, "")
    return folder if folder and os.path.dirname(folder) == os.path.normpath(C.DEFAULT_LOCAL_TMP) else None


def add_event(folder: str, event: dict[str, Any]) -> None:
    """Append one line, in one write, since several hosts write at once.

    :raises OSError: it cannot be written.
    """
    line = (json.dumps(event) + "\n").encode()
    file = os.open(os.path.join(folder, EVENTS), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, line)
    finally:
        os.close(file)


def write_phases(folder: str, phases: list[dict[str, Any]]) -> None:
    """Replace the phases as a whole, so that a reader never sees half of them.

    :raises OSError: they cannot be written.
    """
    target = os.path.join(folder, PHASES)
    with open(f"{target}.new", "w", encoding="utf-8") as file:
        json.dump(phases, file)
    os.replace(f"{target}.new", target)


def read_phases(folder: str) -> list[dict[str, Any]]:
    """Return the phases that have ended.

    :raises OSError: they cannot be read.
    """
    with open(os.path.join(folder, PHASES), encoding="utf-8") as file:
        phases: list[dict[str, Any]] = json.load(file)
    return phases
