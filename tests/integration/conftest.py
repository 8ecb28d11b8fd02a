# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the tests of this folder are spread over processes: those of one subject share what it started."""

from __future__ import annotations

import posixpath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# Every test here has a project of its own.
EACH_BY_ITSELF = {"service_rollout"}


class BySubject(LoadScopeScheduling):
    """Give all tests of a subject, which is a folder, to one process, one after the other."""

    def _split_scope(self, nodeid: str) -> str:
        folder = posixpath.dirname(nodeid.partition("::")[0])
        return nodeid if posixpath.basename(folder) in EACH_BY_ITSELF else folder


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BySubject:
    """Spread by subject; the marks of ``--dist loadgroup`` do nothing under pytest 9.2 with xdist 3.8."""
    return BySubject(config, log)
