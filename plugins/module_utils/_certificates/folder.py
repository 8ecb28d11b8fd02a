# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where certificates lie: one folder for each issue, numbered, which never changes once it is whole.

A new certificate is a new path, which Docker Compose notices. The certificate is the last file that comes into a
folder, so that a folder without one is left over from a run that was killed, and is used by the next.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

CERTIFICATE = "tls.crt"
KEY = "tls.key"
AUTHORITY = "ca.crt"


@dataclass(frozen=True)
class Folders:
    """The folders of one name.

    :param current: the newest that is whole, None before the first.
    :param following: where the next issue goes.
    """

    current: str | None
    following: str


def folders_of(root: str, name: str) -> Folders:
    """Look for the folders of *name* below *root*."""
    pattern = re.compile(rf"{re.escape(name)}-(\d{{6}})")
    try:
        listed = os.listdir(root)
    except FileNotFoundError:
        listed = []
    found = {int(match.group(1)): os.path.join(root, entry) for entry in listed if (match := pattern.fullmatch(entry))}
    whole = [number for number, path in found.items() if os.path.lexists(os.path.join(path, CERTIFICATE))]
    newest, last = max(whole, default=0), max(found, default=0)
    following = last if last > newest else last + 1
    return Folders(found.get(newest), os.path.join(root, f"{name}-{following:06d}"))
