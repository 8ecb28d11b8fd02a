# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a roll-out touches: just what differs, as its check mode had said."""

from __future__ import annotations

import json

from tiny_project import IMAGE, OTHER_IMAGE, docker


def actions(result):
    return {name: (entry["action"], entry["causes"]) for name, entry in result["services"].items()}


def changes(result):
    return {
        name: {change["field"]: (change["before"], change["after"]) for change in entry["changes"]}
        for name, entry in result["services"].items()
        if entry["changes"]
    }


def rolled(roll, *waves, **options):
    """Roll out after a check run, and hold the two against each other."""
    predicted = roll(*waves, check=True, diff=True, **options)
    done = roll(*waves, diff=True, **options)
    assert not predicted.get("failed"), predicted
    assert actions(predicted) == actions(done)
    assert changes(predicted) == changes(done)
    assert predicted["observed"] == done["observed"]
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
    assert first["diff"]["after"]["web"] == {"action": "create", "causes": ["absent"]}
    assert first["observed"] == {}
    made = project.containers()

    second = rolled(roll)
    assert actions(second) == dict.fromkeys(project.services, ("none", []))
    assert second["changed"] is False
    assert second["diff"] == {"before": {}, "after": {}}
    assert [wave["touched"] for wave in second["waves"]] == [[]]
    assert all(entry["ready"] for entry in second["services"].values())
    assert project.containers() == made
    assert {name: entry["status"] for name, entry in second["observed"].items()} == {
        **dict.fromkeys(project.services, "running"),
        "loader": "exited",
    }
    assert {entry["id"] for entry in second["observed"].values()} == {
        identity[:12] for identity, started in made.values()
    }


def test_only_the_changed_service_is_replaced(project, roll):
    project.server("web", labels={"sahool.digest": "one"})
    project.server("api")
    roll()
    before = project.containers()

    project.services["web"]["labels"] = {"sahool.digest": "two"}
    result = rolled(roll)
    assert actions(result) == {"web": ("recreate", ["configuration"]), "api": ("none", [])}
    assert changes(result) == {"web": {"labels.sahool.digest": ("one", "two")}}
    assert result["diff"]["before"]["web"] == {"container": "running", "labels.sahool.digest": "one"}
    assert result["diff"]["after"]["web"]["labels.sahool.digest"] == "two"
    after = project.containers()
    assert after[project.container("api")] == before[project.container("api")]
    assert after[project.container("web")] != before[project.container("web")]


def test_every_cause_is_told_field_by_field_and_no_secret_with_it(project, roll):
    def model(number, level):
        env_file = project.file("web.env", f"PASSWORD='vEryS3cret{number}'\nKEPT='alsoVeryS3cret'\n", 0o600)
        conf = project.file("web.conf", f"level {level}\nport 80\n")
        key = project.file("web.key", f"vEryPrivate{number}\n", 0o600)
        project.services["web"].update(
            env_file=[env_file],
            environment={"LEVEL": level},
            volumes=[
                {"type": "bind", "source": conf, "target": "/etc/web.conf", "read_only": True},
                {"type": "bind", "source": key, "target": "/etc/web.key", "read_only": True},
            ],
            mem_limit=f"{number}6m",
        )

    project.server("web")
    project.server("api")
    model(1, "info")
    results = [rolled(roll), rolled(roll)]
    assert actions(results[1])["web"] == ("none", [])

    model(2, "debug")
    results.append(rolled(roll))
    assert actions(results[2]) == {
        "web": ("recreate", ["environment", "secret", "file", "configuration"]),
        "api": ("none", []),
    }
    told = changes(results[2])["web"]
    assert told["environment.LEVEL"] == ("info", "debug")
    assert told["secret PASSWORD"] == ("(secret)", "(secret)")
    assert told["mem_limit"] == ("16m", "26m")
    assert set(told) == {"environment.LEVEL", "secret PASSWORD", "mem_limit", "file /etc/web.conf", "file /etc/web.key"}
    diffs = {change["field"]: change.get("diff") for change in results[2]["services"]["web"]["changes"]}
    assert diffs["file /etc/web.conf"] == ["@@ -1,2 +1,2 @@", "-level info", "+level debug", " port 80"]
    assert diffs["file /etc/web.key"] == ["content hidden: 1 lines added, 1 removed"]
    assert not any(word in json.dumps(results) for word in ("vEryS3cret", "alsoVeryS3cret", "vEryPrivate"))
    assert docker("exec", project.container("web"), "sh", "-c", "echo $PASSWORD $LEVEL") == "vEryS3cret2 debug\n"

    # The model that it was made from is gone: what the container itself says is left.
    made_from = project.model
    model(3, "info")
    project.services["web"]["image"] = OTHER_IMAGE
    made_from.unlink()
    last = rolled(roll)
    assert actions(last)["web"] == ("recreate", ["model", "image"])
    assert changes(last)["web"]["image"] == (IMAGE, OTHER_IMAGE)
    assert "vEryS3cret" not in json.dumps(last)


def test_what_somebody_else_made_of_a_service_is_made_anew(project, roll):
    project.server("web")
    project.server("api")
    roll()
    override = project.folder / "override.yaml"
    override.write_text(json.dumps({"services": {"web": {"environment": {"DEBUG": "1"}}}}), encoding="utf-8")
    model = str(project.model)
    docker("compose", "-p", project.name, "-f", model, "-f", str(override), "up", "-d", "--no-deps", "web")
    # Compose's own commands with our file alone are nobody else's.
    docker("compose", "-p", project.name, "-f", model, "up", "-d", "--no-deps", "--force-recreate", "api")
    result = rolled(roll)
    assert actions(result) == {"web": ("recreate", ["project"]), "api": ("none", [])}
    assert changes(result) == {"web": {"compose files": (f"{model}, {override}", model)}}
    assert "DEBUG" not in docker("inspect", "--format", "{{.Config.Env}}", project.container("web"))
    assert actions(rolled(roll)) == {"web": ("none", []), "api": ("none", [])}


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
    assert list(changes(result)["web"]) == ["image id"]
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
    assert actions(changed) == {"good": ("rerun", ["environment"]), "bad": ("none", [])}
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
    assert removed["diff"]["after"] == {"gone": {"action": "remove", "causes": ["orphan"]}}
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
    unrendered = roll(check=True, model=str(project.folder / "later.yaml"))
    assert actions(unrendered) == {"web": ("create", ["absent"])}
    roll()
    assert actions(roll(check=True, model=str(project.folder / "later.yaml"))) == {"web": ("recreate", ["model"])}
    text = project.model.read_text(encoding="utf-8")
    later = str(project.files / ("f" * 32) / "compose.yaml")
    assert actions(roll(check=True, model=later, model_text=text)) == {"web": ("none", [])}
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
    assert actions(rolled(roll)) == {"db": ("recreate", ["environment"])}
    assert docker("exec", project.container("db"), "cat", "/data/kept") == "rows\n"
