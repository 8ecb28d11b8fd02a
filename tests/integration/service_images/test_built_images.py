# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module service_images against the real engine: builds of tiny images."""

from __future__ import annotations

import pathlib
import subprocess
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from module_process import run_module

DOCKERFILE = "FROM scratch\nCOPY Dockerfile /\n# {content}\n"


def docker(*arguments: str) -> str:
    result = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True)
    return result.stdout.strip()


class Workshop:
    """Names of its own in the engine, and build contexts below a temporary folder."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.prefix = f"t-service-images-{uuid.uuid4().hex[:8]}"
        self.folder = folder
        self.log = folder / "log"

    def name(self, service: str) -> str:
        """Return what the engine calls the image of *service*."""
        return f"{self.prefix}/{service}:v1"

    def context(self, name: str, content: str) -> None:
        """Write a build context whose image differs with *content*."""
        (self.folder / name).mkdir(exist_ok=True)
        (self.folder / name / "Dockerfile").write_text(content)

    def build(self, name: str, digest: str = "d1") -> dict[str, Any]:
        """Return an element of the option builds."""
        return {
            "name": name,
            "reference": f"{self.prefix}/{name}:{digest}",
            "digest": digest,
            "context": str(self.folder / name),
        }

    def image(self, service: str, build: str, reference: str | None = None) -> dict[str, Any]:
        """Return an element of the option images."""
        return {
            "service": service,
            "registry_reference": f"localhost:1/{self.prefix}/{service}:v1",
            "build": build,
            "build_reference": reference or self.name(service),
        }

    def supply(
        self, images: list[dict[str, Any]], builds: list[dict[str, Any]], *, check: bool = False, **options: Any
    ) -> dict[str, Any]:
        """Run the module."""
        given = {"images": images, "builds": builds, "source": "build", "log_path": str(self.log), **options}
        return run_module("service_images", given, check=check)


@pytest.fixture
def workshop(tmp_path: pathlib.Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    made.context("tiny", DOCKERFILE.format(content="one"))
    yield made
    names = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", f"{made.prefix}/*").split()
    if names:
        docker("image", "rm", "--force", *names)


def test_build_and_tag_for_many_services_then_nothing(workshop: Workshop) -> None:
    build = workshop.build("tiny")
    images = [workshop.image(f"service-{number}", "tiny") for number in range(10)]

    named = workshop.supply(images, [build], build=False)
    assert (named["to_build"], named["changed"]) == (["tiny"], False)
    predicted = workshop.supply(images, [build], check=True)
    assert {image["id"] for image in predicted["images"].values()} == {"unknown"}
    assert docker("image", "ls", "--quiet", f"{workshop.prefix}/*") == ""

    result = workshop.supply(images, [build])
    assert result["changed"]
    assert sorted(map(str, result["actions"])) == sorted(map(str, predicted["actions"]))
    identity = docker("image", "inspect", "--format", "{{.Id}}", workshop.name("service-9"))
    assert {image["id"] for image in result["images"].values()} == {identity}
    assert result["images"]["service-3"]["source"] == "build"
    assert result["images"]["service-3"]["digest"] is None
    labels = docker("image", "inspect", "--format", "{{json .Config.Labels}}", identity)
    assert '"sahool.platform.context":"d1"' in labels

    for check in (True, False):
        again = workshop.supply(images, [build], check=check)
        assert (again["changed"], again["actions"], again["images"]) == (False, [], result["images"])


def test_a_changed_context_moves_the_services_names(workshop: Workshop) -> None:
    images = [workshop.image("billing", "tiny")]
    first = workshop.supply(images, [workshop.build("tiny", "d1")])
    workshop.context("tiny", DOCKERFILE.format(content="two"))
    second = workshop.supply(images, [workshop.build("tiny", "d2")])
    assert second["changed"]
    assert second["images"]["billing"]["id"] != first["images"]["billing"]["id"]
    # The image of the first context is still there: an earlier release may need it.
    docker("image", "inspect", workshop.build("tiny", "d1")["reference"])


def test_a_lost_name_is_given_again_without_building(workshop: Workshop) -> None:
    images = [workshop.image("a", "tiny"), workshop.image("b", "tiny")]
    build = workshop.build("tiny")
    first = workshop.supply(images, [build])
    docker("image", "rm", build["reference"], workshop.name("b"))
    result = workshop.supply(images, [build])
    assert result["actions"] == [{"action": "tag", "reference": workshop.name("b")}]
    assert result["images"] == first["images"]


def test_a_users_own_image_keeps_its_name(workshop: Workshop) -> None:
    docker("build", "--quiet", "--tag", workshop.name("own"), str(workshop.folder / "tiny"))
    identity = docker("image", "inspect", "--format", "{{.Id}}", workshop.name("own"))
    result = workshop.supply([workshop.image("own", "tiny"), workshop.image("b", "tiny")], [workshop.build("tiny")])
    assert result["failed"]
    assert f"own ({workshop.name('own')}): the name holds an image" in result["msg"]
    assert docker("image", "inspect", "--format", "{{.Id}}", workshop.name("own")) == identity
    # The others are not held up.
    assert result["images"]["b"]["id"].startswith("sha256:")


def test_stages_of_one_context_are_two_images(workshop: Workshop) -> None:
    workshop.context(
        "staged",
        "FROM scratch AS base\nCOPY Dockerfile /\nFROM base AS left\nLABEL side=left\n"
        "FROM base AS right\nLABEL side=right\n",
    )
    builds = []
    for side in ("left", "right"):
        build = workshop.build("staged")
        builds.append({**build, "name": side, "reference": f"{workshop.prefix}/{side}:d1", "target": side})
    images = [workshop.image(side, side, f"{workshop.prefix}/{side}:d1") for side in ("left", "right")]
    result = workshop.supply(images, builds)
    for side in ("left", "right"):
        identity = result["images"][side]["id"]
        assert docker("image", "inspect", "--format", "{{.Config.Labels.side}}", identity) == side


def stopped_containers() -> set[str]:
    """Return the containers that ended and are still there."""
    return set(docker("ps", "--all", "--quiet", "--filter", "status=exited").split())


def test_failing_builds_come_together_with_their_last_lines(workshop: Workshop) -> None:
    workshop.context("broken", "FROM debian:trixie-slim\nRUN echo cannot find the thing >&2; exit 7\n")
    images = [workshop.image("fine", "tiny"), *(workshop.image(f"bad-{number}", "broken") for number in range(6))]
    images.append(workshop.image("without-context", "gone"))
    before = stopped_containers()
    result = workshop.supply(images, [workshop.build(name) for name in ("tiny", "broken", "gone")])
    assert stopped_containers() == before, "a step that failed left its container behind"
    assert result["failed"]
    assert "2 images could not be had" in result["msg"]
    assert f"bad-0, bad-1, bad-2 and 3 more services ({workshop.prefix}/broken:d1)" in result["msg"]
    assert "cannot find the thing" in result["msg"]
    assert "returned a non-zero code: 7" in result["msg"]
    assert f"read {workshop.log}/broken.log" in result["msg"]
    assert f"the build context {workshop.folder}/gone has no Dockerfile" in result["msg"]
    assert "cannot find the thing" in (workshop.log / "broken.log").read_text()
    assert list(result["images"]) == ["fine"]
    assert result["changed"]


def test_a_build_that_takes_too_long_is_ended(workshop: Workshop) -> None:
    workshop.context("slow", "FROM debian:trixie-slim\nRUN sleep 60\n")
    result = workshop.supply([workshop.image("slow", "slow")], [workshop.build("slow")], timeout=3)
    assert "The build was ended after 3 s" in result["msg"]


def test_auto_builds_where_no_registry_answers(workshop: Workshop) -> None:
    images = [workshop.image("a", "tiny"), workshop.image("b", "tiny")]
    options = {"source": "auto", "allow_fallback": True}
    result = workshop.supply(images, [workshop.build("tiny")], **options)
    assert result["sources"] == {"a": "build", "b": "build"}
    again = workshop.supply(images, [workshop.build("tiny")], **options, recorded=result["sources"])
    assert not again["changed"]


def test_registry_reports_all_images_of_a_registry_that_does_not_answer(workshop: Workshop) -> None:
    images = [workshop.image("a", "tiny"), workshop.image("b", "tiny")]
    result = workshop.supply(images, [workshop.build("tiny")], source="registry")
    assert result["failed"]
    assert "2 images could not be had" in result["msg"]
    assert f"a (localhost:1/{workshop.prefix}/a:v1)" in result["msg"]
    assert "connection refused" in result["msg"]
    assert "set sahool_image_source to 'build'" in result["msg"]
    assert docker("image", "ls", "--quiet", f"{workshop.prefix}/*") == ""
