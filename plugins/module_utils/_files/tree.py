# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the files below a root into the state that is asked for."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from ansible_collections.sahool.platform.plugins.module_utils._files.wish import FOLDER_NAME, FileWish


class TreeError(Exception):
    """Something on the disk stands in the way; the text names it and says what to do."""


@dataclass
class Changes:
    """What was done, or would be: paths only, never a content.

    :ivar before: for each changed path what was found.
    """

    written: list[str] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    pruned: list[str] = field(default_factory=list)
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.before)

    def note(self, kind: list[str], path: str, before: str, after: str) -> None:
        """Record one change of *path* under *kind*."""
        kind.append(path)
        self.before[path] = before
        self.after[path] = after


class Tree:
    """The files below *root*.

    :param directory_mode: of the root and of every folder below it.
    :param check: True predicts and writes nothing.
    """

    def __init__(self, root: str, directory_mode: int, *, check: bool) -> None:
        self._root = os.path.normpath(root)
        self._directory_mode = directory_mode
        self._check = check
        self.changes = Changes()

    def apply(self, wishes: Sequence[FileWish]) -> None:
        """Write the files that are missing or differ; correct modes and owners.

        All new files are on the disk before the first of them takes its name.

        :raises TreeError: a folder's place is taken by something else, or the rights do not suffice.
        """
        try:
            for directory in self._directories(wishes):
                self._settle_directory(directory)
            pending = [wish for wish in wishes if self._needs_content(wish)]
            if not self._check:
                self._write(pending)
        except PermissionError as error:
            raise TreeError(f"{error.filename}: {error.strerror}; run the task as root (become: true)") from error
        except OSError as error:
            raise TreeError(f"{error.filename or self._root}: {error.strerror}") from error

    def prune(self, keep: Collection[str]) -> None:
        """Remove every content-addressed folder below the root whose name is not in *keep*."""
        if not os.path.isdir(self._root):
            return
        for name in sorted(os.listdir(self._root)):
            path = os.path.join(self._root, name)
            if name in keep or not FOLDER_NAME.fullmatch(name) or not stat.S_ISDIR(os.lstat(path).st_mode):
                continue
            self.changes.note(self.changes.pruned, path, "folder", "absent")
            if not self._check:
                shutil.rmtree(path)

    # Folders

    def _directories(self, wishes: Sequence[FileWish]) -> list[str]:
        """Return the root and every folder below it that *wishes* need, parents first."""
        directories = {self._root}
        for wish in wishes:
            parent = os.path.dirname(wish.path(self._root))
            while parent != self._root:
                directories.add(parent)
                parent = os.path.dirname(parent)
        return sorted(directories)

    def _settle_directory(self, path: str) -> None:
        wanted = f"folder, {_rights(self._directory_mode, os.geteuid(), os.getegid())}"
        # The root may be a link that the operator made; below it nothing may lead elsewhere.
        look = os.stat if path == self._root else os.lstat
        try:
            found = look(path)
        except FileNotFoundError:
            self.changes.note(self.changes.written, path, "absent", wanted)
            if not self._check:
                os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
                os.mkdir(path)
                os.chmod(path, self._directory_mode)
            return
        except NotADirectoryError as error:
            raise TreeError(f"{path}: a parent of it is no folder; move it away") from error
        if not stat.S_ISDIR(found.st_mode):
            raise TreeError(f"{path} is no folder; move it away and run again")
        if stat.S_IMODE(found.st_mode) == self._directory_mode and found.st_uid == os.geteuid():
            return
        rights = _rights(stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid)
        self.changes.note(self.changes.corrected, path, f"folder, {rights}", wanted)
        if not self._check:
            os.chown(path, os.geteuid(), os.getegid())
            os.chmod(path, self._directory_mode)

    # Files

    def _needs_content(self, wish: FileWish) -> bool:
        """Tell whether the file must be written; correct a mode or owner on the way."""
        path = wish.path(self._root)
        wanted = _rights(wish.mode, wish.uid, wish.gid)
        try:
            found = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            self.changes.note(self.changes.written, path, "absent", wanted)
            return True
        if stat.S_ISDIR(found.st_mode):
            raise TreeError(f"{path} is a folder where a file belongs; remove it and run again")
        if not stat.S_ISREG(found.st_mode) or found.st_size != len(wish.content) or _read(path) != wish.content:
            self.changes.note(self.changes.written, path, "other content", wanted)
            return True
        rights = _rights(stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid)
        if rights != wanted:
            self.changes.note(self.changes.corrected, path, rights, wanted)
            if not self._check:
                os.chown(path, wish.uid, wish.gid, follow_symlinks=False)
                os.chmod(path, wish.mode)
        return False

    def _write(self, wishes: Sequence[FileWish]) -> None:
        new = []
        try:
            for wish in wishes:
                path = wish.path(self._root)
                temporary = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.new")
                new.append((temporary, path))
                _create(temporary, wish)
            # Flushing after all are written lets the disk take them in one go.
            for temporary, _path in new:
                _flush(temporary)
            for temporary, path in new:
                os.replace(temporary, path)
        except BaseException:
            for temporary, _path in new:
                if os.path.lexists(temporary):
                    os.unlink(temporary)
            raise
        for directory in sorted({os.path.dirname(path) for _temporary, path in new}):
            _flush(directory)


def _create(path: str, wish: FileWish) -> None:
    if os.path.lexists(path):
        # Left by a run that was killed.
        os.unlink(path)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(wish.content)
        file.flush()
        os.fchown(file.fileno(), wish.uid, wish.gid)
        os.fchmod(file.fileno(), wish.mode)


def _flush(path: str) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _rights(mode: int, uid: int, gid: int) -> str:
    return f"mode {mode:04o}, owner {uid}:{gid}"
