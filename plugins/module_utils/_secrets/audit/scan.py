# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Goes through lines once and notes where secrets stand."""

from __future__ import annotations

import typing as t

from .detectors import Detectors
from .lines import Line
from .needles import Needles

_CHUNK = 1 << 16  # bytes that are looked at together


class Secret(t.NamedTuple):
    """One secret in one file.

    :param name: of the given value, or the type that a detector gave it.
    :param form: what the given value is written in, or the digest of what a detector found.
    :param given: whether it is a given value.
    :param path: of the file; None for what is none, such as a commit's message.
    """

    name: str
    form: str
    given: bool
    path: bytes | None


class Place(t.NamedTuple):
    """A line of the work tree, or of the file as a commit left it."""

    number: int
    commit: str | None


class Scan:
    """What was found: by secret, where it stands in the work tree and which commit added it first.

    :param detectors: None to look for the given values alone.
    """

    def __init__(self, needles: Needles, detectors: Detectors | None) -> None:
        self.needles, self._detectors = needles, detectors
        self.in_tree: dict[Secret, Place] = {}
        self.in_history: dict[Secret, Place] = {}
        self.lines = 0

    def take(self, lines: t.Iterable[Line]) -> None:
        """Look at *lines*; those of a history come newest first."""
        chunk: list[Line] = []
        size = 0
        for line in lines:
            chunk.append(line)
            size += len(line.text) + 1
            if size >= _CHUNK:
                self._look(chunk)
                chunk, size = [], 0
        self._look(chunk)

    def _look(self, chunk: t.Sequence[Line]) -> None:
        self.lines += sum(line.path is not None for line in chunk)
        if self.needles.may_be_in(b"\n".join(line.text for line in chunk)):
            for line in chunk:
                for name, form in self.needles.within(line.text):
                    self._note(Secret(name, form, True, line.path), line)
        if self._detectors:
            for line, kind, digest in self._detectors.suspicious(chunk):
                self._note(Secret(kind, digest, False, line.path), line)

    def _note(self, secret: Secret, line: Line) -> None:
        place = Place(line.number, line.commit)
        if line.commit is None:
            self.in_tree.setdefault(secret, place)
        else:
            self.in_history[secret] = place  # the last one is the oldest
