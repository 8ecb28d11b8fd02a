# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode on a machine where nothing of the platform runs: it prints the plan and touches nothing."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
from dataclasses import dataclass
from typing import Any

import pytest
from inventory_plan import NO_HOST, PLAYBOOKS, ROOT, Run, ansible_playbook

# The client and the engine, and what else would lead to them.
DOCKER = ("docker", "containerd", "runc")


def programs_without_docker(folder: pathlib.Path) -> str:
    """Return a PATH that has all programs of this machine but Docker's."""
    for place in os.environ["PATH"].split(os.pathsep):
        found = sorted(pathlib.Path(place).glob("*")) if pathlib.Path(place).is_dir() else []
        for program in found:
            link = folder / program.name
            if not program.name.startswith(DOCKER) and not link.is_symlink():
                link.symlink_to(program)
    return str(folder)


@dataclass(frozen=True)
class Checked:
    """A first deployment in check mode.

    :param plan: the plan that it saved.
    """

    run: Run
    project: str
    home: pathlib.Path
    plan: dict[str, Any]

    @property
    def shown(self) -> str:
        """Return the plan as it was printed."""
        return self.run.output.partition("Show the plan")[2].partition("PLAY RECAP")[0]


@pytest.fixture(scope="module", params=["with Docker", "without Docker"])
def checked(request, tmp_path_factory) -> Checked:
    folder = tmp_path_factory.mktemp("check")
    project, home, saved = f"t-inventories-check-{os.getpid()}", folder / "home", folder / "plan.json"
    values = {
        **NO_HOST,
        "sahool_project": project,
        "sahool_port_offset": 25000,
        "sahool_home": str(home),
        "sahool_image_source": "build" if request.param == "with Docker" else "registry",
        # No image of this release is there.
        "sahool_version": "v99.0.0",
        # Another platform may run on this machine.
        "release_accept_new_volumes": True,
        "sahool_plan_save": str(saved),
    }
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "without Docker":
            programs = folder / "bin"
            programs.mkdir()
            patch.setenv("PATH", programs_without_docker(programs))
        run = ansible_playbook(
            PLAYBOOKS / "deploy.yml", ROOT / "inventories/local", "--check", "--diff", "-vvv", "-e", json.dumps(values)
        )
    assert run.returncode == 0, run.output
    return Checked(run, project, home, json.loads(saved.read_text(encoding="utf-8")))


def test_all_is_to_be_created_from_what_is_known_of_the_images(checked, request):
    steps = checked.plan["hosts"]["localhost"]["steps"]
    assert {step["action"] for step in steps} == {"create"}
    assert len(steps) == checked.plan["counts"]["create"] > 50
    assert f"{len(steps)} to create, 0 to recreate, 0 to start, 0 to remove; 0 stay as they are." in checked.shown
    known = {step["digest"] for step in steps} - {"unknown"}
    if "without Docker" in request.node.name:
        assert known == set()
        assert "start the Docker engine" in checked.shown
        assert checked.shown.index("install docker") < checked.shown.index("pull ") < checked.shown.index("Phase 1")
    else:
        # The image is there, and gets the name that this release of the service has.
        assert known
        assert "give built images" in checked.shown


def test_nothing_is_touched(checked):
    assert not checked.home.exists()
    for kind in (["container", "ls", "--all"], ["volume", "ls"], ["network", "ls"]):
        found = subprocess.run(
            ["docker", *kind, "--quiet", "--filter", f"label=com.docker.compose.project={checked.project}"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert found.stdout == ""


def test_the_plan_is_not_drowned_in_diffs_of_tasks(checked):
    # -vvv shows results, which hold paths; a diff begins its lines with a sign.
    lines = checked.run.output.splitlines()
    assert [line for line in lines if line.startswith(("+", "--- before", "+++ after", "@@"))] == []


def test_the_phases_stand_in_their_order(checked):
    lines = [line.strip() for line in checked.shown.splitlines()]
    phases = [line.partition(",")[0] for line in lines if line.startswith("Phase ")]
    assert phases == [
        "Phase 1 - data",
        "Phase 1 - messaging",
        "Phase 1 - vector stores",
        "Phase 1 - AI",
        "Phase 2 - gateway",
        *(f"Phase {number} - applications" for number in range(3, 10)),
    ]
    assert [name for name in lines if name.startswith("create") and "postgres" in name]
