# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The deployment lock as it lies on the disk. Private to this collection.

A folder that holds ``owner.json`` and an empty file named by the lock's id, whose time of modification is the last sign
of life of the owner. It is prepared beside its place and renamed into it: nobody ever sees half of it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import typing as t
from dataclasses import dataclass

from ansible_collections.sahool.platform.plugins.module_utils._state.flock import flock_within
from ansible_collections.sahool.platform.plugins.module_utils._state.folder import make_state_folder

OWNER = "owner.json"
ID = re.compile(r"[0-9a-f]{8,64}")
# What tells a process from every other that ever ran: a process id is used again, with another start time.
PROCESS = ("boot_id", "pid_ns", "pid", "started")
# How long one look or change may take in other processes: each is a handful of system calls.
PATIENCE = 10.0
LOOKS = 20


class LockError(Exception):
    """The lock cannot be read or changed; the text names the path and the remedy."""


@dataclass(frozen=True)
class Found:
    """A lock that was found.

    :ivar id: None where the file that carries it is missing: somebody began to remove the lock by hand.
    :ivar owner: what the owner wrote; empty where it cannot be read.
    :ivar last_sign: seconds since the epoch, by this host's clock.
    """

    id: str | None
    owner: dict[str, t.Any]
    last_sign: float


def same_process(one: dict[str, t.Any], other: dict[str, t.Any]) -> bool:
    """Return whether both owners are one process of one controller."""
    return all(one.get(name) is not None and one.get(name) == other.get(name) for name in PROCESS)


class LockFolder:
    """The lock at *path*.

    Whoever changes it holds an flock on the folder above for as long, which the kernel frees with the process.
    """

    def __init__(self, path: str) -> None:
        self.path = os.path.normpath(path)
        self._above, self._name = os.path.split(self.path)

    def look(self) -> Found | None:
        """Return the lock, None when it is free.

        :raises LockError: it cannot be read.
        """
        with self._named_errors():
            for _look in range(LOOKS):
                with contextlib.suppress(FileNotFoundError):  # it was freed or taken over meanwhile
                    return self._look()
        raise LockError(f"{self.path} changed during {LOOKS} looks one after another; run again")

    def take(self, lock_id: str, owner: dict[str, t.Any], dead_id: str | None) -> tuple[str | None, Found | None]:
        """Take the lock where it is free, incomplete or *dead_id*'s; a process that holds it already keeps its lock.

        :returns: the id of the lock that *owner* holds now, None when somebody else does, and what was found before.
        :raises LockError: it cannot be read or written.
        """
        with self._named_errors():
            make_state_folder(self._above)
            with self._changing():
                found = self._look()
                if found and found.id and found.id != dead_id:
                    if not same_process(found.owner, owner):
                        return None, found
                    os.utime(os.path.join(self.path, found.id))
                    return found.id, found
                self._sweep()
                self._install(lock_id, owner, replaced=found is not None)
                return lock_id, found

    def free(self, lock_id: str) -> tuple[bool, Found | None]:
        """Remove the lock if its id is *lock_id*.

        :returns: whether it was, and the lock that was found.
        :raises LockError: it cannot be read or removed.
        """

        def put_away(found: Found) -> Found:
            self._put_away()
            return found

        return self._if_ours(lock_id, put_away)

    def renew(self, lock_id: str, changes: dict[str, t.Any]) -> tuple[bool, Found | None]:
        """Give a sign of life if the lock's id is *lock_id*, and write what the owner changed.

        :returns: whether it was, and the lock as it is now.
        :raises LockError: it cannot be read or written.
        """

        def sign(found: Found) -> Found | None:
            owner = {**found.owner, **changes}
            if owner != found.owner:
                new = os.path.join(self.path, f"{OWNER}.new")
                _write(new, owner)
                os.replace(new, os.path.join(self.path, OWNER))
            os.utime(os.path.join(self.path, lock_id))
            return self._look()

        return self._if_ours(lock_id, sign)

    def _if_ours(self, lock_id: str, change: t.Callable[[Found], Found | None]) -> tuple[bool, Found | None]:
        """Change the lock if its id is *lock_id*; return whether it was, and what *change* returned or was found."""
        with self._named_errors():
            if not os.path.lexists(self.path):
                return False, None
            with self._changing():
                found = self._look()
                if not found or found.id != lock_id:
                    return False, found
                return True, change(found)

    # Reading

    def _look(self) -> Found | None:
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            return None
        try:
            # All through one handle: the lock may be replaced by another meanwhile.
            names = os.listdir(handle)
            ids = sorted(name for name in names if ID.fullmatch(name))
            seen = os.stat(ids[0], dir_fd=handle) if ids else os.fstat(handle)
            owner = _owner(handle)
            if not (ids and owner) and not os.path.samestat(os.fstat(handle), os.stat(self.path)):
                raise FileNotFoundError(errno.ENOENT, "it is being removed after it was freed", self.path)
            if not names:
                return None
            return Found(ids[0] if ids else None, owner, seen.st_mtime)
        finally:
            os.close(handle)

    # Changing

    @contextlib.contextmanager
    def _changing(self) -> t.Iterator[None]:
        handle = os.open(self._above, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if not flock_within(handle, PATIENCE):
                raise LockError(
                    f"{self._above}: another process keeps this folder to itself (flock) for more than "
                    f"{PATIENCE:.0f} s; `fuser -v {self._above}` names it"
                )
            yield
        finally:
            os.close(handle)

    def _beside(self, what: str) -> str:
        return os.path.join(self._above, f".{self._name}.{what}")

    def _sweep(self) -> None:
        """Remove what a killed process left beside the lock; nobody else is at work."""
        for what in ("new", "old"):
            if os.path.lexists(self._beside(what)):
                shutil.rmtree(self._beside(what))

    def _install(self, lock_id: str, owner: dict[str, t.Any], *, replaced: bool) -> None:
        new = self._beside("new")
        os.mkdir(new, mode=0o755)
        _write(os.path.join(new, OWNER), owner)
        os.close(os.open(os.path.join(new, lock_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
        if replaced:
            self._put_away()
        # Fails unless the place is free or an empty folder.
        os.rename(new, self.path)

    def _put_away(self) -> None:
        old = self._beside("old")
        if os.path.lexists(old):
            shutil.rmtree(old)
        os.rename(self.path, old)
        shutil.rmtree(old)

    @contextlib.contextmanager
    def _named_errors(self) -> t.Iterator[None]:
        try:
            yield
        except PermissionError as error:
            raise LockError(
                f"{error.filename or self.path}: {error.strerror}; run the task as the user that owns it (become: true)"
            ) from error
        except NotADirectoryError as error:
            raise LockError(f"{error.filename or self.path} should be a folder and is not; move it away") from error
        except OSError as error:
            raise LockError(f"{error.filename or self.path}: {error.strerror}") from error


def _owner(folder: int) -> dict[str, t.Any]:
    """Return what stands in the owner's file; nothing where it is missing or no JSON, since the lock holds as well."""
    try:
        handle = os.open(OWNER, os.O_RDONLY, dir_fd=folder)
    except FileNotFoundError:
        return {}
    with os.fdopen(handle, "rb") as file:
        try:
            found = json.loads(file.read())
        except ValueError:
            return {}
    return found if isinstance(found, dict) else {}


def _write(path: str, owner: dict[str, t.Any]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(owner, file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
