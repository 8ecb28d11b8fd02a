# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small text file that is replaced as a whole or not at all."""

from __future__ import annotations

import os
import tempfile


def replace_text(path: str, text: str, mode: int = 0o600) -> None:
    """Write *text* to *path*: on the disk first, then under its name, so that nobody ever reads half of it.

    :raises OSError: it cannot be written; the file is as it was then.
    """
    folder = os.path.dirname(path)
    # mkstemp makes the file 0600.
    handle, temporary = tempfile.mkstemp(prefix=f".{os.path.basename(path)}.", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        if os.path.lexists(temporary):
            os.unlink(temporary)
        raise
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
