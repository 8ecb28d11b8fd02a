# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a roll-out touches: just what differs, as its check mode had said."""

from __future__ import annotations

import json

from tiny_project import OTHER_IMAGE, docker


def actions(result):
    return {name: (entry["action"], entry["causes"]) for name, entry in result["services"].items()}


def rolled(roll, *waves, **options):
    """Roll out after a check run, and hold the two against each other."""
    predicted = roll(*waves, check=True, diff=True, **options)
    done = roll(*waves, diff=True, **options)
    assert not predicted.get("failed"), predicted
    assert actions(predicted) == actions(done)
    assert predicted["changed"] == done["changed"]
    assert predicted["diff"]["after"] == done["diff"]["after"]
    return done


def test_everything_is_created_and_then_nothing_is_touched(project, roll):
    project.server("web", delay=0.5)
    project.server("api")
    project.plain("worker")
    project.one_shot("loader", "echo loaded")

    first = rolled(roll)
    assert actions(first) == dict.fromkeys(project.services, ("create", ["absent"]))
    assert first["changed"] is True
    assert first["not_ready"] == []
    assert all(entry["ready"] for entry in first["services"].values())
    assert first["services"]["web"]["identity"] == "web"
    assert first["services"]["web"]["seconds"] >= 0.5
    assert first["services"]["loader"]["container_state"] == "exited (exit code 0)"
    assert first["diff"]["after"]["web"] == {"action": "create", "causes": ["absent"], "labels": {}}
    made = project.containers()

    second = rolled(roll)
    assert actions(second) == dict.fromkeys(project.services, ("none", []))
    assert second["changed"] is False
    assert second["diff"] == {"before": {}, "after": {}}
    assert [wave["touched"] for wave in second["waves"]] == [[]]
    assert all(entry["ready"] for entry in second["services"].values())
    assert project.containers() == made


def test_only_the_changed_service_is_replaced(project, roll):
    project.server("web", labels={"sahool.digest": "one"})
    project.server("api")
    roll()
    before = project.containers()

    project.services["web"]["labels"] = {"sahool.digest": "two"}
    result = rolled(roll)
    assert actions(result) == {"web": ("recreate", ["configuration"]), "api": ("none", [])}
    assert result["diff"]["before"]["web"] == {"container": "running", "labels": {"sahool.digest": "one"}}
    assert result["diff"]["after"]["web"]["labels"] == {"sahool.digest": "two"}
    after = project.containers()
    assert after[project.container("api")] == before[project.container("api")]
    assert after[project.container("web")] != before[project.container("web")]


def test_a_changed_environment_file_recreates_and_stays_out_of_sight(project, roll):
    secret = "vEryS3cretValue"
    file = project.folder / "web.env"
    file.write_text(f"PASSWORD={secret}\n", encoding="utf-8")
    project.server("web", env_file=[str(file)])
    first = rolled(roll)
    unchanged = rolled(roll)
    assert actions(unchanged) == {"web": ("none", [])}

    file.write_text(f"PASSWORD={secret}2\n", encoding="utf-8")
    second = rolled(roll)
    assert actions(second) == {"web": ("recreate", ["configuration"])}
    assert secret not in json.dumps([first, unchanged, second])


def test_another_image_under_the_same_name_recreates(project, roll):
    tag = f"{project.name}:now"
    docker("tag", "t-rollout-tiny:1", tag)
    project.server("web", image=tag)
    roll()
    docker("tag", OTHER_IMAGE, tag)
    try:
        result = rolled(roll)
    finally:
        docker("rmi", tag)
    assert actions(result) == {"web": ("recreate", ["image"])}
    assert docker("inspect", "--format", "{{.Config.Labels.other}}", project.container("web")).strip() == "yes"


def test_what_does_not_run_is_started_again(project, roll):
    for name in ("stopped", "killed", "paused", "untouched"):
        project.server(name)
    roll()
    before = project.containers()
    docker("stop", project.container("stopped"))
    docker("kill", project.container("killed"))
    docker("pause", project.container("paused"))

    result = rolled(roll)
    assert actions(result) == {
        "stopped": ("start", ["exited"]),
        "killed": ("start", ["exited"]),
        "paused": ("start", ["paused"]),
        "untouched": ("none", []),
    }
    after = project.containers()
    assert {name: identity for name, (identity, started) in after.items()} == {
        name: identity for name, (identity, started) in before.items()
    }
    assert after[project.container("untouched")] == before[project.container("untouched")]
    assert docker("inspect", "--format", "{{.State.Status}}", project.container("paused")).strip() == "running"


def test_a_created_container_is_started(project, roll):
    project.server("web")
    project.arguments()
    docker("compose", "-p", project.name, "-f", str(project.model), "create")
    assert actions(rolled(roll)) == {"web": ("start", ["created"])}


def test_surplus_containers_are_removed(project, roll):
    project.plain("worker")
    roll()
    docker("compose", "-p", project.name, "-f", str(project.model), "up", "-d", "--scale", "worker=2")
    assert actions(rolled(roll)) == {"worker": ("recreate", ["replicas"])}
    assert len(project.containers()) == 1


def test_one_shots_run_once_and_again_only_after_failure_or_change(project, roll):
    count = project.folder / "count"
    count.mkdir(mode=0o777)
    mount = [{"type": "bind", "source": str(count), "target": "/count"}]
    project.one_shot("good", "echo run >>/count/good")
    project.one_shot("bad", "echo run >>/count/bad; test -e /count/mended")
    for name in ("good", "bad"):
        project.services[name]["volumes"] = mount

    failed = roll()
    assert failed["failed"] is True
    assert failed["not_ready"] == ["bad"]
    assert "exited (exit code 1)" in failed["msg"]
    assert failed["services"]["good"]["ready"] is True

    (count / "mended").touch()
    again = rolled(roll)
    assert actions(again) == {"good": ("none", []), "bad": ("rerun", ["exit code 1"])}
    assert (count / "good").read_text() == "run\n"
    assert (count / "bad").read_text() == "run\nrun\n"

    project.services["good"]["environment"] = {"CHANGED": "yes"}
    changed = rolled(roll)
    assert actions(changed) == {"good": ("rerun", ["configuration"]), "bad": ("none", [])}
    assert (count / "good").read_text() == "run\nrun\n"

    assert actions(rolled(roll)) == {"good": ("none", []), "bad": ("none", [])}
    assert (count / "good").read_text() == "run\nrun\n"


def test_a_one_shot_is_ready_when_its_probe_agrees(project, roll):
    project.server("models")
    gate = project.gates["models"]
    project.one_shot("loader", "true", protocol="http", port=gate["port"], path="/ready", text="llama3")
    refused = roll(["models"], ["loader"], deadline=2)
    assert refused["not_ready"] == ["loader"]
    assert "does not match 'llama3'" in refused["services"]["loader"]["last_error"]

    project.gates["loader"]["text"] = "models"
    assert not roll(["models"], ["loader"]).get("failed")
    project.gates["loader"].update(text="llama3", wait_for_probe=False)
    assert not roll(["models"], ["loader"]).get("failed")


def test_orphans_are_reported_and_removed_only_on_demand(project, roll):
    project.plain("kept")
    project.plain("gone")
    roll()
    del project.services["gone"]
    orphan = {"service": "gone", "container": project.container("gone"), "state": "running"}

    reported = rolled(roll)
    assert reported["orphans"] == [orphan]
    assert reported["changed"] is False
    assert project.container("gone") in project.containers()

    removed = rolled(roll, waves=[], remove_orphans=True)  # for a caller who wants nothing else
    assert removed["orphans"] == [orphan]
    assert removed["services"] == {}
    assert removed["changed"] is True
    assert removed["diff"]["after"] == {"gone": {"action": "remove", "causes": ["orphan"], "labels": {}}}
    assert list(project.containers()) == [project.container("kept")]

    assert rolled(roll, remove_orphans=True)["changed"] is False


def test_check_mode_starts_nothing_and_asks_only_what_it_would_leave_alone(project, roll):
    project.server("old")
    roll()
    before = project.containers()
    project.server("new")
    project.gates["old"]["json"] = {"status": ["never"]}
    result = roll(check=True)
    assert not result.get("failed")
    assert result["changed"] is True
    assert result["not_ready"] == ["old"]
    assert (result["services"]["old"]["state"], result["services"]["old"]["attempts"]) == ("not_ready", 1)
    assert (result["services"]["new"]["state"], result["services"]["new"]["attempts"]) == ("unknown", 0)
    assert project.containers() == before


def test_check_mode_before_docker_and_before_the_release(project, roll):
    project.server("web")
    missing = roll(check=True, docker_cli="/no/such/docker")
    assert actions(missing) == {"web": ("create", ["absent"])}
    assert "/no/such/docker" in json.dumps(missing["warnings"])
    project.arguments()
    unrendered = roll(check=True, model=str(project.folder / "later.yaml"))
    assert actions(unrendered) == {"web": ("create", ["absent"])}
    roll()
    assert actions(roll(check=True, model=str(project.folder / "later.yaml"))) == {"web": ("recreate", ["model"])}
    failed = roll(docker_cli="/no/such/docker")
    assert failed["failed"] is True
    assert "install Docker" in failed["msg"]


def test_a_volume_that_differs_is_kept_without_a_question(project, roll):
    project.plain("db", "test -e /data/kept || echo rows >/data/kept; exec sleep inf")
    project.services["db"]["volumes"] = [{"type": "volume", "source": "data", "target": "/data"}]
    project.volumes["data"] = {"labels": {"version": "1"}}
    roll()
    project.volumes["data"] = {"labels": {"version": "2"}}
    project.services["db"]["environment"] = {"CHANGED": "yes"}
    assert actions(rolled(roll)) == {"db": ("recreate", ["configuration"])}
    assert docker("exec", project.container("db"), "cat", "/data/kept") == "rows\n"
