# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the tests of this folder are spread over processes: those of one subject share what it started."""

from __future__ import annotations

import pytest

# Every test here has a project of its own.
EACH_BY_ITSELF = {"service_rollout"}


# Before the plugin that reads the marks.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let all tests of a subject run in one process, one after the other."""
    for item in items:
        subject = item.path.parent.name
        if subject not in EACH_BY_ITSELF:
            item.add_marker(pytest.mark.xdist_group(subject))
