# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module service_images against a real registry, Debian's docker-registry on a port of this machine."""

from __future__ import annotations

import pathlib
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from module_process import run_module

REGISTRY_IMAGE = "t-service-images/registry:1"
REGISTRY_DOCKERFILE = """\
FROM debian:trixie-slim
RUN apt-get update && apt-get install --yes --no-install-recommends docker-registry && rm -rf /var/lib/apt/lists/*
COPY config.yml /config.yml
EXPOSE 5000
CMD ["docker-registry", "serve", "/config.yml"]
"""
# Debian's own configuration asks for a password.
REGISTRY_CONFIGURATION = """\
version: 0.1
storage: {filesystem: {rootdirectory: /var/lib/docker-registry}}
http: {addr: ":5000"}
"""


def docker(*arguments: str) -> str:
    result = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True)
    return result.stdout.strip()


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a registry."""
    context = tmp_path_factory.mktemp("registry")
    (context / "Dockerfile").write_text(REGISTRY_DOCKERFILE)
    (context / "config.yml").write_text(REGISTRY_CONFIGURATION)
    docker("build", "--quiet", "--tag", REGISTRY_IMAGE, str(context))
    name = f"t-service-images-{uuid.uuid4().hex[:8]}"
    docker("run", "--detach", "--rm", "--name", name, "--publish", "127.0.0.1::5000", REGISTRY_IMAGE)
    try:
        address = docker("port", name, "5000")
        wait_until_answers(f"http://{address}/v2/")
        yield address
    finally:
        docker("rm", "--force", name)


def wait_until_answers(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.fixture
def reference(registry: str, tmp_path: pathlib.Path) -> Iterator[str]:
    """Yield an image that the registry has and the engine has not."""
    name = f"{registry}/t-service-images-{uuid.uuid4().hex[:8]}:v1"
    (tmp_path / "Dockerfile").write_text(f"FROM scratch\nCOPY Dockerfile /\n# {name}\n")
    docker("build", "--quiet", "--tag", name, str(tmp_path))
    docker("push", name)
    docker("image", "rm", name)
    yield name
    names = docker("image", "ls", "--quiet", name.rpartition(":")[0]).split()
    if names:
        docker("image", "rm", "--force", *names)


def supply(tmp_path: pathlib.Path, references: dict[str, str], *, check: bool = False, **options: Any) -> Any:
    images = [{"service": service, "registry_reference": name, "major": "7"} for service, name in references.items()]
    given = {"images": images, "source": "registry", "log_path": str(tmp_path), **options}
    return run_module("service_images", given, check=check)


def test_pull_once_with_its_digest(reference: str, tmp_path: pathlib.Path) -> None:
    wanted = {"one": reference, "two": reference}
    predicted = supply(tmp_path, wanted, check=True)
    assert predicted["actions"] == [{"action": "pull", "reference": reference}]
    assert docker("image", "ls", "--quiet", reference) == ""

    result = supply(tmp_path, wanted)
    assert result["actions"] == predicted["actions"]
    image = result["images"]["one"]
    assert image == result["images"]["two"]
    assert image["id"] == docker("image", "inspect", "--format", "{{.Id}}", reference)
    repository = reference.rpartition(":")[0]
    assert image["digest"].startswith(f"{repository}@sha256:")
    docker("pull", "--quiet", image["digest"])

    again = supply(tmp_path, wanted)
    assert (again["changed"], again["images"]) == (False, result["images"])


def test_an_image_can_be_asked_for_by_its_digest(reference: str, tmp_path: pathlib.Path) -> None:
    digest = supply(tmp_path, {"one": reference})["images"]["one"]["digest"]
    docker("image", "rm", "--force", docker("image", "inspect", "--format", "{{.Id}}", reference))
    result = supply(tmp_path, {"one": digest})
    assert result["images"]["one"]["digest"] == digest
    assert not supply(tmp_path, {"one": digest})["changed"]


def test_an_unknown_tag_does_not_hold_up_the_others(reference: str, tmp_path: pathlib.Path) -> None:
    unknown = reference.replace(":v1", ":v9")
    result = supply(tmp_path, {"gone": unknown, "there": reference})
    assert result["failed"]
    assert f"gone ({unknown})" in result["msg"]
    assert "check the image and tag of the service" in result["msg"]
    assert list(result["images"]) == ["there"]
    assert result["changed"]


def test_auto_prefers_the_registry_and_keeps_an_image_of_the_users(reference: str, tmp_path: pathlib.Path) -> None:
    build = {"name": "tiny", "reference": "t-service-images/never:1", "digest": "d1", "context": str(tmp_path)}
    image = {"service": "one", "registry_reference": reference, "build": "tiny", "build_reference": reference}
    options = {"source": "auto", "allow_fallback": True, "log_path": str(tmp_path)}
    result = run_module("service_images", {"images": [image], "builds": [build], **options})
    assert result["sources"] == {"one": "registry"}
    again = run_module("service_images", {"images": [image], "builds": [build], **options})
    assert (again["changed"], again["sources"]) == (False, {"one": "registry"})


def test_the_registry_is_real(registry: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"http://{registry}/v2/no/such/manifests/v1", timeout=5)
    assert caught.value.code == 404
