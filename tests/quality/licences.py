# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every Python and shell file says whose it is and under which licence."""

from __future__ import annotations

from collections.abc import Callable

HEADER = (
    "# Copyright (c) 2026 SAHOOL Platform contributors",
    "# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)",
    "# SPDX-License-Identifier: GPL-3.0-or-later",
)


def findings(files: list[str], text: Callable[[str], str]) -> list[str]:
    """One sentence for each .py or .sh file of ``files`` without HEADER in its first lines; empty files are exempt."""
    found = []
    for name in files:
        if not name.endswith((".py", ".sh")):
            continue
        lines = text(name).splitlines()
        if lines and not set(HEADER) <= set(lines[:6]):
            found.append(f"{name}: the first lines lack the licence header; see tests/quality/licences.py")
    return found
