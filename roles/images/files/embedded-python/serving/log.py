# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line on standard output for each event, under the name of the process."""

from __future__ import annotations

import sys

_name = "embedded"


def set_name(name: str) -> None:
    """Set the name that begins each line."""
    global _name
    _name = name


def log(text: str) -> None:
    """Write one line; Docker adds the time."""
    sys.stdout.write(f"{_name}: {text}\n")
    sys.stdout.flush()
