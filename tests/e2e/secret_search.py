# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks for values in whatever they may have leaked into, in every form in which a program writes them."""

from __future__ import annotations

import base64
import json
import pathlib
import re
import threading
import urllib.parse
from collections.abc import Iterable, Mapping

LOOK = 0.01


def forms(value: str) -> set[str]:
    """Return the texts that stand for *value*: itself, URL-encoded, JSON-escaped, and base64 at every offset.

    A value inside a longer text begins at one of three places of base64's groups; what its neighbours decide is left
    out.
    """
    found = {value, urllib.parse.quote(value, safe=""), json.dumps(value)[1:-1]}
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + value.encode()).decode().rstrip("=")
        found.add(coded[-(-offset * 8 // 6) : len(coded) - 1])
    return found


class Search:
    """Names of the secrets whose values occur in texts."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._names = {form: name for name, value in secrets.items() for form in forms(value)}
        self._pattern = re.compile("|".join(map(re.escape, sorted(self._names, key=len, reverse=True))))

    def __call__(self, text: str) -> set[str]:
        return {self._names[found] for found in self._pattern.findall(text)}

    def in_files(self, paths: Iterable[pathlib.Path]) -> dict[str, set[str]]:
        """Return path to names for each file that holds a value."""
        found = {str(path): self(path.read_text(errors="replace")) for path in paths}
        return {path: names for path, names in found.items() if names}


class ProcessList:
    """Reads the command lines of all processes of the machine, again and again, while a block runs."""

    def __init__(self) -> None:
        self.lines: set[str] = set()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> ProcessList:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(LOOK):
            for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    self.lines.add(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
                except OSError:
                    continue  # it has ended
