# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No file is named after nothing: a name says what the file is for."""

from __future__ import annotations

from pathlib import PurePath

FORBIDDEN = {"common", "helper", "helpers", "lib", "misc", "shared", "stuff", "tools", "util", "utils"}


def findings(files: list[str]) -> list[str]:
    """One sentence for each file or folder of ``files`` whose name, without a leading underscore, is FORBIDDEN."""
    found = set()
    for name in files:
        parts = PurePath(name).parts
        for depth, part in enumerate(parts, start=1):
            if PurePath(part).stem.lstrip("_").lower() in FORBIDDEN:
                found.add(f"{'/'.join(parts[:depth])}: the name does not say what is in it; name the job")
    return sorted(found)
