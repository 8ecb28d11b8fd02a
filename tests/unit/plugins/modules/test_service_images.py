# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module service_images with a stand-in for the Docker CLI: registries that this machine does not have.

What a real engine can show is in tests/integration/service_images.
"""

from __future__ import annotations

import json
import os
import pathlib
import sys
import time
from typing import Any

import pytest
from module_process import run_module

from ansible_collections.sahool.platform.plugins.module_utils._lock.folder import LockFolder

NO_HOST = 'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup x: no such host'
DENIED = "Error response from daemon: pull access denied for acme/x, repository does not exist: denied"

# Knows images by name; pulls what its table allows; notes every call.
STAND_IN = """#!{python}
import fcntl, json, pathlib, sys
state = pathlib.Path({state!r})
lock = open({state!r} + ".lock", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
table = json.loads(state.read_text())
arguments = sys.argv[1:]
table["calls"].append(arguments)
code = 0
if arguments[:2] == ["image", "inspect"]:
    for name in arguments[4:]:
        if name in table["images"]:
            print(json.dumps({{"tags": [name], **table["images"][name]}}))
        else:
            print(f"Error response from daemon: no such image: {{name}}: No such image: {{name}}", file=sys.stderr)
            code = 1
elif arguments[0] == "pull":
    said = table["registry"].get(arguments[-1], {no_host!r})
    if isinstance(said, dict):
        table["images"][arguments[-1]] = said
    else:
        print(said, file=sys.stderr)
        code = 1
elif arguments[0] == "tag":
    source = next(image for image in table["images"].values() if image["id"] == arguments[1])
    table["images"][arguments[2]] = source
elif arguments[0] == "build":
    labels = dict(label.split("=", 1) for label in arguments if "=" in label)
    tag = arguments[arguments.index("--tag") + 1]
    table["images"][tag] = {{"id": "sha256:built-" + tag, "digests": [], "labels": labels}}
state.write_text(json.dumps(table))
sys.exit(code)
"""


class StandInDocker:
    """A stand-in for the Docker CLI, with its images and its registry."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._state = folder / "state.json"
        self.path = folder / "stand-in-docker"
        self.path.write_text(STAND_IN.format(python=sys.executable, state=str(self._state), no_host=NO_HOST))
        self.path.chmod(0o755)
        self.set({}, {})

    def set(self, images: dict[str, Any], registry: dict[str, Any]) -> None:
        """Set what the host has and what the registry answers; forget the calls."""
        self._state.write_text(json.dumps({"images": images, "registry": registry, "calls": []}))

    def calls(self, *first: str) -> list[list[str]]:
        """Return the calls that begin with *first*."""
        calls: list[list[str]] = json.loads(self._state.read_text())["calls"]
        return [call for call in calls if call[: len(first)] == list(first)]


def image(identity: str, digest: str | None = None, context: str | None = None, name: str = "redis") -> dict[str, Any]:
    labels = {"sahool.platform.context": context, "sahool.platform.embedded": name} if context else {}
    return {"id": f"sha256:{identity}", "digests": [digest] if digest else [], "labels": labels}


REDIS = {
    "service": "redis",
    "registry_reference": "redis:7.4.1",
    "major": "7",
    "build": "redis",
    "build_reference": "sahool-embedded/redis:8-d1",
    "build_major": "8",
}
OWN = {
    "service": "billing-core",
    "registry_reference": "acme/billing-core:v1",
    "build": "reference",
    "build_reference": "acme/billing-core:v1",
}
BASE = image("base")
OFFICIAL = image("official", "redis@sha256:aa")


@pytest.fixture
def docker(tmp_path: pathlib.Path) -> StandInDocker:
    return StandInDocker(tmp_path)


@pytest.fixture
def supply(docker: StandInDocker, tmp_path: pathlib.Path) -> Any:
    for name in ("redis", "reference"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Dockerfile").write_text("FROM debian:trixie-slim\n")
    builds = [
        {
            "name": name,
            "reference": reference,
            "digest": "d1",
            "context": str(tmp_path / name),
        }
        for name, reference in (("redis", "sahool-embedded/redis:8-d1"), ("reference", "sahool-embedded/reference:d1"))
    ]

    def run(*images: dict[str, Any], check: bool = False, **options: Any) -> dict[str, Any]:
        given = {
            "images": list(images),
            "builds": builds,
            "source": "registry",
            "log_path": str(tmp_path / "log"),
            "docker_cli": str(docker.path),
            **options,
        }
        return run_module("service_images", given, check=check)

    return run


def test_all_present_is_one_call(docker: StandInDocker, supply: Any) -> None:
    docker.set({"redis:7.4.1": OFFICIAL}, {})
    result = supply(REDIS)
    assert not result["changed"]
    assert result["actions"] == []
    assert result["images"] == {
        "redis": {
            "reference": "redis:7.4.1",
            "id": "sha256:official",
            "digest": "redis@sha256:aa",
            "source": "registry",
            "major": "7",
        }
    }
    assert len(docker.calls()) == 1


def test_pull_in_check_mode_then_for_real_then_not_again(docker: StandInDocker, supply: Any) -> None:
    docker.set({}, {"redis:7.4.1": OFFICIAL})
    predicted = supply(REDIS, check=True)
    assert predicted["changed"]
    assert predicted["images"]["redis"]["id"] == predicted["images"]["redis"]["digest"] == "unknown"
    assert docker.calls("pull") == []
    result = supply(REDIS)
    assert result["changed"]
    assert result["actions"] == predicted["actions"] == [{"action": "pull", "reference": "redis:7.4.1"}]
    assert result["diff"] == {
        "before": "redis: redis:7.4.1 absent\n",
        "after": "redis: redis:7.4.1 sha256:official\n",
    }
    assert result["images"]["redis"]["digest"] == "redis@sha256:aa"
    assert not supply(REDIS)["changed"]


def test_an_embedded_image_under_the_registrys_name_is_pulled_over(docker: StandInDocker, supply: Any) -> None:
    docker.set(
        {"acme/billing-core:v1": image("ours", context="d1", name="reference")},
        {"acme/billing-core:v1": image("theirs", "acme/billing-core@sha256:bb")},
    )
    result = supply(OWN)
    assert result["images"]["billing-core"]["id"] == "sha256:theirs"
    assert result["diff"]["before"] == "billing-core: acme/billing-core:v1 sha256:ours\n"


def test_registry_never_falls_back_and_names_all_failures(docker: StandInDocker, supply: Any) -> None:
    docker.set({"debian:trixie-slim": BASE}, {"redis:7.4.1": DENIED})
    elsewhere = {**OWN, "registry_reference": "ghcr.io/acme/billing-core:v1"}
    result = supply(REDIS, elsewhere)
    assert result["failed"]
    assert "2 images could not be had" in result["msg"]
    assert "redis (redis:7.4.1)" in result["msg"]
    assert "pull access denied for acme/x" in result["msg"]
    assert "log in on this host with 'docker login'" in result["msg"]
    assert "billing-core (ghcr.io/acme/billing-core:v1)" in result["msg"]
    assert "no such host" in result["msg"]
    assert docker.calls("build") == []


def test_auto_needs_permission(supply: Any) -> None:
    result = supply(REDIS, source="auto")
    assert "images_allow_fallback is false" in result["msg"]


def test_auto_pulls_what_it_can_and_builds_the_rest(docker: StandInDocker, supply: Any) -> None:
    docker.set({"debian:trixie-slim": BASE}, {"redis:7.4.1": OFFICIAL, "acme/billing-core:v1": DENIED})
    result = supply(REDIS, OWN, source="auto", allow_fallback=True)
    assert result["sources"] == {"redis": "registry", "billing-core": "build"}
    assert result["images"]["redis"]["major"] == "7"
    assert result["images"]["billing-core"]["reference"] == "acme/billing-core:v1"
    assert [action["action"] for action in result["actions"]] == ["pull", "build", "tag"]


def test_auto_keeps_what_is_recorded(docker: StandInDocker, supply: Any) -> None:
    docker.set({"debian:trixie-slim": BASE}, {"redis:7.4.1": OFFICIAL})
    result = supply(REDIS, source="auto", allow_fallback=True, recorded={"redis": "build"})
    assert result["images"]["redis"]["source"] == "build"
    assert result["images"]["redis"]["major"] == "8"
    assert docker.calls("pull") == []

    docker.set({"debian:trixie-slim": BASE}, {})
    result = supply(REDIS, source="auto", allow_fallback=True, recorded={"redis": "registry"})
    assert "redis (redis:7.4.1)" in result["msg"]
    assert docker.calls("build") == []


def test_a_recorded_source_that_is_none_is_refused(supply: Any) -> None:
    result = supply(REDIS, source="auto", allow_fallback=True, recorded={"redis": "auto"})
    assert "found redis: 'auto'" in result["msg"]


def test_auto_in_check_mode_leaves_the_source_open(docker: StandInDocker, supply: Any) -> None:
    docker.set({"debian:trixie-slim": BASE}, {"redis:7.4.1": OFFICIAL})
    result = supply(REDIS, source="auto", allow_fallback=True, check=True)
    assert result["images"]["redis"]["source"] == "unknown"
    assert result["sources"] == {}
    assert docker.calls("pull") == []


def test_without_building_the_rest_is_named(docker: StandInDocker, supply: Any) -> None:
    docker.set({"debian:trixie-slim": BASE}, {})
    result = supply(REDIS, source="build", build=False)
    assert result["to_build"] == ["redis"]
    assert not result["changed"]
    assert result["images"]["redis"]["id"] is None
    assert result["base_image"] == {"reference": "debian:trixie-slim", "present": True, "said": ""}


def test_a_missing_base_image_is_pulled_or_reported(docker: StandInDocker, supply: Any) -> None:
    result = supply(REDIS, source="build", build=False)
    assert result["base_image"]["present"] is False
    assert "no such host" in result["base_image"]["said"]
    failed = supply(REDIS, source="build")
    assert "the base image debian:trixie-slim is missing and could not be pulled" in failed["msg"]

    docker.set({}, {"debian:trixie-slim": BASE})
    result = supply(REDIS, source="build")
    assert [action["action"] for action in result["actions"]] == ["pull", "build"]


def test_a_pull_that_takes_too_long_is_ended(supply: Any, tmp_path: pathlib.Path) -> None:
    slow = tmp_path / "slow-stand-in-docker"
    slow.write_text("#!/bin/sh\n[ \"$1\" = pull ] && exec sleep 30\necho 'no such image' >&2\nexit 1\n")
    slow.chmod(0o755)
    result = supply(REDIS, docker_cli=str(slow), timeout=1)
    assert "no answer within 1 s" in result["msg"]


def test_an_engine_that_does_not_answer_is_quoted(supply: Any, tmp_path: pathlib.Path) -> None:
    dead = tmp_path / "dead-stand-in-docker"
    dead.write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n")
    dead.chmod(0o755)
    result = supply(REDIS, docker_cli=str(dead))
    assert result["msg"] == "docker image inspect failed: Cannot connect to the Docker daemon"


def test_a_missing_cli_is_named(supply: Any) -> None:
    assert "no-such-docker is not installed on this host" in supply(REDIS, docker_cli="no-such-docker")["msg"]


@pytest.mark.parametrize("said", [None, "Cannot connect to the Docker daemon at unix:///var/run/docker.sock."])
def test_check_mode_foresees_on_a_machine_without_docker(supply: Any, tmp_path: pathlib.Path, said: str | None) -> None:
    client = tmp_path / "engineless-stand-in-docker"
    if said:
        client.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
        client.chmod(0o755)
    result = supply(REDIS, docker_cli=str(client), check=True)
    assert result["images"]["redis"]["id"] == "unknown"
    assert [action["action"] for action in result["actions"]] == ["pull"]
    assert "No image is taken to be on this host" in result["output"]

    result = supply(REDIS, docker_cli=str(client), source="build", check=True)
    assert [action["action"] for action in result["actions"]] == ["build"]
    assert not (tmp_path / "log").exists()


def test_check_mode_does_not_take_a_refusal_for_a_machine_without_docker(supply: Any, tmp_path: pathlib.Path) -> None:
    client = tmp_path / "refusing-stand-in-docker"
    client.write_text("#!/bin/sh\necho 'permission denied while trying to connect to the Docker API' >&2\nexit 1\n")
    client.chmod(0o755)
    assert "permission denied" in supply(REDIS, docker_cli=str(client), check=True)["msg"]


def test_contradicting_options_come_in_one_error(supply: Any) -> None:
    other = {**OWN, "build": "gone"}
    half = {"service": "half", "registry_reference": "half:1", "build_reference": "x:1"}
    result = supply(REDIS, REDIS, other, half)
    assert "redis: named twice" in result["msg"]
    assert "billing-core: build 'gone' is not among builds" in result["msg"]
    assert "half: build and build_reference go together" in result["msg"]


@pytest.fixture
def lock(tmp_path: pathlib.Path) -> dict[str, str]:
    """Return the deployment's lock, whose last sign of life is long ago."""
    folder = LockFolder(str(tmp_path / "state" / "lock"))
    folder.take("3f2a9c17d0aa", {"user": "ali", "phase": "preparation"}, None)
    os.utime(pathlib.Path(folder.path) / "3f2a9c17d0aa", (1, 1))
    return {"path": folder.path, "id": "3f2a9c17d0aa"}


def test_the_lock_is_kept_alive_and_says_what_is_done(docker: StandInDocker, supply: Any, lock: dict[str, str]) -> None:
    docker.set({"redis:7.4.1": OFFICIAL}, {})
    supply(REDIS, lock=lock, check=True)
    assert os.stat(f"{lock['path']}/{lock['id']}").st_mtime == 1
    assert not supply(REDIS, lock=lock).get("failed")
    assert time.time() - os.stat(f"{lock['path']}/{lock['id']}").st_mtime < 60
    assert LockFolder(lock["path"]).look().owner["phase"] == "images"


def test_a_lock_that_somebody_took_stops_it_before_anything_is_pulled(
    docker: StandInDocker, supply: Any, lock: dict[str, str]
) -> None:
    docker.set({}, {"redis:7.4.1": OFFICIAL})
    result = supply(REDIS, lock={**lock, "id": "0123456789ab"})
    assert result["failed"]
    assert "was taken away from this deployment" in result["msg"]
    assert docker.calls("pull") == []
