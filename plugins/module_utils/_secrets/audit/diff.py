# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what ``git log --patch --cc -U0`` prints: the lines that each commit added, and its message.

A merge adds what none of its parents has; that is what ``--cc`` shows of it.
"""

from __future__ import annotations

import re
import typing as t

from .lines import Line, pieces

LOG = (
    "log",
    "--all",
    "--patch",
    "--cc",
    "--unified=0",
    # Also what git takes for binary, or is told to take for it.
    "--text",
    "--pretty=medium",
    "--encoding=UTF-8",
    "--no-abbrev-commit",
    "--no-color",
    "--no-decorate",
    "--no-notes",
    "--no-relative",
    "--no-renames",
    "--no-textconv",
    "--submodule=short",
    "--src-prefix=a/",
    "--dst-prefix=b/",
)

# "@@ -1,2 +3 @@", in a merge "@@@ -1,2 -1 +3,4 @@@"
_HUNK = re.compile(rb"(@@+) ((?:-\d+(?:,\d+)? )+)\+(\d+)(?:,(\d+))? @@")
_ESCAPE = re.compile(rb'\\([0-7]{3}|[abfnrtv"\\])')
_ESCAPED = dict(zip(b"abfnrtv", b"\a\b\f\n\r\t\v"))


def added_lines(stream: t.BinaryIO) -> t.Iterator[Line]:
    """Yield the added lines, newest commit first, and all else that is no removed line without a path."""
    commit, path = "", b""
    number, new, old = (
        0,
        0,
        [0],
    )  # of the next line; how many lines of the hunk are to come, new ones and of each parent
    before = current = b""
    kept = False
    for text, goes_on in pieces(stream):
        if goes_on:
            if kept:
                yield Line(path, number - 1, text, before, commit)
        elif new or any(old):
            marks = text[: len(old)]
            if b"-" in marks:
                kept = False
                old = [left - (mark == 0x2D) for left, mark in zip(old, marks)]
                continue
            old = [left - (mark == 0x20) for left, mark in zip(old, marks)]
            new, number = new - 1, number + 1
            kept = marks == b"+" * len(old)
            before, current = current, text[len(old) :]
            if kept:
                yield Line(path, number - 1, current, before, commit)
        else:
            kept = False
            if text.startswith(b"@@"):
                hunk = _HUNK.match(text)
                if hunk:
                    old = [_length(part) for part in hunk[2].split()]
                    number, new = int(hunk[3]), int(hunk[4] or 1)
                    before = current = b""
                continue
            if text.startswith(b"commit "):
                commit = text[7:].decode("ascii", "replace")
            elif text.startswith(b"+++ "):
                path = _path(text[4:])
            yield Line(None, 0, text, b"", commit)


def _length(part: bytes) -> int:
    return int(part.partition(b",")[2] or 1)


def _path(text: bytes) -> bytes:
    """Return the path in ``b/a path<tab>`` or ``"b/a\\tpath"``."""
    if text.startswith(b'"'):
        text = _ESCAPE.sub(lambda found: _byte(found[1]), text.rstrip(b"\t")[1:-1])
    elif text.endswith(b"\t"):  # after a path with blanks
        text = text[:-1]
    return text[2:] if text.startswith(b"b/") else text


def _byte(escape: bytes) -> bytes:
    if len(escape) == 3:
        return bytes([int(escape, 8) & 0xFF])
    return bytes([_ESCAPED.get(escape[0], escape[0])])
