# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The deployment lock, as far as a module at work knows it: a file whose time says that the deployment is alive."""

from __future__ import annotations

import os
import threading

from .folder import LockError, LockFolder

EVERY = 5.0  # seconds
# The option by which a module is told which lock it keeps alive.
LOCK_OPTION = {
    "type": "dict",
    "options": {"path": {"type": "path", "required": True}, "id": {"type": "str", "required": True}},
}


class SignOfLife:
    """Renews the last sign of life of the deployment's lock, and tells when the lock is not ours any more.

    :param path: folder of the lock, on this host.
    :param identity: name of our file in it; whoever takes the lock over removes it.
    :param phase: what operators call this step, for whoever looks at the lock; None leaves what stands there.
    """

    def __init__(self, path: str, identity: str, phase: str | None = None) -> None:
        self._path = path
        self._identity = identity
        self._phase = phase
        self._file = os.path.join(path, identity)
        self._done = threading.Event()
        # A thread, for Compose may work for minutes; it ends with the process, so that no sign outlives the work.
        self._thread = threading.Thread(target=self._beat, daemon=True, name="sahool-life")

    def begin(self) -> None:
        """Give the first sign, write the phase into the lock, and from now on give a sign every 5 seconds.

        :raises LockError: the lock is not ours.
        """
        self.renew()
        if self._phase:
            try:
                LockFolder(self._path).renew(self._identity, {"phase": self._phase})
            except LockError as error:
                text = "The deployment lock cannot be renewed: %s. Nothing further was started.\nnext: ls -ld %s"
                raise LockError(text % (error, self._path)) from error
        self._thread.start()

    def renew(self) -> None:
        """Give a sign now.

        :raises LockError: the lock is not ours.
        """
        try:
            os.utime(self._file)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise LockError(
                "The deployment lock %s was taken away from this deployment: its file %s is gone. Somebody broke the"
                " lock or took it over, and another deployment may be at work here. Nothing further was started; what"
                " was started stays as it is.\nnext: cat %s\nWhen no other deployment runs, run this again."
                % (self._path, self._file, os.path.join(self._path, "owner.json"))
            ) from error
        except OSError as error:
            raise LockError(
                "The deployment lock cannot be renewed: %s: %s. Nothing further was started.\nnext: ls -ld %s %s"
                % (self._file, error.strerror, self._path, self._file)
            ) from error

    def end(self) -> None:
        """Give no more signs."""
        self._done.set()
        if self._thread.is_alive():
            self._thread.join()

    def _beat(self) -> None:
        while not self._done.wait(EVERY):
            try:
                self.renew()
            except LockError:
                return  # whoever works notices at its next step; renewing a lost lock would be a lie


class NoLock:
    """Where no lock is given."""

    def begin(self) -> None:
        """Nothing to sign."""

    renew = begin
    end = begin


def life_of(lock: dict[str, str] | None, phase: str | None) -> SignOfLife | NoLock:
    """Return what keeps *lock* alive, as a module was given it by LOCK_OPTION."""
    return SignOfLife(lock["path"], lock["id"], phase) if lock else NoLock()
