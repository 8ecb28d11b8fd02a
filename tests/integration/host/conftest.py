# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines for the role host."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "images"))

from machine import Machine, machine_image
from server_images import docker


@pytest.fixture
def machine() -> Iterator[Machine]:
    """Return a fresh machine with an engine and without Compose."""
    made = Machine(f"t-host-{uuid.uuid4().hex[:8]}")
    docker("run", "--detach", "--init", "--name", made.name, machine_image())
    yield made
    docker("rm", "--force", "--volumes", made.name)
