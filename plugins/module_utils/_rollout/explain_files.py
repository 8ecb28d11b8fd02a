# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files and volumes in which two entries of a model differ."""

from __future__ import annotations

import difflib
import typing as t

from .change import CONFIGURATION, FILE, Change, short
from .files import File, Files
from .redact import Redactor
from .show import ABSENT, show_both

_MOST = 200  # lines of a difference that are returned

Entry = t.Mapping[str, t.Any]


def file_changes(before: Entry, after: Entry, files: Files, redact: Redactor) -> list[Change]:
    """Compare what is mounted, place by place: a file by its content, a volume by its fields."""
    old, new = _mounts(before), _mounts(after)
    changes: list[Change] = []
    for target in sorted({*old, *new}):
        if old.get(target) != new.get(target):
            changes += _place(target, old.get(target, ABSENT), new.get(target, ABSENT), files, redact)
    whole = before.get("volumes", ABSENT), after.get("volumes", ABSENT)
    if not changes and whole[0] != whole[1]:
        changes.append(Change(CONFIGURATION, "volumes", *show_both(*whole, redact)))  # their order
    return changes


def _mounts(entry: Entry) -> dict[str, t.Any]:
    return {
        mount.get("target", "") if isinstance(mount, dict) else str(mount): mount
        for mount in entry.get("volumes") or ()
    }


def _place(target: str, old: t.Any, new: t.Any, files: Files, redact: Redactor) -> t.Iterator[Change]:
    sources = [_file_source(old, files), _file_source(new, files)]
    versions = [_version(source, files) for source in sources]
    if versions[0] != versions[1]:
        # Two certificates differ in every line, and a key is looked into by nobody.
        issued = any(files.issue(source) for source in sources)
        yield Change(FILE, "file " + target, *versions, () if issued else _content(sources, files, redact))
    if sources[0] and sources[1]:
        # The path is the version's.
        apart = {"source"} if versions[0] != versions[1] else set()
    else:
        apart = set()
        old, new = ABSENT if sources[0] else old, ABSENT if sources[1] else new
    name = "volumes." + target
    if not isinstance(old, dict) or not isinstance(new, dict):
        if old != new:
            yield Change(CONFIGURATION, name, *show_both(old, new, redact))
        return
    for key in sorted({*old, *new} - apart):
        values = old.get(key, ABSENT), new.get(key, ABSENT)
        if values[0] != values[1]:
            yield Change(CONFIGURATION, "%s.%s" % (name, key), *show_both(*values, redact))


def _file_source(mount: t.Any, files: Files) -> str | None:
    """The path of a mounted file that never changes, or None for another mount."""
    source = mount.get("source") if isinstance(mount, dict) and mount.get("type") == "bind" else None
    return source if _version(source, files) else None


def _version(source: str | None, files: Files) -> str | None:
    """What tells one version of a file from another, as people compare it; None for what may change in place."""
    digest = files.digest(source)
    return short(digest) if digest else files.issue(source)


def _content(sources: t.Sequence[str | None], files: Files, redact: Redactor) -> tuple[str, ...]:
    texts = []
    for source, when in zip(sources, ("before", "after")):
        file = files.read(source) if source else File("", public=True)
        if file is None:
            return ("the file %s is not on this host" % when,)
        texts.append(file)
    old, new = texts
    lines = list(difflib.unified_diff(old.text.splitlines(), new.text.splitlines(), lineterm="", n=2))[2:]
    if not lines:
        return ("the content is the same; its mode, owner or name changed",)
    if not (old.public and new.public):
        added = sum(line.startswith("+") for line in lines)
        return ("content hidden: %d lines added, %d removed" % (added, sum(line.startswith("-") for line in lines)),)
    more = ["… and %d more lines" % (len(lines) - _MOST)] if len(lines) > _MOST else []
    return tuple([redact(line) for line in lines[:_MOST]] + more)
