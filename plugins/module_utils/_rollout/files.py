# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that containers read: on the disk, or rendered and not written yet (check mode)."""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass, field

# Beside the root; its folders are numbered instead, and never change either.
CERTIFICATES = "certificates"
_READ_BY_OTHERS = 0o004


@dataclass(frozen=True)
class File:
    """A file's text.

    :param public: whether its mode lets everybody read it, so that it may be shown.
    """

    text: str = field(repr=False)
    public: bool

    def variables(self) -> dict[str, str]:
        """What it sets, where it is an environment file."""
        lines = [line for line in map(str.strip, self.text.splitlines()) if line and not line.startswith("#")]
        pairs = [line.partition("=")[::2] for line in lines]
        return {name.strip(): _unquoted(value.strip()) for name, value in pairs}


class Files:
    """Reads files.

    :param root: folder of the files ``<root>/<digest>/<name>``, which never change.
    :param rendered: elements of the option ``files`` of ``rendered_files``, for those not on the disk.
    """

    def __init__(self, root: str, rendered: t.Iterable[t.Mapping[str, t.Any]] = ()) -> None:
        self._root = root
        self._issues = os.path.join(os.path.dirname(root), CERTIFICATES)
        self._rendered = {
            os.path.join(root, file["digest"], file["name"]): File(
                str(file["content"]), bool(int(file["mode"], 8) & _READ_BY_OTHERS)
            )
            for file in rendered
        }

    def read(self, path: str) -> File | None:
        """A file, or None if it cannot be read, which is for Compose to report."""
        if path in self._rendered:
            return self._rendered[path]
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                return File(file.read(), bool(os.fstat(file.fileno()).st_mode & _READ_BY_OTHERS))
        except OSError:
            return None

    def digest(self, path: t.Any) -> str | None:
        """The digest in a path, or None for a path that is not below the root."""
        if not isinstance(path, str) or not path.startswith(self._root + "/"):
            return None
        digest, dummy, name = path[len(self._root) + 1 :].partition("/")
        return digest if digest and name else None

    def issue(self, path: t.Any) -> str | None:
        """The folder of a certificate that a path is in, such as ``kong-000001``, or None for another path."""
        folder = os.path.dirname(path) if isinstance(path, str) else ""
        return os.path.basename(folder) if os.path.dirname(folder) == self._issues else None


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value
