# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deploying, deploying again, changing one service, failing, and removing."""

from __future__ import annotations

import json
import re
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

ONE_SHOTS = {"ollama-model-loader"}


def identity(platform):
    """Return what tells a touched container from an untouched one."""
    return {name: (found["Id"], found["State"]["StartedAt"]) for name, found in platform.containers().items()}


def journal(platform):
    """Return the lines of the journal, oldest first."""
    text = (platform.home / "state" / "journal.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="session")
def deployed(platform, first_deploy):
    """Return the platform after a first deployment that went well."""
    assert first_deploy.returncode == 0, first_deploy.output[-8000:]
    return platform


def test_all_services_of_the_checklist_run(deployed):
    containers = deployed.containers()
    assert len(containers) == 53
    states = {name: found["State"]["Status"] for name, found in containers.items()}
    assert {name for name, state in states.items() if state != "running"} == ONE_SHOTS
    assert all(containers[name]["State"]["ExitCode"] == 0 for name in ONE_SHOTS)


def test_it_ends_with_a_table_of_what_is_up(first_deploy, deployed):
    assert "53 of 53 services are ready." in first_deploy.output
    assert re.search(r"PHASE +SERVICE +STATE", first_deploy.output)


def test_it_shows_its_phases_and_writes_them_into_the_journal(first_deploy, deployed):
    assert re.search(
        r"^3 applications on localhost: (\d+) of \1 ready after [\d.]+ s$", first_deploy.output, re.MULTILINE
    )
    assert re.search(
        r"^PHASE +HOST +QUEUE +START +GATE +TOTAL +SERVICES +TOUCHED +SLOWEST", first_deploy.output, re.MULTILINE
    )
    (line,) = journal(deployed)
    assert (line["result"], line["from"], line["to"]) == ("deployed", None, (deployed.home / "current").resolve().name)
    tiers = ["create", "1 data", "1 messaging", "1 vector stores", "1 AI", "2 gateway"]
    assert [phase["phase"] for phase in line["phases"]] == [
        *tiers,
        *(f"{number} applications" for number in range(3, 10)),
    ]
    assert sum(phase["touched"] for phase in line["phases"][1:]) == 53
    copy = deployed.home / "current" / "journal.jsonl"
    assert json.loads(copy.read_text(encoding="utf-8")) == line
    assert not (deployed.home / "state" / "lock").exists()


def test_every_container_runs_unprivileged_or_says_which_user(deployed):
    users = {name: found["Config"]["User"] for name, found in deployed.containers().items()}
    assert {name for name, user in users.items() if user in ("", "root", "0", "0:0")} == set()


def test_the_release_records_images_model_and_link(deployed):
    current = (deployed.home / "current").resolve()
    manifest = json.loads((current / "manifest.json").read_text())
    assert manifest["id"] == current.name
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{8}", manifest["id"])
    assert len(manifest["images"]) == 53
    assert manifest["images"]["postgres"]["source"] == "build"
    assert manifest["images"]["postgres"]["major"] == "17"
    assert all(image["id"].startswith("sha256:") for image in manifest["images"].values())
    assert (current / "compose.yaml").is_file()


def test_nobody_sees_a_secret(deployed, first_deploy):
    secrets_file = deployed.home / "state" / "secrets.yml"
    assert stat.S_IMODE(secrets_file.stat().st_mode) == 0o600
    secrets = yaml.safe_load(secrets_file.read_text())
    assert len(secrets) >= 20
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]{31}", value) for value in secrets.values())
    for name, value in secrets.items():
        assert value not in first_deploy.output, f"{name} stands in the output of the deployment"
    readable = [path for path in deployed.home.rglob("*") if path.is_file() and path.stat().st_mode & 0o004]
    assert readable, "the Compose model at least should be readable"
    for path in readable:
        text = path.read_text(errors="replace")
        for name, value in secrets.items():
            assert value not in text, f"{name} stands in {path}, which others can read"


def test_a_second_deployment_changes_nothing(deployed):
    before, current = identity(deployed), (deployed.home / "current").readlink()
    again = deployed.play("deploy.yml", "--diff")
    assert again.returncode == 0, again.output[-8000:]
    assert again.recap["changed"] == 0, again.output
    assert identity(deployed) == before
    assert (deployed.home / "current").readlink() == current
    line = journal(deployed)[-1]
    assert (line["result"], line["to"], line["phases"]) == ("unchanged", None, [])


def test_the_plan_of_what_was_just_deployed_is_empty(deployed):
    before, lines = identity(deployed), journal(deployed)
    checked = deployed.play("deploy.yml", "--check", "--diff")
    assert checked.returncode == 0, checked.output[-8000:]
    assert checked.recap["changed"] == 0
    assert "Nothing to do: 53 services as planned and ready." in checked.output
    assert identity(deployed) == before
    assert journal(deployed) == lines


def test_who_deploys_keeps_others_out(deployed):
    before = identity(deployed)
    lock = deployed.home / "state" / "lock"
    lock.mkdir()
    (lock / "0123456789ab").touch()
    # As another controller writes it; nobody can look at its process from here.
    owner = {"id": "0123456789ab", "controller": "elsewhere", "boot_id": "b", "machine_id": "m", "pid_ns": 1, "pid": 7}
    since = {"user": "ali", "since": "2026-01-01T00:00:00Z", "phase": "2 gateway", "quiet_for": 0, "started": 1}
    (lock / "owner.json").write_text(json.dumps({**owner, **since}), encoding="utf-8")
    refused = deployed.play("deploy.yml")
    assert refused.returncode != 0
    for told in ("ali on elsewhere", "2 gateway", "sahool_lock_wait=", "sahool_lock_break=0123456789ab"):
        assert told in refused.output
    assert journal(deployed)[-1]["result"] == "refused"
    assert identity(deployed) == before
    broken = deployed.play("deploy.yml", sahool_lock_break="0123456789ab")
    assert broken.returncode == 0, broken.output[-8000:]
    assert [line["result"] for line in journal(deployed)[-2:]] == ["interrupted", "unchanged"]
    assert not lock.exists()


def test_a_changed_tag_replaces_that_container_only_and_as_the_saved_plan_says(deployed, tmp_path):
    before, overrides = identity(deployed), {"billing-core": {"tag": "v16.0.1"}}
    plan = str(tmp_path / "plan.json")
    checked = deployed.play("deploy.yml", "--check", "--diff", overrides=overrides, sahool_plan_save=plan)
    assert checked.returncode == 0, checked.output[-8000:]
    assert re.search(r"recreate +billing-core +image, environment$", checked.output, re.MULTILINE)
    assert re.search(
        r"~ image\s+\S+/billing-core:v16\.0\.0-(\w+)\s+-> \S+/billing-core:v16\.0\.1-\1$", checked.output, re.MULTILINE
    )
    assert "0 to create, 1 to recreate, 0 to start, 0 to remove; 52 stay as they are." in checked.output
    assert re.search(r"^ +At the end\n +ask all gates once more\n +record the release$", checked.output, re.MULTILINE)
    assert identity(deployed) == before
    changed = deployed.play("deploy.yml", overrides=overrides, sahool_plan_apply=plan)
    assert changed.returncode == 0, changed.output[-8000:]
    after = identity(deployed)
    assert {name for name in after if after[name] != before[name]} == {"billing-core"}
    assert deployed.containers()["billing-core"]["Config"]["Image"].startswith("sahool-embedded/billing-core:v16.0.1-")
    previous = (deployed.home / "previous").resolve().name
    assert previous != (deployed.home / "current").resolve().name
    # It was made for another state than the one that there is now.
    moved = deployed.play("deploy.yml", overrides=overrides, sahool_plan_apply=plan)
    assert moved.returncode != 0
    assert re.search(r"billing-core: .*was", moved.output)
    assert identity(deployed) == after


def test_services_that_do_not_become_ready_are_named_and_the_others_stay(deployed):
    before, current = identity(deployed), (deployed.home / "current").readlink()
    failed = deployed.play(
        "deploy.yml",
        overrides={
            "weather-service": {"gate_path": "/nowhere", "ready_timeout": 5, "tag": "v16.0.2"},
            # Another service answers on its port.
            "marketplace-service": {
                "embedded_environment": {"REFERENCE_IDENTITY": "yield-prediction"},
                "ready_timeout": 5,
            },
        },
    )
    assert failed.returncode != 0
    assert "Traceback" not in failed.output
    after = identity(deployed)
    assert {name for name in after if after[name] != before[name]} == {"weather-service", "marketplace-service"}
    assert (deployed.home / "current").readlink() == current
    assert not (deployed.home / "state" / "lock").exists()

    line = journal(deployed)[-1]
    assert (line["result"], sorted(line["failed"][0]["services"])) == (
        "failed",
        ["marketplace-service", "weather-service"],
    )
    release = deployed.home / "releases" / line["to"]
    assert json.loads((release / "manifest.json").read_text())["result"] == "failed"
    (failure,) = json.loads((release / "failure.json").read_text())["failures"]
    assert failure["phase"] == "3 applications"
    services = {service["service"]: service for service in failure["services"]}
    assert "404" in services["weather-service"]["last_answer"]
    assert "yield-prediction" in services["marketplace-service"]["last_answer"]
    assert services["marketplace-service"]["reason"] == "another service answers in its place"
    for service in services.values():
        assert service["log"]
        assert all(command in failed.output for command in service["next"])


def test_the_next_run_repairs_them_and_what_was_removed_by_hand_and_touches_nothing_else(deployed):
    before = identity(deployed)
    subprocess.run(["docker", "rm", "--force", before["field-chat"][0]], check=True, capture_output=True)
    again = deployed.play("deploy.yml")
    assert again.returncode == 0, again.output[-8000:]
    after = identity(deployed)
    touched = {name for name in after if after[name] != before.get(name)}
    # The failed run did not reach the phase in which billing-core gets its old tag again.
    assert touched == {"field-chat", "weather-service", "marketplace-service", "billing-core"}


def test_an_image_source_of_stateful_services_cannot_change_unnoticed(deployed):
    before = identity(deployed)
    record = Path(deployed.home / "state" / "recorded" / "images.json")
    kept = record.read_text()
    altered = json.loads(kept)
    altered["postgres"] = {"source": "registry", "major": "16"}
    record.write_text(json.dumps(altered))
    try:
        refused = deployed.play("deploy.yml")
    finally:
        record.write_text(kept)
    assert refused.returncode != 0
    assert re.search(r"postgres: volume \S+ was written by the registry's image, major version 16, but", refused.output)
    assert identity(deployed) == before


def test_destroy_refuses_without_the_name_and_in_production(deployed):
    before = identity(deployed)
    unnamed = deployed.play("destroy.yml", sahool_destroy="staging")
    production = deployed.play("destroy.yml", sahool_destroy="production", sahool_environment="production")
    assert unnamed.returncode != 0 and "Nothing was removed" in unnamed.output
    assert production.returncode != 0 and "production is not removed" in production.output
    assert identity(deployed) == before


def test_destroy_keeps_volumes_and_secrets_unless_they_are_asked_for(deployed):
    volumes = deployed.volumes()
    assert volumes
    removed = deployed.play("destroy.yml", sahool_destroy="local")
    assert removed.returncode == 0, removed.output[-8000:]
    assert deployed.containers() == {}
    assert deployed.volumes() == volumes
    assert (deployed.home / "state" / "secrets.yml").is_file()
    everything = deployed.destroy()
    assert everything.returncode == 0, everything.output[-8000:]
    assert deployed.volumes() == []
    assert not (deployed.home / "state").exists()
