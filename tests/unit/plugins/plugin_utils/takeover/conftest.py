# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host with something of another project on it."""

from __future__ import annotations

import pytest
from stock_host import Host


@pytest.fixture
def host() -> Host:
    return Host()
