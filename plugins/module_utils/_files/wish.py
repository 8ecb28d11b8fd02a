# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked for: files below a root, checked before anything is written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,127}")
_MODE = re.compile(r"0?[0-7]{3}")

FILE_OPTIONS: dict[str, Any] = {
    "digest": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    # raw: a text that looks like JSON must not be parsed and printed again.
    "content": {"type": "raw", "required": True, "no_log": True},
    "mode": {"type": "str", "default": "0400"},
    "uid": {"type": "int"},
    "gid": {"type": "int"},
}


class WishError(Exception):
    """Options that cannot be met; the text lists all of them, without any content."""


@dataclass(frozen=True)
class FileWish:
    """One file ``<root>/<digest>/<name>``.

    :param name: relative path; may lie in folders.
    :param uid: numeric owner; None for whoever runs the module.
    """

    digest: str
    name: str
    content: bytes
    mode: int
    uid: int
    gid: int

    def path(self, root: str) -> str:
        """Return the absolute path of the file."""
        return os.path.join(root, self.digest, self.name)


def read_wishes(root: str, files: Iterable[Mapping[str, Any]]) -> list[FileWish]:
    """Make wishes of the option ``files``; a file that is named twice alike counts once.

    :raises WishError: a name leaves its folder, a mode is none, a content is no text, or two entries differ.
    """
    findings: list[str] = []
    if not os.path.isabs(root) or os.path.normpath(root) == "/":
        findings.append(f"root {root!r} must be an absolute path below /")
    wishes: dict[tuple[str, str], FileWish] = {}
    for file in files:
        found = _findings(file)
        if found:
            findings.extend(found)
            continue
        wish = FileWish(
            digest=file["digest"],
            name=os.path.normpath(file["name"]),
            content=file["content"].encode("utf-8"),
            mode=int(file["mode"], 8),
            uid=os.geteuid() if file["uid"] is None else file["uid"],
            gid=os.getegid() if file["gid"] is None else file["gid"],
        )
        if wishes.setdefault((wish.digest, wish.name), wish) != wish:
            findings.append(
                f"{wish.digest}/{wish.name}: two entries differ in content, mode or owner; give them different digests"
            )
    if findings:
        raise WishError("\n".join(findings))
    return list(wishes.values())


def read_mode(text: str) -> int:
    """Return the mode that the octal *text* names.

    :raises WishError: it is none, or has more than the permission bits.
    """
    if not _MODE.fullmatch(text):
        raise WishError(f"mode {text!r} must be three octal digits, such as '0400', in quotes")
    return int(text, 8)


def _findings(file: Mapping[str, Any]) -> list[str]:
    place = f"{file['digest']}/{file['name']}"
    found = []
    if not FOLDER_NAME.fullmatch(file["digest"]):
        found.append(f"{place}: digest must be 8 to 128 letters, digits, dots, dashes or underscores")
    parts = file["name"].split("/")
    if not all(parts) or ".." in parts or "." in parts or "\0" in file["name"]:
        found.append(f"{place}: name must be a relative path without '.' and '..'")
    if not isinstance(file["content"], str):
        found.append(
            f"{place}: content is a {type(file['content']).__name__}, expected text; "
            "pass the rendered text as it is, for example by the filter to_json"
        )
    if not _MODE.fullmatch(file["mode"]):
        found.append(f"{place}: mode {file['mode']!r} must be three octal digits, such as '0400', in quotes")
    return found
