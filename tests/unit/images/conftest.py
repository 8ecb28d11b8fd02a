# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the programs of the embedded images importable, and load the recorded exchanges."""

from __future__ import annotations

import json
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "roles/images/files/embedded-python"))


@pytest.fixture(scope="session")
def vectors():
    """Return a function that gives the exchanges of one recorded topic by their id."""
    folder = pathlib.Path(__file__).parent / "vectors"

    def load(topic):
        exchanges = json.loads((folder / f"{topic}.json").read_text(encoding="utf-8"))["exchanges"]
        return {exchange["id"]: exchange for exchange in exchanges}

    return load
