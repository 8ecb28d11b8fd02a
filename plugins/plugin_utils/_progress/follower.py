# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follows the file into which a module writes its progress, and adds what is new to the record of the run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from . import record
from .growing import GrowingFile


class Follower:
    """A thread that takes over the events of one module on one host.

    :param folder: the record.
    :param fetch: returns the module's file from an offset in bytes on.
    :param fetch_last: does so for the last time, and removes the file. Not called when the module could not be run.
    :param admit: returns what may be kept of an event, or None.
    :param every: seconds between two looks.
    """

    def __init__(
        self,
        folder: str,
        host: str,
        fetch: Callable[[int], bytes],
        fetch_last: Callable[[int], bytes],
        admit: Callable[[dict[str, Any]], dict[str, Any] | None],
        every: float,
    ) -> None:
        self._folder = folder
        self._host = host
        self._file = GrowingFile(fetch)
        self._fetch_last = fetch_last
        self._admit = admit
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="module progress", daemon=True)
        self._trouble: Exception | None = None
        self._refused = 0

    def __enter__(self) -> Follower:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *dummy: object) -> None:
        self._stop.set()
        self._thread.join()
        if kind is None:
            self._file.fetch = self._fetch_last
            self._look()

    @property
    def warning(self) -> str | None:
        """What went wrong with the progress, which is no reason to fail."""
        if self._trouble:
            return f"The progress on {self._host} could not be followed: {self._trouble}"
        strange = self._file.unreadable + self._refused
        return f"{strange} lines of the progress on {self._host} could not be understood" if strange else None

    def _follow(self) -> None:
        while self._trouble is None and not self._stop.wait(self._every):
            self._look()

    def _look(self) -> None:
        try:
            for event in self._file.read():
                kept = self._admit(event)
                if kept is None:
                    self._refused += 1
                else:
                    record.add_event(self._folder, {"host": self._host, **kept})
        except Exception as error:
            # Connections raise whatever they like; it is told by `warning`.
            self._trouble = error
