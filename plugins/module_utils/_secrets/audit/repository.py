# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The git repository: no secret file tracked, no secret in the work tree, none in the history."""

from __future__ import annotations

import errno
import os
import stat
import typing as t

from .allow_list import AllowList, AllowListError
from .detectors import Detectors, LibraryMissing
from .diff import LOG, added_lines
from .finding import Finding, shown
from .git import Git, GitError
from .lines import Line, lines_of
from .needles import Needles
from .scan import Place, Scan

# What a program of any repository may well hold: an example, or the password of a test.
_GUESSES = {"Secret Keyword", "Basic Auth Credentials"}
_SUBMODULE = b"160000"
_IN_TREE = "replace it where it is valid and take it out of the file; the history keeps it until that is rewritten"
_IN_HISTORY = "replace it where it is valid, or rewrite the history (git filter-repo)"
_OR_ALLOW = "; if it is none, add it to the allow-list"


def findings(
    path: str, files: t.Sequence[str], secrets: t.Mapping[str, t.Any], allow_list: str | None
) -> tuple[list[Finding], dict[str, int]]:
    """Return what is wrong with the repository at *path*, and numbers of what was looked at.

    :param files: files of secrets, of which those in the work tree must be neither tracked nor ready to be.
    :param secrets: name to value, to search for.
    :param allow_list: path of a baseline of detect-secrets.
    """
    name = shown(path)
    numbers = dict.fromkeys(("tracked_files", "commits", "lines", "values_searched"), 0)
    try:
        git = Git(path)
        tracked = _tracked(git)
        found = [*_unseen(git, tracked, name)]
    except GitError as error:
        return [
            Finding("unknown", "repository", name, error.found, "a work tree of git to look at", error.fix)
        ], numbers
    for file in files:
        found += _file(git, tracked, file)
    detectors, missing = _detectors(allow_list, name)
    scan = Scan(Needles(secrets), detectors)
    found += missing + _work_tree(git, tracked, scan, name)
    numbers.update(tracked_files=len(tracked), values_searched=scan.needles.searched)
    try:
        numbers["commits"] = int(git.ask("rev-list", "--all", "--count"))
        with git.stream(*LOG) as stream:
            scan.take(added_lines(stream))
    except GitError as error:
        found.append(Finding("unknown", "history", name, error.found, "the whole history to look at", error.fix))
    if detectors and detectors.long_lines:
        what = "%d lines too long for the detectors, searched for the given values alone" % detectors.long_lines
        found.append(Finding("unknown", "history", name, what, "none", "look at generated files by eye"))
    numbers["lines"] = scan.lines
    return [*found, *_secrets(scan)], numbers


def _detectors(allow_list: str | None, name: str) -> tuple[Detectors | None, list[Finding]]:
    """Return the detectors, unless their library is missing, and what is wrong with them or with the allow-list."""
    found = []
    try:
        allowed = AllowList(allow_list)
    except AllowListError as error:
        fix = "make it by: detect-secrets scan"
        found.append(Finding("unknown", "allow_list", shown(allow_list or ""), str(error), "a baseline", fix))
        allowed = AllowList(None)
    try:
        return Detectors(allowed), found
    except LibraryMissing as error:
        what = "no Python library %s: only the given values were searched for, history was not scanned" % error
        fix = "pip install detect-secrets, for the Python that runs this module"
        return None, [*found, Finding("unknown", "history", name, what, "a scan by detect-secrets", fix)]


def _tracked(git: Git) -> dict[bytes, bytes]:
    """Return path to mode of all that is in the index."""
    entries = (entry.partition(b"\t") for entry in git.ask("ls-files", "--stage", "-z").split(b"\0") if entry)
    return {path: about.split(b" ")[0] for about, _tab, path in entries}


def _file(git: Git, tracked: t.Container[bytes], file: str) -> t.Iterator[Finding]:
    place = os.path.join(os.path.realpath(os.path.dirname(file)), os.path.basename(file))
    relative = os.path.relpath(place, os.path.realpath(git.root))
    if relative.split(os.sep)[0] == os.pardir:
        return
    name, expected = shown(file), "a file that git neither has nor takes"
    if os.fsencode(relative) in tracked:
        fix = "git rm --cached it, ignore it in .gitignore and replace what is in it"
        yield Finding("high", "tracked", name, "a file that git tracks", expected, fix)
        return
    try:
        commit = git.ask("log", "--all", "-1", "--format=%H", "--", ":(top,literal)" + relative).strip()
        ignored = git.ask("check-ignore", "-z", "--stdin", stdin=os.fsencode(relative) + b"\0", fine=(0, 1))
    except GitError as error:
        yield Finding("unknown", "tracked", name, error.found, expected, error.fix)
        return
    if commit:
        found = "a file that git once tracked (last in commit %s)" % commit.decode("ascii", "replace")
        yield Finding("high", "tracked", name, found, expected, "replace what is in it, and rewrite the history")
    if not ignored:
        found = "a file that git does not ignore"
        yield Finding("medium", "tracked", name, found, expected, "add it to .gitignore")


def _unseen(git: Git, tracked: t.Mapping[bytes, bytes], name: str) -> t.Iterator[Finding]:
    """Yield what of the repository is not here to be looked at."""
    if git.ask("rev-parse", "--is-shallow-repository").strip() == b"true":
        fix = "git fetch --unshallow (in CI: fetch-depth: 0)"
        yield Finding("unknown", "history", name, "a shallow clone, without the older commits", "all commits", fix)
    modules = sorted(path for path, mode in tracked.items() if mode == _SUBMODULE)
    if modules:
        what = "%d submodules, which were not looked at: %s" % (len(modules), ", ".join(map(shown, modules)))
        yield Finding("unknown", "tree", name, what, "each looked at", "audit each as a repository of its own")


def _work_tree(git: Git, tracked: t.Iterable[bytes], scan: Scan, name: str) -> list[Finding]:
    unread: list[bytes] = []
    scan.take(line for path in sorted(tracked) for line in _lines(os.fsencode(git.root), path, unread))
    if not unread:
        return []
    what = "%d tracked files that cannot be read, the first is %s" % (len(unread), shown(scan.needles.hide(unread[0])))
    return [Finding("unknown", "tree", name, what, "all to be readable", "run this as a user who may read them")]


def _lines(root: bytes, path: bytes, unread: list[bytes]) -> t.Iterator[Line]:
    """Yield the lines of one file as it is now; one that is not there is in the history alone."""
    try:
        handle = os.open(os.path.join(root, path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(handle, "rb") as file:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                yield from lines_of(path, file)
    except OSError as error:
        # A symbolic link is not followed (ELOOP); where it points to is in the history.
        if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP):
            unread.append(path)


def _secrets(scan: Scan) -> t.Iterator[Finding]:
    for secret in dict.fromkeys([*scan.in_tree, *scan.in_history]):
        tree, first = scan.in_tree.get(secret), scan.in_history.get(secret)
        check, fix = ("tree", _IN_TREE) if tree else ("history", _IN_HISTORY)
        path = None if secret.path is None else shown(scan.needles.hide(secret.path))
        where = " and ".join(_where(path, place) for place in (tree, first) if place)
        if secret.given:
            found = "its value %s in %s" % (secret.form, where if path is None else "%s, %s" % (path, where))
            yield Finding("high", check, shown(secret.name), found, "no copy of it", fix)
        else:
            severity = "medium" if secret.name in _GUESSES else "high"
            yield Finding(severity, check, path or "", "%s in %s" % (secret.name, where), "no secret", fix + _OR_ALLOW)


def _where(path: str | None, place: Place) -> str:
    if path is None:
        return "a message or the name of a file of commit %s" % place.commit
    return "line %d of %s" % (place.number, "commit %s" % place.commit if place.commit else "the work tree")
