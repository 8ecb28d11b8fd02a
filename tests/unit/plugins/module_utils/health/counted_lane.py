# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lane whose time is counted and not waited for: every piece of work says how long it takes."""

from __future__ import annotations

import heapq
import itertools
import typing as t

from ansible_collections.sahool.platform.plugins.module_utils._health.lane import Done


class Takes(t.NamedTuple):
    """What a piece of work returns here: its seconds (None: it never ends) and its result or exception."""

    seconds: float | None
    result: t.Any


class CountedLane:
    def __init__(self) -> None:
        self.time = 1000.0
        self._events: list[tuple[float, int, Done]] = []
        self._order = itertools.count()

    def now(self) -> float:
        return self.time

    def launch(self, key: str, work: t.Callable[[], t.Any]) -> None:
        made = work()
        seconds, result = made if isinstance(made, Takes) else (0.0, made)
        if seconds is not None:
            done = Done(key, error=result) if isinstance(result, Exception) else Done(key, result=result)
            heapq.heappush(self._events, (self.time + seconds, next(self._order), done))

    def wake(self, key: str, seconds: float) -> None:
        """Have somebody wake the lane so many seconds from now."""
        heapq.heappush(self._events, (self.time + seconds, next(self._order), Done(key)))

    def collect(self, seconds: float) -> list[Done]:
        limit = self.time + seconds
        if not self._events or self._events[0][0] > limit:
            self.time = limit
            return []
        self.time = max(self.time, self._events[0][0])
        finished = []
        while self._events and self._events[0][0] <= self.time:
            finished.append(heapq.heappop(self._events)[2])
        return finished
