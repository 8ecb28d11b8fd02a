# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that containers read: content-addressed, so that a changed file is a changed path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._plan.digests import keyed_digest


@dataclass(frozen=True)
class RenderedFile:
    """One immutable file below ``<root>/<digest>/<name>``.

    :param mode: octal text, such as ``"0400"``.
    :param uid: numeric owner; the user in the container that reads it.
    """

    digest: str
    name: str
    content: str
    mode: str
    uid: int
    gid: int

    def path(self, root: str) -> str:
        """Return the absolute path below *root*."""
        return f"{root}/{self.digest}/{self.name}"

    def as_option(self) -> dict[str, Any]:
        """Return the element of ``rendered_files``' option ``files``."""
        return {
            "digest": self.digest,
            "name": self.name,
            "content": self.content,
            "mode": self.mode,
            "uid": self.uid,
            "gid": self.gid,
        }


def rendered_file(key: str, name: str, content: str, mode: str, uid: int, gid: int) -> RenderedFile:
    """Make a file whose digest covers all that a reader could notice: name, content, mode and owner."""
    digest = keyed_digest(key, name, content, mode, str(uid), str(gid))
    return RenderedFile(digest, name, content, mode, uid, gid)
