# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks git about a work tree, reading only, whatever the user's configuration and the caller's environment say."""

from __future__ import annotations

import os
import subprocess
import typing as t
from contextlib import contextmanager

from .finding import shown

# A configuration of the repository can name programs to run and leave parts of a log out.
_ALWAYS = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=true", "-c", "log.showRoot=true")


class GitError(Exception):
    """Git has no answer. Holds what was found and the fix, in words of this collection."""

    def __init__(self, found: str, fix: str) -> None:
        super().__init__(found)
        self.found = found
        self.fix = fix


class Git:
    """The work tree that *path* is in.

    :raises GitError: it is none, or git is missing or refuses.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        # Variables that point git at another repository are left out, those that name its configuration are not.
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith("GIT_CONFIG")}
        self._environment = {
            **kept,
            "LC_ALL": "C",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_NO_REPLACE_OBJECTS": "1",
            # What a partial clone lacks is not fetched.
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_ALLOW_PROTOCOL": "none",
        }
        if not os.path.isdir(path):
            raise GitError("no directory", "correct the path")
        if self.ask("rev-parse", "--is-inside-work-tree").strip() != b"true":
            raise GitError("a repository without a work tree", "name a checkout of it")
        self._path = self.root = os.fsdecode(self.ask("rev-parse", "--show-toplevel").rstrip(b"\n"))

    def ask(self, *arguments: str, stdin: bytes = b"", fine: t.Collection[int] = (0,)) -> bytes:
        """Return what git prints.

        :param fine: exit statuses that are no failure.
        """
        try:
            done = subprocess.run(
                self._command(arguments), env=self._environment, input=stdin, capture_output=True, check=False
            )
        except OSError as error:
            raise _missing(error) from error
        if done.returncode not in fine:
            raise self._refusal(arguments[0], done.returncode, done.stderr)
        return done.stdout

    @contextmanager
    def stream(self, *arguments: str) -> t.Iterator[t.BinaryIO]:
        """Yield what git prints as a stream, to be read to its end.

        :raises GitError: git failed; what was read until then is not all.
        """
        try:
            process = subprocess.Popen(
                self._command(arguments),
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise _missing(error) from error
        with process:
            try:
                yield t.cast("t.BinaryIO", process.stdout)
            except BaseException:
                process.kill()
                raise
        if process.returncode != 0:
            raise self._refusal(arguments[0], process.returncode, b"")

    def _command(self, arguments: t.Sequence[str]) -> list[str]:
        return ["git", "-C", self._path, *_ALWAYS, *arguments]

    def _refusal(self, verb: str, status: int, stderr: bytes) -> GitError:
        place = shown(self._path)
        if b"dubious ownership" in stderr:
            return GitError(
                "a repository of another user, which git refuses",
                "run this as its owner, or: git config --global --add safe.directory %s" % place,
            )
        if b"not a git repository" in stderr:
            return GitError("no git repository", "correct the path")
        # Its own words may quote what is in a file.
        return GitError("git %s ended with status %d" % (verb, status), "see: git -C %s %s; git fsck" % (place, verb))


def _missing(error: OSError) -> GitError:
    return GitError("git does not start (%s)" % error.strerror, "install git on the machine that this runs on")
