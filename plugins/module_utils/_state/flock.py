# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking turns with other processes of a host. Private to this collection."""

from __future__ import annotations

import fcntl
import time
import typing as t


def flock_within(
    handle: int, seconds: float, *, pause: float = 0.005, while_waiting: t.Callable[[], None] = lambda: None
) -> bool:
    """Lock an open file or folder for this process alone; the kernel frees it when the handle is closed.

    :param seconds: how long to try; the kernel tells nobody in time that a lock is free.
    :param pause: seconds between two tries.
    :param while_waiting: called before each further try; may raise.
    :returns: whether it is locked.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
        time.sleep(pause)
        while_waiting()
