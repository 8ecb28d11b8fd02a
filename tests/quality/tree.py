# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the working tree, as git sees them: tracked or new, never ignored ones."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The link through which the checkout finds itself; following it would never end.
SELF_LINK = "playbooks/collections/ansible_collections/sahool/platform"


def files() -> list[str]:
    """Paths relative to ROOT, sorted, without the self link and without files deleted in the working tree."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    return sorted({name for name in listed if name and name != SELF_LINK and (ROOT / name).is_file()})


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")
