# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A build context: the files of a folder, and the digest that stands in the image's tag."""

from __future__ import annotations

import hashlib
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

_IGNORED_FOLDERS = frozenset({"__pycache__"})
_EXECUTABLE = 0o100


class ContextError(Exception):
    """A folder cannot be a build context; the text names it and says why."""


@dataclass(frozen=True)
class ContextFile:
    """One file; only the executable bit of its mode counts, because git keeps no other."""

    name: str
    content: bytes
    executable: bool

    @property
    def mode(self) -> str:
        """Return the mode that the file gets in a context, in octal."""
        return "0755" if self.executable else "0644"


def context_files(folder: str) -> list[ContextFile]:
    """Return the files below *folder* in a fixed order.

    :raises ContextError: it has no Dockerfile, or holds something that is neither a file nor a folder.
    """
    root = pathlib.Path(folder)
    if not (root / "Dockerfile").is_file():
        raise ContextError(f"{folder} is no build context: it has no Dockerfile")
    return sorted(_walk(root, root), key=lambda file: file.name)


def context_digest(folder: str, further: str = "") -> str:
    """Return a SHA-256 over names, executable bits and contents of the files below *folder*.

    :param further: what else the image is made of, such as the digest of a download.
    :raises ContextError: see :func:`context_files`.
    """
    digest = hashlib.sha256(further.encode())
    for file in context_files(folder):
        # Lengths keep "ab" + "c" apart from "a" + "bc".
        digest.update(f"\n{len(file.name)}:{file.name}:{file.mode}:{len(file.content)}:".encode())
        digest.update(file.content)
    return digest.hexdigest()


def _walk(root: pathlib.Path, folder: pathlib.Path) -> Iterator[ContextFile]:
    for entry in folder.iterdir():
        if entry.is_symlink() or not (entry.is_file() or entry.is_dir()):
            raise ContextError(f"{entry} is a link or special file; a build context holds plain files only")
        if entry.is_dir():
            if entry.name not in _IGNORED_FOLDERS:
                yield from _walk(root, entry)
            continue
        executable = bool(entry.stat().st_mode & _EXECUTABLE)
        yield ContextFile(entry.relative_to(root).as_posix(), entry.read_bytes(), executable)
