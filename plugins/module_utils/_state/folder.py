# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of the platform's state on a host, which whoever comes first makes. Private to this collection."""

from __future__ import annotations

import contextlib
import os


def make_state_folder(path: str) -> None:
    """Make the folder *path*, for its owner alone, below folders that all may read; one that is there stays as it is.

    :raises OSError: it cannot be made.
    """
    if not os.path.isdir(path):
        os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.mkdir(path, mode=0o700)
