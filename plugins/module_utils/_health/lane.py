# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where probes run: in threads, on the clock of the machine. Tests bring a lane whose time is counted."""

from __future__ import annotations

import queue
import threading
import time
import typing as t
from dataclasses import dataclass


@dataclass(frozen=True)
class Done:
    """A finished piece of work: its key, and its result or the exception that ended it."""

    key: str
    result: t.Any = None
    error: Exception | None = None


class ThreadLane:
    """Runs every piece of work in a daemon thread of its own.

    Not a ``ThreadPoolExecutor``: that one waits for its threads when the interpreter ends, so that a single probe
    which hangs in the resolver would hold up the module's return.
    """

    def __init__(self) -> None:
        self._done: queue.SimpleQueue[Done] = queue.SimpleQueue()

    def now(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic()

    def launch(self, key: str, work: t.Callable[[], t.Any]) -> None:
        """Begin a piece of work; returns at once."""
        threading.Thread(target=self._run, args=(key, work), daemon=True, name="sahool-" + key).start()

    def wake(self, key: str) -> None:
        """Have ``collect`` return; from any thread."""
        self._done.put(Done(key))

    def collect(self, seconds: float) -> list[Done]:
        """What has finished; waits at most ``seconds`` for the first."""
        finished: list[Done] = []
        try:
            finished.append(self._done.get(timeout=max(seconds, 0)))
            while True:
                finished.append(self._done.get_nowait())
        except queue.Empty:
            return finished

    def _run(self, key: str, work: t.Callable[[], t.Any]) -> None:
        try:
            self._done.put(Done(key, result=work()))
        except Exception as error:  # whoever collects it decides; a thread's exception would otherwise be lost
            self._done.put(Done(key, error=error))
