# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiny projects on the real engine."""

from __future__ import annotations

import functools
import itertools
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "unit/plugins/modules"))

from compose_versions import PINNED, TRIXIE, folder_of

BOTH_VERSIONS = {"test_rollout_actions", "test_rollout_creation"}
NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def tiny_images():
    from tiny_project import build_images

    build_images()


def pytest_generate_tests(metafunc):
    """Run what Compose is asked for under both versions; watching what runs has nothing to do with the version."""
    if "compose" in metafunc.fixturenames:
        versions = [TRIXIE, PINNED] if metafunc.module.__name__ in BOTH_VERSIONS else [PINNED]
        metafunc.parametrize("compose", versions, indirect=True, ids="compose-{}".format)


@pytest.fixture(scope="session")
def compose_folders(tmp_path_factory):
    """Return a function that gives the folder with a version of Compose, made once."""
    return functools.cache(lambda version: folder_of(version, tmp_path_factory.mktemp("compose")))


@pytest.fixture
def compose(request, compose_folders, monkeypatch):
    """Let the Docker client use one version of Compose; returns the version."""
    monkeypatch.setenv("DOCKER_CONFIG", str(compose_folders(request.param)))
    return request.param


@pytest.fixture
def project(compose, tiny_images, tmp_path):
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
