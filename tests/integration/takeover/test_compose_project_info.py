# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module compose_project_info against the real engine, and what the guard of volumes says of the same containers."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import uuid

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "images"))

from module_process import run_module
from server_images import docker, image_of

SECRET = "NeverShown7Value"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return name and folder of a project with one container of each kind of mount; removed at the end."""
    folder = tmp_path_factory.mktemp("project")
    name = f"t-takeover-info-{uuid.uuid4().hex[:8]}"
    (folder / "bound").mkdir()
    (folder / "app.conf").touch()
    (folder / "named.env").write_text(f"PASSWORD={SECRET}\n")
    keep = {"image": image_of("redis"), "command": "sleep infinity", "init": True, "user": "root", "tmpfs": ["/data"]}
    services = {
        "postgres": {
            **keep,
            "command": [
                "sh",
                "-c",
                "echo 16 >/pg/PG_VERSION; mkdir -p /pg/sub; ln -s /etc /pg/etc; exec sleep infinity",
            ],
            "environment": {"PASSWORD": "${PASSWORD}"},
            "volumes": ["pg:/pg", "empty:/empty"],
            "restart": "unless-stopped",
        },
        "binds": {**keep, "volumes": ["./bound:/bound", "./app.conf:/app.conf", "./app.conf:/other.conf:ro"]},
        "ended": {**keep, "command": "true", "volumes": ["/anonymous"]},
        "ours": {**keep, "labels": {"sahool.platform.tier": "data_tier"}},
    }
    (folder / "compose.yml").write_text(yaml.safe_dump({"services": services, "volumes": {"pg": {}, "empty": {}}}))
    compose = ["docker", "compose", "-p", name, "--env-file", "named.env"]
    try:
        subprocess.run([*compose, "up", "-d", "--quiet-pull"], cwd=folder, check=True, capture_output=True)
        docker("wait", f"{name}-ended-1")
        yield name, folder
    finally:
        subprocess.run([*compose, "down", "-v", "--timeout", "0"], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def info(project):
    """Return what the module tells of the project."""
    found = run_module(
        "compose_project_info", {"project": project[0], "look_for": ["PG_VERSION", "*/PG_VERSION", "sub"]}
    )
    assert not found.get("failed"), found
    return found


def test_containers_of_others_with_state_and_image(info, project):
    name, _folder = project
    assert info["engine"] and not info["changed"]
    assert [(one["service"], one["name"], one["state"], one["restart"]) for one in info["containers"]] == [
        ("binds", f"{name}-binds-1", "running", "no"),
        ("ended", f"{name}-ended-1", "exited", "no"),
        ("postgres", f"{name}-postgres-1", "running", "unless-stopped"),
    ]
    assert {one["one_off"] for one in info["containers"]} == {False}
    assert SECRET not in info["output"]


def test_what_is_mounted(info, project):
    name, folder = project
    mounts = {
        f"{one['service']}:{mount['destination']}": mount for one in info["containers"] for mount in one["mounts"]
    }
    assert (mounts["binds:/bound"]["source"], mounts["binds:/bound"]["folder"]) == (str(folder / "bound"), True)
    assert (mounts["binds:/app.conf"]["folder"], mounts["binds:/app.conf"]["rw"]) == (False, True)
    assert mounts["binds:/other.conf"]["rw"] is False
    assert (mounts["postgres:/pg"]["volume"], mounts["postgres:/pg"]["key"]) == (f"{name}_pg", "pg")
    assert (mounts["postgres:/pg"]["anonymous"], mounts["ended:/anonymous"]["anonymous"]) == (False, True)


def test_volumes_and_what_lies_in_them(info, project):
    name, _folder = project
    volumes = {one["name"]: one for one in info["volumes"]}
    assert {one: volumes[one]["state"] for one in (f"{name}_pg", f"{name}_empty")} == {
        f"{name}_pg": "filled",
        f"{name}_empty": "empty",
    }
    assert len(volumes) == 3 and volumes[f"{name}_pg"]["own"]
    assert [(one["path"], one["uid"], one["text"]) for one in volumes[f"{name}_pg"]["found"]] == [
        ("PG_VERSION", 0, "16"),
        ("sub", 0, None),
    ]


def test_where_the_project_came_from(info, project):
    name, folder = project
    assert info["working_dir"] == str(folder)
    assert info["env_files"] == [str(folder / "named.env")]
    assert [one["name"] for one in info["networks"]] == [f"{name}_default"]
    assert name in info["projects"]


def test_a_pattern_cannot_leave_the_volume(project):
    for pattern in ("/etc/passwd", "../*"):
        found = run_module("compose_project_info", {"project": project[0], "look_for": [pattern]})
        assert found["failed"] and "expected a path below the root of a volume" in found["msg"]


def test_another_user_of_a_volume_is_told(project):
    name, _folder = project
    other = f"{name}-lone"
    docker("run", "-d", "--init", "--name", other, "-v", f"{name}_pg:/pg", image_of("redis"), "sleep", "infinity")
    try:
        volumes = {one["name"]: one for one in run_module("compose_project_info", {"project": name})["volumes"]}
        assert volumes[f"{name}_pg"]["used_elsewhere"] == [other]
        guarded = {"volume": f"{name}_pg", "service": "postgres", "key": "pg", "source": "registry", "major": "16"}
        guard = run_module("stateful_volumes", {"project": "t-new", "volumes": [guarded], "taken_over": name})
        assert [text for text in guard["findings"] if other in text] == guard["findings"] != []
    finally:
        docker("rm", "--force", "--volumes", other)
    assert not run_module("stateful_volumes", {"project": "t-new", "volumes": [guarded], "taken_over": name}).get(
        "failed"
    )
    untold = run_module("stateful_volumes", {"project": "t-new", "volumes": [guarded]})
    assert f"pass sahool_takeover_project={name}" in untold["msg"]


def test_a_machine_without_docker_has_nothing():
    found = run_module("compose_project_info", {"project": "x", "docker_cli": "no-such-docker"})
    assert (found["engine"], found["containers"], found["volumes"]) == (False, [], [])


def test_a_project_that_is_not_there():
    found = run_module("compose_project_info", {"project": "t-takeover-nobody"}, check=True)
    assert (found["engine"], found["containers"], found["volumes"]) == (True, [], [])
