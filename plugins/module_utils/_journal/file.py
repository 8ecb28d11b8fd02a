# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal's file: one JSON text a line, only ever added to. Private to this collection."""

from __future__ import annotations

import contextlib
import json
import os
import typing as t

from ansible_collections.sahool.platform.plugins.module_utils._state.flock import flock_within
from ansible_collections.sahool.platform.plugins.module_utils._state.folder import make_state_folder

PATIENCE = 10.0
# How much of a line that cannot be read is shown.
SHOWN = 120


class JournalError(Exception):
    """The journal cannot be read or written; the text names the path and the remedy."""


def append(path: str, entry: t.Mapping[str, t.Any]) -> bool:
    """Add *entry* to the journal at *path* by one write, and flush it to the disk.

    :returns: whether the line before was torn off, by a run that was killed or a disk that was full. The entry then
        stands on a line of its own, and the torn one stays as it is.
    :raises JournalError: the file cannot be written.
    """
    line = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n"
    with _named_errors(path):
        make_state_folder(os.path.dirname(path))
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            _lock(handle, path)
            size = os.fstat(handle).st_size
            torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            text = b"\n" + line if torn else line
            written = os.write(handle, text)
            if written != len(text):
                raise JournalError(f"{path}: only {written} of {len(text)} bytes were written; is the disk full?")
            os.fsync(handle)
        finally:
            os.close(handle)
    return torn


def read(path: str, limit: int) -> tuple[list[dict[str, t.Any]], list[dict[str, t.Any]]]:
    """Return the last *limit* entries, all of them for 0, oldest first; none where there is no journal.

    :returns: the entries, and the lines among them that hold none: ``{line, text}``.
    :raises JournalError: the file is there and cannot be read.
    """
    try:
        with _named_errors(path), open(path, "rb") as file:
            lines = file.read().split(b"\n")
    except FileNotFoundError:
        return [], []
    entries: list[dict[str, t.Any]] = []
    torn: list[dict[str, t.Any]] = []
    for number in range(len(lines), 0, -1):
        if limit and len(entries) >= limit:
            break
        line = lines[number - 1].strip()
        if not line:
            continue
        entry = _entry(line)
        if entry is None:
            torn.append({"line": number, "text": line[:SHOWN].decode("utf-8", "replace")})
        else:
            entries.append(entry)
    return entries[::-1], torn[::-1]


def _entry(line: bytes) -> dict[str, t.Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _lock(handle: int, path: str) -> None:
    """Wait for other writers: two that find a torn line would both begin a new one."""
    if not flock_within(handle, PATIENCE):
        raise JournalError(
            f"{path}: another process keeps it to itself (flock) for more than {PATIENCE:.0f} s; "
            f"`fuser -v {path}` names it"
        )


@contextlib.contextmanager
def _named_errors(path: str) -> t.Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except PermissionError as error:
        raise JournalError(f"{path}: {error.strerror}; run the task as the user that owns it (become: true)") from error
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror}") from error
