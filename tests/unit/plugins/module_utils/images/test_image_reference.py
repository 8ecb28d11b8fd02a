# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image references as Docker reports them."""

from __future__ import annotations

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._images.reference import (
    familiar,
    registry_host,
    repository,
)


@pytest.mark.parametrize(
    ("reference", "short"),
    [
        ("redis:7.4.1-alpine", "redis:7.4.1-alpine"),
        ("docker.io/library/redis:7.4.1", "redis:7.4.1"),
        ("library/redis:7.4.1", "redis:7.4.1"),
        ("index.docker.io/postgis/postgis:16-3.4", "postgis/postgis:16-3.4"),
        ("quay.io/coreos/etcd:v3.5.5", "quay.io/coreos/etcd:v3.5.5"),
        ("quay.io/library/etcd:v3.5.5", "quay.io/library/etcd:v3.5.5"),
        ("localhost:5000/x:1", "localhost:5000/x:1"),
        ("localhost:5000/x", "localhost:5000/x:latest"),
        ("redis:7.4.1@sha256:aa", "redis@sha256:aa"),
    ],
)
def test_familiar_form(reference: str, short: str) -> None:
    assert familiar(reference) == short


@pytest.mark.parametrize(
    ("reference", "host"),
    [
        ("redis:7", "docker.io"),
        ("postgis/postgis:16", "docker.io"),
        ("registry-1.docker.io/library/redis:7", "docker.io"),
        ("ghcr.io/sahool/x:v1", "ghcr.io"),
        ("localhost/x:1", "localhost"),
        ("box:5000/x:1", "box:5000"),
    ],
)
def test_registry_host(reference: str, host: str) -> None:
    assert registry_host(reference) == host


@pytest.mark.parametrize("reference", ["box:5000/a/x:1", "box:5000/a/x", "box:5000/a/x:1@sha256:aa"])
def test_repository_has_no_tag(reference: str) -> None:
    assert repository(reference) == "box:5000/a/x"
