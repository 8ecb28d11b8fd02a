# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told when a service fails, how soon, and what else ends a roll-out."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime

from module_process import run_module
from tiny_project import docker

SOON = 4.0  # seconds from a crash to the end of the module, on a machine that is busy with other tests
HOG = "echo starting; echo url http://u:hidden-word@h/; exec tail /dev/zero"


def seconds_since_the_end_of(container):
    finished = docker("inspect", "--format", "{{.State.FinishedAt}}", container).strip()
    return time.time() - datetime.fromisoformat(finished[:26].rstrip("Z") + "+00:00").timestamp()


def events(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"it did not happen within {seconds} s"
        time.sleep(0.02)


def test_a_kill_for_lack_of_memory_is_told_at_once_with_the_limit(project, roll):
    project.server("hog", command=["sh", "-c", HOG], mem_limit="16m", memswap_limit="16m", init=False)
    project.server("slow", delay=60)
    project.plain("later")
    progress = project.folder / "progress"
    result = roll(["hog", "slow"], ["later"], deadline=50, phase="1 data", progress=str(progress))
    assert seconds_since_the_end_of(project.container("hog")) < SOON
    assert result["msg"].startswith(f"Phase 1 data of project {project.name} stopped in wave 1 of 2: hog is not ready.")
    assert "\nhog: killed for lack of memory, limit 16 MiB, after " in result["msg"]
    assert "Still starting then, and left to it: slow." in result["msg"]
    assert result["not_ready"] == ["hog", "slow", "later"]
    (failure,) = result["failure"]
    assert (failure["service"], failure["phase"], failure["exit_code"]) == ("hog", "1 data", 137)
    assert (failure["oom_killed"], failure["memory_limit"]) == (True, "16 MiB")
    assert failure["log"] == ["starting", "url http://u:***@h/"]
    assert failure["next"] == [f"docker logs --tail 100 {project.container('hog')}"]
    assert "hidden-word" not in json.dumps(result)
    told = events(progress)
    assert [event["event"] for event in told][:2] == ["begin", "wave"]
    assert {(event["service"], event["what"]) for event in told[2:-1]} == {
        ("hog", "killed for lack of memory, limit 16 MiB"),
        ("hog", "exited with code 137 (SIGKILL)"),
    }
    assert told[-1] == {**told[-1], "event": "end", "ready": 0, "total": 3}
    docker("exec", project.container("slow"), "true")  # what started stays


def test_a_kill_that_the_policy_hides_is_told_all_the_same(project, roll):
    hog = "test -e /w || { mkdir /w; exec tail /dev/zero; }; exec sleep inf"
    policy = {"restart": "unless-stopped", "mem_limit": "16m", "memswap_limit": "16m"}
    project.server("hog", command=["sh", "-c", hog], init=False, **policy)
    began = time.monotonic()
    result = roll(deadline=50)
    assert time.monotonic() - began < 15
    assert "hog: killed for lack of memory, limit 16 MiB" in result["msg"]


def test_a_death_is_told_at_once_and_the_third_where_the_engine_starts_again(project, roll):
    project.server("once", command=["sh", "-c", "echo no such file; exit 3"])
    result = roll(["once"], deadline=50)
    assert seconds_since_the_end_of(project.container("once")) < SOON
    assert (result["failure"][0]["exit_code"], result["failure"][0]["log"]) == (3, ["no such file"])

    project.server("loop", command=["sh", "-c", "exit 127"], restart="unless-stopped")
    progress = project.folder / "progress"
    result = roll(["loop"], deadline=50, progress=str(progress))
    crashes = [event["at"] for event in events(progress) if event["event"] == "crash"]
    assert len(crashes) >= 2  # the third may show in the container before it is told
    assert time.time() - crashes[-1] < SOON
    assert "3 times so far" in result["msg"]
    assert "the last with exit code 127 (the command was not found)" in result["msg"]


def test_what_is_waited_for_names_the_dependency_that_is_stopped(project, roll):
    project.plain("db", restart="unless-stopped")
    project.one_shot("loader", "true")
    project.server("api", command=["sleep", "inf"])
    project.gates["api"]["needs"] = ["db", "loader", "gone"]
    assert not roll(["db"], ["loader"]).get("failed")
    docker("stop", project.container("db"))
    result = roll(["api"], deadline=1)
    (failure,) = result["failure"]
    assert failure["blocked_by"] == [
        {"service": "db", "state": "exited (exit code 137)"},
        {"service": "gone", "state": "absent"},
    ]
    assert "  blocked by db, which it needs: exited (exit code 137)" in result["msg"].splitlines()
    assert failure["next"][0] == f"docker logs --tail 100 {project.container('db')}"
    assert failure["waited"] >= 1


def test_a_deployment_whose_lock_is_taken_stops_and_starts_nothing_further(project):
    project.server("slow", delay=60)
    project.plain("later")
    lock = project.folder / "lock"
    lock.mkdir()
    (lock / "id-1").touch()
    progress = project.folder / "progress"
    result = {}
    options = {"lock": {"path": str(lock), "id": "id-1"}, "progress": str(progress), "deadline": 50}
    arguments = project.arguments(["slow"], ["later"], **options)
    thread = threading.Thread(target=lambda: result.update(run_module("service_rollout", arguments)))
    thread.start()
    until(project.containers)
    (lock / "id-1").unlink()
    began = time.monotonic()
    thread.join(timeout=30)
    assert time.monotonic() - began < SOON + 2
    assert f"The deployment lock {lock} was taken away from this deployment" in result["msg"]
    assert set(project.containers()) == {project.container("slow")}
    assert not (lock / "id-1").exists()
    refused = run_module("service_rollout", {**arguments, "progress": None})
    assert "was taken away" in refused["msg"]
    assert refused["changed"] is False


def test_two_modules_do_not_work_on_one_host_at_once(project):
    project.server("slow", delay=4)
    progress = project.folder / "progress"
    exclusive = project.folder / "state" / "rollout"
    arguments = project.arguments(exclusive=str(exclusive))
    first = {}
    thread = threading.Thread(
        target=lambda: first.update(run_module("service_rollout", {**arguments, "progress": str(progress)}))
    )
    thread.start()
    until(progress.exists)  # it is made when the file is locked
    predicted = run_module("service_rollout", arguments, check=True)
    assert not predicted.get("failed"), predicted
    refused = run_module("service_rollout", {**arguments, "deadline": 0.3})
    assert "Another roll-out works on this host: process " in refused["msg"]
    assert str(exclusive) in refused["msg"]
    assert refused["changed"] is False
    waited = run_module("service_rollout", arguments)
    thread.join(timeout=30)
    assert (first.get("failed"), first["changed"]) == (None, True)
    assert (waited.get("failed"), waited["changed"]) == (None, False)
    assert [event["event"] for event in events(progress)] == ["begin", "wave", "ready", "end"]
