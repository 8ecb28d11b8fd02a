# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiny projects on the real engine."""

from __future__ import annotations

import itertools
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "unit/plugins/modules"))

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def tiny_images():
    from tiny_project import build_images

    build_images()


@pytest.fixture
def project(tiny_images, tmp_path):
    """A project that is removed when the test is over."""
    from tiny_project import TinyProject

    made = TinyProject(f"t-rollout-{os.getpid()}-{next(NUMBERS)}", tmp_path)
    yield made
    made.remove()


@pytest.fixture
def roll(project):
    """Roll the project out: ``roll(["a"], ["b"], check=True, …)``."""
    from service_call import call

    def run(*waves, check=False, diff=False, **options):
        return call("service_rollout", project.arguments(*waves, **options), check=check, diff=diff)

    return run
