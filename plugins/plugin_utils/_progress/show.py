# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows how a run goes on, as long as phases run: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from typing import Any

from ansible.utils.display import Display

from . import record
from .course import DONE, PHASE, Course
from .growing import GrowingFile, read_local
from .terminal import LiveLine, width
from .words import EVERY, crash_text, live_text, plain_text, waiting_text

TICK = 0.2  # seconds between two looks at the record


class Show:
    """Follows the record of a run.

    Ansible forks a worker for each host while the thread runs. It holds no lock then but its own, which no worker
    takes, and prints through the display, which lets nobody print while it forks.

    :param folder: the record.
    :param live: whether to write a live line.
    """

    def __init__(self, folder: str, display: Display, live: bool) -> None:
        self._folder = folder
        self._display = display
        self._course = Course(time.monotonic())
        self._events = GrowingFile(read_local(os.path.join(folder, record.EVENTS)))
        self._line = LiveLine(display) if live else None
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._said: dict[str, float] = {}  # when the last plain line of a host was written

    @property
    def following(self) -> bool:
        """Whether the record is followed."""
        return self._thread is not None

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The phases that have ended."""
        return self._course.rows

    def start(self) -> None:
        """Follow the record from now on."""
        if self._thread:
            return
        if self._line:
            self._line.open()
        elif hasattr(sys.stdout, "reconfigure"):
            # Into a pipe Python writes whole blocks, so that lines would be seen when they are history.
            sys.stdout.reconfigure(line_buffering=True)
        # Also when the run is interrupted, which no callback is told.
        atexit.register(self.stop)
        self._stop.clear()
        self._thread = threading.Thread(target=self._follow, name="deployment progress", daemon=True)
        self._thread.start()

    def rest(self) -> None:
        """Stop following where no phase runs."""
        if self._thread:
            self.look()
            if not self._course.running:
                self.stop()

    def stop(self) -> None:
        """Stop following, and leave the terminal as it was."""
        if not self._thread:
            return
        self._stop.set()
        self._thread.join()
        self._thread = None
        atexit.unregister(self.stop)
        if self._line:
            self._line.close()

    def look(self) -> None:
        """Take in what has happened since the last look, and show it."""
        with self._lock:
            events = self._events.read()
            for event in events:
                stage = self._course.take(event)
                if stage:
                    self._say(stage, event)
            if any(event["event"] == DONE for event in events):
                record.write_phases(self._folder, self.rows)
            if self._line:
                self._line.show(live_text(self._course.running.values(), time.monotonic(), width()))
            else:
                self._say_what_lasts()

    def _follow(self) -> None:
        while not self._stop.wait(TICK):
            self.look()

    def _say(self, stage: Any, event: dict[str, Any]) -> None:
        if self._line is None:
            text = plain_text(stage, event, event.get("clock", time.monotonic()))
        else:
            text = crash_text(stage, event) if event["event"] == "crash" else None
        if event["event"] == PHASE:
            self._said[stage.host] = time.monotonic()
        if text:
            self._print(stage.host, text)

    def _say_what_lasts(self) -> None:
        clock = time.monotonic()
        for host, stage in self._course.running.items():
            if clock - self._said[host] >= EVERY:
                self._print(host, waiting_text(stage, clock))

    def _print(self, host: str, text: str) -> None:
        self._said[host] = time.monotonic()
        self._display.display(text)
