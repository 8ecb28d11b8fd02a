# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that hold secrets: kind, mode, owner, who can read them and who sees that they are there."""

from __future__ import annotations

import grp
import os
import pwd
import shlex
import stat
import typing as t

from .finding import Finding, shown

_R, _W, _X = 4, 2, 1
_LOOK = "run this as a user who may look"


class SecretFile(t.NamedTuple):
    """What is asked of one file.

    :param mode: the most that its mode may allow.
    :param reader: user id that must be able to read it, and the group that it is in.
    """

    path: str
    mode: int = 0o600
    owner: str | None = None
    group: str | None = None
    reader: int | None = None
    reader_group: int | None = None
    must_exist: bool = True
    private_directory: bool = True


def findings(file: SecretFile) -> t.Iterator[Finding]:
    """Yield what is wrong with *file*, each with the command that mends it."""
    name = shown(file.path)
    try:
        status = os.lstat(file.path)
    except (FileNotFoundError, NotADirectoryError):
        if file.must_exist:
            yield Finding("high", "file", name, "nothing", "a file", "create it, or correct the path")
        return
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "a path that cannot be"
        yield Finding("unknown", "file", name, reason, "a file that can be looked at", _LOOK)
        return
    if not stat.S_ISREG(status.st_mode):
        kind = "a symbolic link" if stat.S_ISLNK(status.st_mode) else "something else than a file"
        yield Finding("high", "file", name, kind, "a regular file", "put the file itself there")
        return
    yield from _mode(file, name, stat.S_IMODE(status.st_mode))
    yield from _owner(file, name, status)
    if file.reader is not None:
        yield from _reading(file, name, status, file.reader)
    if file.private_directory:
        yield from _directory(file)


def _mode(file: SecretFile, name: str, mode: int) -> t.Iterator[Finding]:
    if mode & ~file.mode:
        fix = _command("chmod %04o" % (mode & file.mode), file.path)
        yield Finding("high", "mode", name, "mode %04o" % mode, "at most %04o" % file.mode, fix)


def _owner(file: SecretFile, name: str, status: os.stat_result) -> t.Iterator[Finding]:
    for kind, wanted, actual, program in (
        ("user", file.owner, status.st_uid, "chown"),
        ("group", file.group, status.st_gid, "chgrp"),
    ):
        if wanted is None:
            continue
        try:
            number = int(wanted) if wanted.isdecimal() else _number(kind, wanted)
        except (KeyError, ValueError, UnicodeError):
            found = "no %s %s on this machine" % (kind, shown(wanted))
            yield Finding("unknown", "owner", name, found, "it to exist", "create it, or name the number")
            continue
        if actual != number:
            fix = _command("%s %d" % (program, number), file.path)
            yield Finding("high", "owner", name, "%s %d" % (kind, actual), shown(wanted), fix)


def _number(kind: str, name: str) -> int:
    return pwd.getpwnam(name).pw_uid if kind == "user" else grp.getgrnam(name).gr_gid


def _reading(file: SecretFile, name: str, status: os.stat_result, reader: int) -> t.Iterator[Finding]:
    expected = "that user %d can read it" % reader
    for directory in _way(file.path):
        try:
            passable = _may(_X, os.stat(directory), reader, file.reader_group)
        except OSError as error:
            found = "%s: %s" % (shown(directory), error.strerror)
            yield Finding("unknown", "reading", name, found, expected, _LOOK)
            return
        if not passable:
            found = "no way through %s for user %d" % (shown(directory), reader)
            yield Finding("high", "reading", name, found, expected, _command("chmod o+x", directory))
    if not _may(_R, status, reader, file.reader_group):
        found = "no permission for user %d to read it" % reader
        yield Finding("high", "reading", name, found, expected, _command("chown %d" % reader, file.path))


def _way(path: str) -> list[str]:
    """Return all directories that are passed on the way to *path*, those behind symbolic links included."""
    parent = os.path.dirname(os.path.abspath(path))
    written = [os.path.realpath(directory) for directory in _above(parent)]
    return list(dict.fromkeys([*written, *_above(os.path.realpath(parent))]))


def _above(directory: str) -> list[str]:
    """Return *directory* and all that it lies in, the root first."""
    above = os.path.dirname(directory)
    return [directory] if above == directory else [*_above(above), directory]


def _may(bit: int, status: os.stat_result, user: int, group: int | None) -> bool:
    """Return what the mode says: the owner's bits count for the owner, the group's for the group, else the others'."""
    if user == 0:
        return True
    mode = status.st_mode
    if status.st_uid == user:
        return bool(mode >> 6 & bit)
    if group is not None and status.st_gid == group:
        return bool(mode >> 3 & bit)
    return bool(mode & bit)


def _directory(file: SecretFile) -> t.Iterator[Finding]:
    directory = os.path.dirname(os.path.abspath(file.path))
    mode = stat.S_IMODE(os.stat(directory).st_mode)
    if mode & (_R | _W):
        severity = "high" if mode & _W and not mode & stat.S_ISVTX else "medium"
        can = "list" if not mode & _W else "write to"
        found = "a directory that others can %s (mode %04o)" % (can, mode)
        fix = _command("chmod o-rw", directory)
        yield Finding(severity, "directory", shown(directory), found, "one that only owner and group can list", fix)


def _command(command: str, path: str) -> str:
    """Return a command for *path* that can be pasted; a path that no terminal takes is left to be typed."""
    return "%s -- %s" % (command, shlex.quote(path) if shown(path) == path else "the file")
