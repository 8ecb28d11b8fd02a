# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One roll-out at a time on a host, also when the controller of one was killed and its module works on."""

from __future__ import annotations

import os
import typing as t

from .._state.flock import flock_within
from .errors import RollOutError

_AGAIN = 0.2  # seconds between two tries


class Exclusive:
    """A file that is locked for as long as this process works. The kernel frees it, however the process ends.

    :param path: the file; made, with its folder, when it is absent, and left there.
    :param seconds: how long to wait for another.
    :param while_waiting: called before each further try; may raise.
    """

    def __init__(self, path: str, seconds: float, while_waiting: t.Callable[[], None]) -> None:
        self._path = path
        self._seconds = seconds
        self._while_waiting = while_waiting
        self._file: int | None = None

    def begin(self) -> None:
        """Lock the file.

        :raises RollOutError: it cannot be opened, or another still has it.
        """
        try:
            os.makedirs(os.path.dirname(self._path) or ".", mode=0o755, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        except OSError as error:
            text = "%s cannot be opened: %s. It keeps two roll-outs from working on this host at once.\nnext: ls -ld %s"
            raise RollOutError(text % (self._path, error.strerror, os.path.dirname(self._path))) from error
        if not flock_within(self._file, self._seconds, pause=_AGAIN, while_waiting=self._while_waiting):
            raise RollOutError(self._refusal())
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, b"%d\n" % os.getpid(), 0)

    def _refusal(self) -> str:
        holder = os.pread(t.cast(int, self._file), 20, 0).decode("ascii", "replace").strip()
        who = "process %s" % holder if holder.isdigit() else "another process"
        return (
            "Another roll-out works on this host: %s has held %s for more than %g s. The run that began it may have"
            " been killed while its work here goes on. Nothing was started.\nnext: %s\nWait until it has ended, or end"
            " it, and run this again." % (who, self._path, self._seconds, _look_for(holder, self._path))
        )


def _look_for(holder: str, path: str) -> str:
    return "ps -o pid,lstart,args -p %s" % holder if holder.isdigit() else "fuser -v %s" % path
