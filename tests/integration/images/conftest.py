# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real servers, started once for all tests of this folder."""

from __future__ import annotations

import pathlib
import sys
import tempfile
from collections.abc import Iterator

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from server_platform import Platform


@pytest.fixture(scope="session")
def servers() -> Iterator[Platform]:
    """All real servers in one Compose project, as the plan describes them; removed with their volumes at the end."""
    with tempfile.TemporaryDirectory(prefix="t-images-") as folder:
        # The containers' users read their files through it.
        pathlib.Path(folder).chmod(0o711)
        platform = Platform(pathlib.Path(folder))
        try:
            platform.start()
            yield platform
        finally:
            platform.remove()
