# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a roll-out goes on, and how it stops."""

from __future__ import annotations

import json
import threading
import time

from tiny_project import docker


def test_a_wave_begins_when_the_one_before_is_ready(project, roll):
    project.server("first", delay=1)
    project.server("second")
    result = roll(["first"], ["second"])
    assert [wave["services"] for wave in result["waves"]] == [["first"], ["second"]]
    started = {name: entry[1] for name, entry in project.containers().items()}
    made = docker("inspect", "--format", "{{.Created}}", project.container("second")).strip()
    assert made > started[project.container("first")]
    assert result["services"]["first"]["seconds"] >= 1
    # On a busy machine most of the second has gone when Compose comes back.
    assert result["waves"][0]["start_seconds"] + result["waves"][0]["gate_seconds"] >= 1


def test_a_container_that_exits_ends_the_roll_out_at_once(project, roll):
    project.plain("good")
    project.server("broken", command=["sh", "-c", "echo reading configuration; echo no such file >&2; exit 3"])
    project.plain("later")
    began = time.monotonic()
    result = roll(["good", "broken"], ["later"], deadline=60)
    assert time.monotonic() - began < 10
    assert result["failed"] is True
    assert result["changed"] is True
    assert result["not_ready"] == ["broken", "later"]
    message = result["msg"]
    assert "stopped in wave 1 of 2: broken is not ready." in message
    assert "broken: its container exited with code 3, after " in message
    # Two streams: the engine itself may see the second line first.
    assert "    reading configuration\n" in message
    assert "    no such file\n" in message
    assert f"next: docker logs --tail 100 {project.container('broken')}" in message
    assert "Not started: later." in message
    assert result["services"]["later"] == {
        **result["services"]["later"],
        "action": "none",
        "state": "not_reached",
        "container": None,
    }
    assert set(project.containers()) == {project.container("good"), project.container("broken")}


def test_a_container_that_is_killed_while_it_is_gated_fails_at_once(project, roll):
    project.server("slow", delay=60)
    result = {}
    thread = threading.Thread(target=lambda: result.update(roll(deadline=50)))
    began = time.monotonic()
    thread.start()
    while project.container("slow") not in docker("ps", "--format", "{{.Names}}").split():
        assert time.monotonic() - began < 20
        time.sleep(0.1)
    docker("kill", project.container("slow"))
    thread.join(timeout=20)
    assert time.monotonic() - began < 20
    assert "exited with code 137 (SIGKILL)" in result["msg"]


def test_a_restart_loop_is_recognised(project, roll):
    project.server("loop", command=["sh", "-c", "echo bad; exit 7"], restart="unless-stopped")
    began = time.monotonic()
    result = roll(deadline=60)
    assert time.monotonic() - began < 20
    assert "dies again and again: 3 times so far, the last with exit code 7" in result["msg"]


def test_a_service_that_fell_into_a_restart_loop_is_given_a_fresh_start(project, roll):
    flags = project.folder / "flags"
    flags.mkdir()
    project.server("loop", restart="unless-stopped")
    works = project.services["loop"]["command"][2]
    project.services["loop"].update(
        command=["sh", "-c", f"test -e /flags/mended || exit 1; {works}"],
        volumes=[{"type": "bind", "source": str(flags), "target": "/flags"}],
    )
    assert roll(deadline=30)["failed"] is True
    began = time.monotonic()
    while int(docker("inspect", "-f", "{{.RestartCount}}", project.container("loop"))) < 6:
        assert time.monotonic() - began < 20
        time.sleep(0.1)
    (flags / "mended").touch()  # the engine's next attempt is seconds away
    began = time.monotonic()
    result = roll(deadline=30)
    assert time.monotonic() - began < 5
    assert (result["services"]["loop"]["action"], result["services"]["loop"]["causes"]) == ("start", ["restarting"])
    assert result["services"]["loop"]["ready"] is True


def test_the_wrong_service_on_a_port_is_told_from_one_that_is_late(project, roll):
    project.server("weather", says="advice")
    result = roll(deadline=1.5)
    assert result["services"]["weather"]["state"] == "wrong_service"
    assert '"advice"' in result["services"]["weather"]["last_error"]
    assert "docker ps --filter publish=" in result["msg"]


def test_the_container_of_another_service_on_the_port_is_found_out(project, roll):
    project.server("weather")
    project.plain("advice")
    port = project.gates["weather"]["port"]
    project.gates["advice"] = {"name": "advice", "protocol": "tcp", "port": port, "identity_container": True}
    project.gates["weather"]["identity_container"] = True
    result = roll(["weather"], ["advice"], deadline=1.5)
    assert result["services"]["weather"]["ready"] is True
    assert result["services"]["advice"]["state"] == "wrong_service"
    assert f"belongs to container {project.container('weather')}" in result["services"]["advice"]["last_error"]


def test_a_port_that_is_taken_names_service_and_reason_without_secrets(project, roll):
    secret = "vEryS3cretValue"
    file = project.folder / "web.env"
    file.write_text(f"PASSWORD={secret}\n", encoding="utf-8")
    project.server("first")
    project.server("second", env_file=[str(file)])
    project.services["second"]["ports"] = project.services["first"]["ports"]
    project.plain("leaking", "echo url postgresql://u:$$PASSWORD@h/d; exit 1", env_file=[str(file)])
    result = roll(["first"], ["second"])
    assert result["failed"] is True
    assert "port is already allocated" in result["msg"]
    assert f"container {project.container('second')}: created" in result["msg"]
    assert f"belongs to container {project.container('first')}" in result["msg"]
    assert result["services"]["first"]["ready"] is True
    leaked = roll(["leaking"], deadline=5)
    assert "url postgresql://u:***@h/d" in leaked["msg"]
    assert secret not in json.dumps([result, leaked])


def test_an_image_that_is_not_there_stops_before_anything_is_started(project, roll):
    project.plain("here")
    project.plain("away", image="t-rollout/none:1")
    result = roll(["here"], ["away"])
    assert "t-rollout/none:1 (for away)" in result["msg"]
    assert result["changed"] is False
    assert project.containers() == {}
    assert roll(["here"], ["away"], check=True)["services"]["away"]["action"] == "create"


def test_a_service_that_is_in_order_is_gated_all_the_same(project, roll):
    project.server("web")
    roll()
    project.gates["web"]["json"] = {"status": ["never"]}
    result = roll(deadline=1)
    assert result["failed"] is True
    assert result["changed"] is False
    assert result["services"]["web"]["action"] == "none"


def test_an_unhealthy_container_without_a_gate_is_not_ready(project, roll):
    project.plain("sick", healthcheck={"test": ["CMD", "false"], "interval": "1s", "retries": 1, "timeout": "2s"})
    assert not roll().get("failed")  # it runs, and nothing is known of it yet
    began = time.monotonic()
    while "(unhealthy)" not in docker("ps", "--format", "{{.Names}} {{.Status}}", "--filter", f"name={project.name}"):
        assert time.monotonic() - began < 20
        time.sleep(0.2)
    result = roll(deadline=1.5)
    assert result["services"]["sick"]["last_error"] == "the container is running (unhealthy), expected it to run"
