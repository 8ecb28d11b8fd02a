# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creating all containers in one call before the waves."""

from __future__ import annotations

from tiny_project import docker


def states(project):
    names = docker("ps", "-a", "--filter", f"label=com.docker.compose.project={project.name}", "--format", "{{.State}}")
    return sorted(names.split())


def test_creation_starts_nothing_and_the_waves_start_what_it_made(project, roll):
    project.server("web")
    project.one_shot("loader", "echo loaded")
    predicted = roll(create_only=True, check=True)
    made = roll(create_only=True)
    assert predicted["changed"] is made["changed"] is True
    assert {name: entry["action"] for name, entry in made["services"].items()} == {"web": "create", "loader": "create"}
    assert states(project) == ["created", "created"]
    assert made["not_ready"] == []
    ids = {name: entry[0] for name, entry in project.containers().items()}

    started = roll()
    assert {name: entry["causes"] for name, entry in started["services"].items()} == {
        "web": ["created"],
        "loader": ["created"],
    }
    assert started["not_ready"] == []
    assert started["services"]["loader"]["container_state"] == "exited (exit code 0)"
    assert {name: entry[0] for name, entry in project.containers().items()} == ids


def test_creation_leaves_alone_what_is_there(project, roll):
    project.server("web", labels={"sahool.digest": "one"})
    roll()
    before = project.containers()
    project.services["web"]["labels"] = {"sahool.digest": "two"}
    project.server("api")
    assert roll(create_only=True, check=True)["services"]["web"]["action"] == "none"
    made = roll(create_only=True)
    assert {name: entry["action"] for name, entry in made["services"].items()} == {"web": "none", "api": "create"}
    assert project.containers()[project.container("web")] == before[project.container("web")]
    again = roll(create_only=True)
    assert again["changed"] is False


def test_what_cannot_be_created_is_named_before_anything_starts(project, roll):
    project.server("good")
    project.server(
        "bad",
        volumes=[
            {
                "type": "bind",
                "source": "/nowhere/at/all",
                "target": "/x",
                "read_only": True,
                "bind": {"create_host_path": False},
            }
        ],
    )
    failed = roll(create_only=True)
    assert failed["failed"] is True
    assert "Nothing was started" in failed["msg"]
    assert "bad: has no container" in failed["msg"]
    assert "/nowhere/at/all" in failed["msg"]
    assert "running" not in states(project)
