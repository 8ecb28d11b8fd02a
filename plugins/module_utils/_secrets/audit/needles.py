# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds given values in text, as they are and as they are written elsewhere."""

from __future__ import annotations

import base64
import json
import re
import typing as t
from urllib.parse import quote, quote_plus

from .known import known_kind

SHORTEST = 8  # characters; shorter values, and those everybody knows, are words of any text
_ESCAPE = re.compile(r"%[0-9A-F]{2}")
_FORMATS: dict[int, t.Any] = {4: "I", 8: "Q"}  # of memoryview
_SHORTEST_LINE = 16  # characters; of a value of several lines, shorter ones are no secret by themselves


def can_be_searched(value: t.Any) -> bool:
    """Return whether finding *value* in a text means anything."""
    return isinstance(value, str) and len(value) >= SHORTEST and known_kind(value) is None


class Needles:
    """The values of *secrets* (name to value), each plain, in base64, URL-encoded and JSON-escaped."""

    def __init__(self, secrets: t.Mapping[str, t.Any]) -> None:
        # Needle -> the names whose value it is, and the form it has it in.
        self._forms: dict[bytes, dict[str, str]] = {}
        self.searched = 0
        for name, value in secrets.items():
            if can_be_searched(value):
                self.searched += 1
                for form, needle in _forms(value):
                    self._forms.setdefault(needle, {}).setdefault(name, form)
        self._words = {
            8: _words((needle for needle in self._forms if len(needle) >= 15), 8),
            4: _words((needle for needle in self._forms if len(needle) < 15), 4),
        }

    def may_be_in(self, text: bytes) -> bool:
        """Return False for a text that holds none of them, and do that fast.

        The text is taken apart into words of eight bytes. A needle of fifteen or more covers one of them wholly,
        wherever it begins, so that it is enough to compare the words with those that the needles can cover; shorter
        needles take words of four bytes. This runs in C, and its cost does not grow with the number of needles.
        """
        view = memoryview(text)
        return any(
            not words.isdisjoint(view[: len(text) // width * width].cast(_FORMATS[width]))
            for width, words in self._words.items()
            if words
        )

    def within(self, text: bytes) -> list[tuple[str, str]]:
        """Return name and form of those that *text* holds, each once."""
        found = (of for needle, names in self._forms.items() if needle in text for of in names.items())
        return list(dict.fromkeys(found))

    def hide(self, path: bytes) -> bytes:
        """Return *path* without those that stand in it."""
        for needle in sorted(self._forms, key=len, reverse=True):
            path = path.replace(needle, b"***")
        return path


def _words(needles: t.Iterable[bytes], width: int) -> frozenset[int]:
    """Return all words of *width* bytes that one of *needles* can cover first."""
    return frozenset(
        memoryview(needle[start : start + width]).cast(_FORMATS[width])[0]
        for needle in needles
        for start in range(width)
    )


def _forms(value: str) -> t.Iterator[tuple[str, bytes]]:
    whole = value.encode("utf-8", "surrogatepass")
    if "\n" in value:
        for line in whole.splitlines():
            if len(line.strip()) >= _SHORTEST_LINE:
                yield "as it is", line.strip()
    else:
        yield "as it is", whole
    for needle in _base64(whole):
        yield "in base64", needle
    for encoded in (quote(whole, safe=""), quote(whole), quote_plus(whole)):
        yield "URL-encoded", encoded.encode()
        yield "URL-encoded", _ESCAPE.sub(lambda escape: escape[0].lower(), encoded).encode()
    for escaped in (json.dumps(value), json.dumps(value, ensure_ascii=False), json.dumps(value).replace("/", "\\/")):
        yield "JSON-escaped", escaped[1:-1].encode("utf-8", "surrogatepass")


def _base64(whole: bytes) -> t.Iterator[bytes]:
    """Yield what base64 makes of *whole* wherever it stands in a text: the characters that depend on it alone."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + whole)
        first = (shift * 8 + 5) // 6
        last = (shift + len(whole)) * 8 // 6
        yield encoded[first:last]
        yield encoded[first:last].translate(bytes.maketrans(b"+/", b"-_"))
