# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of files and of a history, in bounded memory."""

from __future__ import annotations

import typing as t

_LONGEST = 1 << 20  # bytes; what is longer comes in pieces
_OVERLAP = 1 << 14  # bytes that a piece repeats of the one before, so that nothing is cut in two


class Line(t.NamedTuple):
    """One line, or a piece of a very long one.

    :param path: of its file within the repository; None for what is no file, such as a commit's message.
    :param number: in its file.
    :param text: without its end.
    :param before: text of the line before it, where that is known.
    :param commit: that added it; None in the work tree.
    """

    path: bytes | None
    number: int
    text: bytes
    before: bytes = b""
    commit: str | None = None


def pieces(stream: t.BinaryIO) -> t.Iterator[tuple[bytes, bool]]:
    """Yield each line without its end; what goes on with the line before comes with True."""
    goes_on, tail = False, b""
    while True:
        piece = stream.readline(_LONGEST)
        if not piece:
            return
        yield tail + piece.rstrip(b"\r\n"), goes_on
        goes_on = not piece.endswith(b"\n")
        tail = piece[-_OVERLAP:] if goes_on else b""


def lines_of(path: bytes, stream: t.BinaryIO) -> t.Iterator[Line]:
    """Yield the lines of a file of the work tree."""
    number, before, current = 0, b"", b""
    for text, goes_on in pieces(stream):
        if not goes_on:
            number, before, current = number + 1, current, text
        yield Line(path, number, text, before)
