# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module stateful_volumes against the real engine."""

from __future__ import annotations

import pathlib
import subprocess
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from module_process import run_module


def docker(*arguments: str) -> str:
    result = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True)
    return result.stdout.strip()


class Machine:
    """Projects and volumes of its own; the keys are its own, too, so that no other platform here is their namesake."""

    def __init__(self) -> None:
        self.mark = uuid.uuid4().hex[:8]
        self.key = f"data_{self.mark}"
        self.project = f"t-stateful-volumes-{self.mark}"
        self.other = f"t-stateful-volumes-other-{self.mark}"

    def volume(self, project: str, *options: str, data: bool = True, name: str = "") -> str:
        """Make a volume as Compose does; return its name."""
        name = name or f"{project}_{self.key}"
        labels = [
            "--label",
            f"com.docker.compose.project={project}",
            "--label",
            f"com.docker.compose.volume={self.key}",
        ]
        docker("volume", "create", *labels, *options, name)
        if data:
            (pathlib.Path(docker("volume", "inspect", "--format", "{{.Mountpoint}}", name)) / "PG_VERSION").touch()
        return name

    def guard(self, *, check: bool = False, accept_new: Any = False, **changes: Any) -> dict[str, Any]:
        """Run the module for one service."""
        volume = {
            "service": "postgres",
            "volume": f"{self.project}_{self.key}",
            "key": self.key,
            "source": "build",
            "major": "17",
            **changes,
        }
        options = {"project": self.project, "volumes": [volume], "accept_new": accept_new}
        return run_module("stateful_volumes", options, check=check)

    def wanted(self) -> str:
        """Return the name of the project's own volume."""
        return f"{self.project}_{self.key}"


@pytest.fixture
def machine() -> Iterator[Machine]:
    made = Machine()
    yield made
    names = docker("volume", "ls", "--quiet", "--filter", f"label=com.docker.compose.volume={made.key}").split()
    if names:
        docker("volume", "rm", "--force", *names)


@pytest.mark.parametrize("check", [True, False])
def test_a_fresh_machine(machine: Machine, check: bool) -> None:
    result = machine.guard(check=check)
    assert not result["changed"]
    assert result["volumes"] == {machine.wanted(): "absent"}
    assert "warnings" not in result


def test_the_same_server_again(machine: Machine) -> None:
    machine.volume(machine.project)
    result = machine.guard(recorded_source="build", recorded_major="17")
    assert result["volumes"] == {machine.wanted(): "filled"}
    assert result["adopted"] == []


@pytest.mark.parametrize("check", [True, False])
def test_another_major_version_on_the_data(machine: Machine, check: bool) -> None:
    machine.volume(machine.project)
    result = machine.guard(check=check, recorded_source="registry", recorded_major="16")
    assert result["failed"]
    assert f"volume {machine.wanted()} was written by the registry's image, major version 16" in result["msg"]


def test_another_major_version_on_an_empty_volume(machine: Machine) -> None:
    machine.volume(machine.project, data=False)
    assert not machine.guard(recorded_source="registry", recorded_major="16").get("failed")


def test_data_without_record_are_adopted(machine: Machine) -> None:
    machine.volume(machine.project)
    result = machine.guard()
    assert result["adopted"] == ["postgres"]
    assert "it is adopted" in str(result["warnings"])


@pytest.mark.parametrize("own", [True, False])
def test_data_of_another_project(machine: Machine, own: bool) -> None:
    if own:
        machine.volume(machine.project, data=False)
    other = machine.volume(machine.other)
    result = machine.guard()
    assert result["failed"]
    assert f"{other} (project {machine.other})" in result["msg"]
    assert f"of project {machine.project} is {'empty' if own else 'absent'}" in result["msg"]
    assert not machine.guard(accept_new=["postgres"]).get("failed")
    assert not machine.guard(accept_new=True).get("failed")


def test_a_volume_of_another_name_is_known_by_its_label(machine: Machine) -> None:
    other = machine.volume(machine.other, name=f"t-stateful-volumes-pg-{machine.mark}")
    assert other in machine.guard()["msg"]


def test_adopting_the_other_volume_by_its_name(machine: Machine) -> None:
    other = machine.volume(machine.other)
    result = machine.guard(volume=other)
    assert not result.get("failed")
    assert result["adopted"] == ["postgres"]


def test_a_bound_folder_is_looked_into(machine: Machine, tmp_path: pathlib.Path) -> None:
    bound = ["--opt", "type=none", "--opt", "o=bind", "--opt", f"device={tmp_path}"]
    machine.volume(machine.project, *bound, data=False)
    assert machine.guard()["volumes"] == {machine.wanted(): "empty"}
    (tmp_path / "PG_VERSION").touch()
    assert machine.guard()["volumes"] == {machine.wanted(): "filled"}


def test_a_volume_that_cannot_be_looked_into_counts_as_filled(machine: Machine) -> None:
    remote = ["--opt", "type=nfs", "--opt", "o=addr=192.0.2.1", "--opt", "device=:/data"]
    machine.volume(machine.project, *remote, data=False)
    result = machine.guard(recorded_source="registry", recorded_major="16")
    assert result["failed"]
    assert result["volumes"] == {machine.wanted(): "unknown"}


def test_a_fresh_file_system_is_empty(machine: Machine) -> None:
    name = machine.volume(machine.project, data=False)
    (pathlib.Path(docker("volume", "inspect", "--format", "{{.Mountpoint}}", name)) / "lost+found").mkdir()
    assert machine.guard()["volumes"] == {machine.wanted(): "empty"}
