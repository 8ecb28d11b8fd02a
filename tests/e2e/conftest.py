# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole platform, deployed once for all tests of this folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from platform_run import Platform, Run


@pytest.fixture(scope="session")
def platform(tmp_path_factory):
    """Return a platform of its own; removed at the end whatever happens."""
    made = Platform(f"sahool-e2e-{os.getpid()}", 11000, tmp_path_factory.mktemp("home"))
    yield made
    done = made.destroy()
    assert done.returncode == 0, done.output


@pytest.fixture(scope="session")
def first_deploy(platform) -> Run:
    """Deploy all 53 services from nothing."""
    return platform.play("deploy.yml", "-vvv", "--diff")
