# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the catalogue to the options of service_images, by the filters that the role uses."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.sahool.platform.plugins.filter.build_context_digest import build_context_digest
from ansible_collections.sahool.platform.plugins.filter.build_context_files import build_context_files
from ansible_collections.sahool.platform.plugins.filter.image_requests import image_requests

SERVICES = {
    "redis": {
        "image": "redis",
        "tag": "7.4.1",
        "registry_image": "redis:7.4.1",
        "major": "7",
        "embedded": "redis",
        "embedded_major": "8",
    },
    "kong": {"image": "kong", "tag": "3.4.2", "registry_image": "kong:3.4.2", "embedded": "stand-in"},
    "qdrant": {
        "image": "qdrant/qdrant",
        "tag": "v1.7.4",
        "registry_image": "qdrant/qdrant:v1.7.4",
        "major": "1",
        "embedded": "stand-in",
        "embedded_major": "1",
    },
    "billing-core": {
        "image": "ghcr.io/s/billing-core",
        "tag": "v16.0.0",
        "registry_image": "ghcr.io/s/billing-core:v16.0.0",
        "embedded": "reference",
    },
    "grafana": {
        "image": "grafana/grafana",
        "tag": "11.1.0",
        "registry_image": "grafana/grafana:11.1.0",
        "embedded": None,
    },
}
RECIPES = {
    "stand-in": {"folder": "embedded-python", "target": "stand-in"},
    "reference": {"folder": "embedded-python", "target": "reference"},
}


@pytest.fixture
def contexts(tmp_path: pathlib.Path) -> pathlib.Path:
    for name in ("redis", "embedded-python"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Dockerfile").write_text(f"FROM scratch\n# {name}\n")
    return tmp_path


def requests(contexts: pathlib.Path, **changes: Any) -> dict[str, Any]:
    options = {"contexts": str(contexts), "home": "/opt/build", "recipes": RECIPES, **changes}
    return image_requests(SERVICES, **options)


def test_images(contexts: pathlib.Path) -> None:
    redis = build_context_digest(str(contexts / "redis"))[:12]
    python = build_context_digest(str(contexts / "embedded-python"))[:12]
    images = {image["service"]: image for image in requests(contexts)["images"]}
    assert list(images) == list(SERVICES)
    assert images["redis"] == {
        "service": "redis",
        "registry_reference": "redis:7.4.1",
        "major": "7",
        "build": "redis",
        "build_reference": f"sahool-embedded/redis:8-{redis}",
        "build_major": "8",
    }
    assert images["kong"]["build_reference"] == f"sahool-embedded/stand-in:{python}"
    assert images["qdrant"]["build_reference"] == f"sahool-embedded/stand-in:1-{python}"
    assert images["billing-core"]["build_reference"] == f"sahool-embedded/billing-core:v16.0.0-{python}"
    assert images["grafana"] == {"service": "grafana", "registry_reference": "grafana/grafana:11.1.0", "major": None}


def test_builds(contexts: pathlib.Path) -> None:
    redis = build_context_digest(str(contexts / "redis"))
    builds = {build["name"]: build for build in requests(contexts)["builds"]}
    assert builds["redis"] == {
        "name": "redis",
        "reference": f"sahool-embedded/redis:8-{redis[:12]}",
        "digest": redis,
        "context": f"/opt/build/redis-{redis[:12]}",
        "target": None,
    }
    assert builds["stand-in"]["context"] == builds["reference"]["context"]
    assert builds["stand-in"]["target"] == "stand-in"
    # Two majors share this image, so its own name has none.
    assert builds["stand-in"]["reference"].startswith("sahool-embedded/stand-in:")
    assert ":1-" not in builds["stand-in"]["reference"]


def test_a_download_counts_in_the_digest(contexts: pathlib.Path) -> None:
    recipes = {**RECIPES, "redis": {"sha256": "abc"}}
    plain = {build["name"]: build["digest"] for build in requests(contexts)["builds"]}
    changed = {build["name"]: build["digest"] for build in requests(contexts, recipes=recipes)["builds"]}
    assert changed["redis"] == build_context_digest(str(contexts / "redis"), further="abc") != plain["redis"]
    assert changed["reference"] == plain["reference"]


def test_context_files_come_once_for_all_builds_of_a_context(contexts: pathlib.Path) -> None:
    builds = requests(contexts)["builds"]
    files = build_context_files(builds, contexts=str(contexts))
    assert [(file["digest"].rpartition("-")[0], file["name"], file["mode"]) for file in files] == [
        ("embedded-python", "Dockerfile", "0644"),
        ("redis", "Dockerfile", "0644"),
    ]
    assert files[1]["content"] == "FROM scratch\n# redis\n"


def test_a_binary_file_cannot_be_copied(contexts: pathlib.Path) -> None:
    (contexts / "redis" / "blob").write_bytes(b"\xff\xfe")
    builds = requests(contexts)["builds"]
    with pytest.raises(AnsibleFilterError, match="redis holds a file that is not UTF-8"):
        build_context_files(builds, contexts=str(contexts))


def test_a_missing_context_is_named(contexts: pathlib.Path) -> None:
    (contexts / "redis" / "Dockerfile").unlink()
    with pytest.raises(AnsibleFilterError, match="redis is no build context"):
        requests(contexts)
