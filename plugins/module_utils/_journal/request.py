# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of ``deployment_journal`` and what one call does. Private to this collection.

The module and the action plugin of this name both call :func:`perform`: the module on the host that keeps the journal,
the action plugin in its own process where that host is the controller.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.sahool.platform.plugins.module_utils._journal.entry import EntryError, complete
from ansible_collections.sahool.platform.plugins.module_utils._journal.file import JournalError, append, read

OPTIONS: dict[str, t.Any] = {
    "path": {"type": "path", "required": True},
    "copies": {"type": "list", "elements": "path", "default": []},
    "entry": {"type": "dict", "required": True},
}


def perform(params: t.Mapping[str, t.Any], check_mode: bool) -> dict[str, t.Any]:
    """Do what the options ask for and return the result of the module.

    :raises JournalError: the entry has a wrong form, or a file cannot be written.
    """
    try:
        entry = complete(params["entry"])
    except EntryError as error:
        raise JournalError(str(error)) from error
    # A release that was never written has no folder, and gets none for its journal.
    copies = [path for path in params["copies"] if os.path.isdir(os.path.dirname(path))]
    written = not check_mode and not _has_ended(params["path"], entry)
    torn = [path for path in [params["path"], *copies] if append(path, entry)] if written else []
    return {
        # The journal is about the run: a run that changes nothing is written as well, and has to say so.
        "changed": False,
        "entry": entry,
        "torn": torn,
        "left_out": [path for path in params["copies"] if path not in copies],
    }


def _has_ended(path: str, entry: t.Mapping[str, t.Any]) -> bool:
    """Whether *entry* calls a run interrupted that was killed only after its own line, before it freed the lock.

    :raises JournalError: the journal is there and cannot be read.
    """
    if entry["result"] != "interrupted" or not entry["id"]:
        return False
    newest, _torn = read(path, 1)
    return any(line.get("id") == entry["id"] for line in newest)
