# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a roll-out tells while it works: JSON lines in a file that somebody may follow."""

from __future__ import annotations

import json
import os
import threading
import time
import typing as t


class ProgressFile:
    """Appends an event a line; nothing in them is secret.

    It only entertains: when it cannot be written, `trouble` says why, and the roll-out goes on.

    :param path: the file, which must not exist yet.
    :param phase: what operators call this call.
    :param total: number of services.
    """

    def __init__(self, path: str | None, phase: str, total: int) -> None:
        self._path = path
        self._phase = phase
        self._total = total
        self._file: int | None = None
        self._lock = threading.Lock()  # a crash is told from the thread that looks
        self.ready_services = 0
        self.trouble: str | None = None

    def begin(self) -> None:
        """Make the file and tell what begins."""
        if self._path is None:
            return
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
            self._file = os.open(self._path, flags, 0o644)
            os.fchmod(self._file, 0o644)
        except OSError as error:
            self._give_up(error)
        self._tell("begin", phase=self._phase, total=self._total)

    def wave(self, number: int, of: int, services: t.Sequence[str], touched: t.Sequence[str]) -> None:
        """A wave begins; its number counts from 1."""
        self._tell("wave", number=number, of=of, services=list(services), touched=list(touched))

    def ready(self, service: str, seconds: float) -> None:
        """A service is ready, so many seconds after its wave began."""
        self.ready_services += 1
        self._tell("ready", service=service, seconds=seconds, ready=self.ready_services, total=self._total)

    def crash(self, service: str, what: str) -> None:
        """A container died, or lost a process to the lack of memory."""
        self._tell("crash", service=service, what=what)

    def end(self) -> None:
        """The roll-out is over, well or not."""
        self._tell("end", ready=self.ready_services, total=self._total)
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _tell(self, event: str, **fields: t.Any) -> None:
        with self._lock:
            if self._file is None:
                return
            line = json.dumps({"at": round(time.time(), 3), "event": event, **fields}) + "\n"
            try:
                os.write(self._file, line.encode("ascii"))
            except OSError as error:
                os.close(self._file)
                self._file = None
                self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        self.trouble = "progress cannot be shown: %s: %s" % (self._path, error.strerror)
