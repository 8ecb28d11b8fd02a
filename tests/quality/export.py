# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real copy of the working tree where ansible-test wants it: below ansible_collections/sahool/platform."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import tree

EXPORT = tree.ROOT / ".cache" / "export" / "ansible_collections" / "sahool" / "platform"


def refresh() -> Path:
    """Make EXPORT the same as the working tree and return it; unchanged files are left as they are."""
    wanted = set(tree.files())
    for name in sorted(wanted):
        source, target = tree.ROOT / name, EXPORT / name
        if not _same(source, target):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    # Without a repository of its own, ansible-test asks the checkout's, which ignores this folder, and tests nothing.
    subprocess.run(["git", "init", "--quiet", str(EXPORT)], check=True)
    for folder, _folders, names in os.walk(EXPORT, topdown=False):
        if Path(folder).relative_to(EXPORT).parts[:1] == (".git",):
            continue
        for name in names:
            path = Path(folder, name)
            if path.relative_to(EXPORT).as_posix() not in wanted:
                path.unlink()
        if not any(Path(folder).iterdir()):
            Path(folder).rmdir()
    return EXPORT


def _same(source: Path, target: Path) -> bool:
    if not target.is_file():
        return False
    ours, theirs = source.stat(), target.stat()
    return (ours.st_size, ours.st_mtime_ns, ours.st_mode) == (theirs.st_size, theirs.st_mtime_ns, theirs.st_mode)
