# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what has been added to a file of JSON lines since the last time."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any


class GrowingFile:
    """The objects of a file that somebody else appends to.

    :param fetch: returns the file from an offset in bytes on; nothing as long as there is no file.
    """

    def __init__(self, fetch: Callable[[int], bytes]) -> None:
        self.fetch = fetch
        self._offset = 0
        self._torn = b""
        self.unreadable = 0  # complete lines that hold no JSON object

    def read(self) -> list[dict[str, Any]]:
        """Return the objects of the lines that are complete by now and were not before."""
        data = self.fetch(self._offset)
        self._offset += len(data)
        *lines, self._torn = (self._torn + data).split(b"\n")
        found = []
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:
                event = None
            if isinstance(event, dict):
                found.append(event)
            else:
                self.unreadable += 1
        return found


def read_local(path: str) -> Callable[[int], bytes]:
    """Return what fetches a file of this machine.

    The file is opened anew each time: it may not exist yet.
    """

    def fetch(offset: int) -> bytes:
        try:
            with open(path, "rb") as file:
                file.seek(offset)
                return file.read()
        except FileNotFoundError:
            return b""

    return fetch


def take_local(path: str) -> Callable[[int], bytes]:
    """Return what fetches a file of this machine and removes it."""
    read = read_local(path)

    def fetch(offset: int) -> bytes:
        data = read(offset)
        if os.path.exists(path):
            os.unlink(path)
        return data

    return fetch
