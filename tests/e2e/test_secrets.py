# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody sees a secret, whatever happens: a deployment, a changed secret, a failure; and lost values come back."""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
import string

import pytest
import yaml
from platform_run import SMALL, Platform, all_but
from secret_search import ProcessList, Search

SERVICES = (*SMALL, "qdrant", "minio")
# Their images read files: no secret is in what `docker inspect` tells of them.
BY_FILE = ("postgres", "redis", "pgbouncer", "nats", "mqtt", "qdrant", "minio", "kong")


def new_value():
    """Return what a person would put in a secret's place."""
    return "n" + "".join(secrets.choice(string.ascii_letters + string.digits) for _one in range(31))


def values(platform):
    """Return the secrets as they are now."""
    return yaml.safe_load((platform.home / "state" / "secrets.yml").read_text(encoding="utf-8"))


def identity(platform):
    """Return what tells a container that was made anew."""
    return {name: found["Id"] for name, found in platform.containers().items()}


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    """Return a platform of its own; removed at the end."""
    made = Platform(f"t-secrets-{os.getpid()}", 18000, tmp_path_factory.mktemp("home"))
    made.variables["sahool_services_exclude"] = all_but(*SERVICES)
    try:
        yield made
    finally:
        made.wipe()


@pytest.fixture(scope="module")
def course(platform):
    """Deploy, change a secret and deploy, fail: all of it with everything that Ansible can print.

    Returns the output of the three runs, all values that there were, the process list, and the services that were made
    anew for the changed secret.
    """
    with ProcessList() as processes:
        first = platform.play("deploy.yml", "-vvv", "--diff")
        assert first.returncode == 0, first.output[-8000:]
        known, before = values(platform), identity(platform)

        path = platform.home / "state" / "secrets.yml"
        changed = {**known, "MQTT_PASSWORD": new_value()}
        path.write_text(path.read_text().replace(known["MQTT_PASSWORD"], changed["MQTT_PASSWORD"]))
        checked = platform.play("deploy.yml", "--check", "--diff", "-vvv")
        second = platform.play("deploy.yml", "-vvv", "--diff")
        assert second.returncode == 0, second.output[-8000:]
        after = identity(platform)

        failed = platform.play(
            "deploy.yml",
            "-vvv",
            "--diff",
            overrides={
                # Dies, and prints what it was given.
                "iot-service": {"embedded_environment": {"REFERENCE_SERVICE": "{secret:JWT_SECRET_KEY}"}},
                "indicators-service": {"gate_path": "/nowhere", "ready_timeout": 3},
            },
        )
        assert failed.returncode != 0
    outputs = {"first": first.output, "checked": checked.output, "changed": second.output, "failed": failed.output}
    every = {**known, "MQTT_PASSWORD (new)": changed["MQTT_PASSWORD"]}
    return outputs, every, processes.lines, {name for name in after if after[name] != before[name]}


@pytest.fixture(scope="module")
def search(course):
    """Return what finds any of the values in a text."""
    found = Search(course[1])
    assert found(f"x{course[1]['NATS_PASSWORD']}y") == {"NATS_PASSWORD"}
    return found


@pytest.mark.parametrize("run", ["first", "checked", "changed", "failed"])
def test_no_output_shows_a_value(course, search, run):
    assert len(course[0][run]) > 10_000
    assert search(course[0][run]) == set()


def test_no_process_list_shows_one(course, search):
    assert any("ansible-playbook" in line for line in course[2])
    assert any("docker" in line for line in course[2])
    assert search("\n".join(course[2])) == set()


def test_only_secret_files_hold_values_and_only_their_owners_read_them(platform, search):
    holding = search.in_files(path for path in platform.home.rglob("*") if path.is_file() and not path.is_symlink())
    assert holding
    modes = {path: stat.S_IMODE(os.stat(path).st_mode) for path in holding}
    assert {path: oct(mode) for path, mode in modes.items() if mode & 0o037} == {}
    names = {re.sub(r".*/(files/[0-9a-f]{32}|releases/[^/]+)/", "", path) for path in holding}
    assert "journal.jsonl" not in names and "compose.yaml" not in names and "manifest.json" not in names
    folders = {os.path.dirname(path) for path in holding} - {str(platform.home / "state")}
    released = {folder for folder in folders if os.path.basename(os.path.dirname(folder)) == "releases"}
    # Beside the model, which everybody may read, lies the .env; all else lies where others cannot list.
    assert {name for folder in released for name in os.listdir(folder) if f"{folder}/{name}" in holding} == {".env"}
    assert {folder for folder in folders - released if stat.S_IMODE(os.stat(folder).st_mode) & 0o044} == set()


def test_no_release_and_no_journal_holds_one(platform, search):
    read = [*platform.home.glob("releases/*/*.json*"), *platform.home.glob("releases/*/compose.yaml")]
    assert {path.name for path in read} >= {"manifest.json", "journal.jsonl", "failure.json", "compose.yaml"}
    assert search.in_files([*read, platform.home / "state" / "journal.jsonl"]) == {}


def test_containers_that_take_files_have_none_in_what_the_engine_tells(platform, search):
    containers = platform.containers()
    assert {
        name: search(json.dumps(containers[name])) for name in BY_FILE if search(json.dumps(containers[name]))
    } == {}
    labels = {name: search(json.dumps(found["Config"]["Labels"])) for name, found in containers.items()}
    assert {name for name, found in labels.items() if found} == set()


def test_a_changed_secret_recreates_its_readers_and_no_other(course):
    assert course[3] == {"mqtt", "iot-service"}
    assert re.search(r"~ secret MQTT_PASSWORD +changed", course[0]["checked"])


@pytest.mark.parametrize(
    ("mode", "text", "told"),
    [
        (0o644, None, "has mode 0644, expected 0600"),
        (0o600, "change_this_secure_password_for_nats", "NATS_PASSWORD: found a placeholder"),
    ],
)
def test_a_file_that_cannot_be_used_stops_a_deployment_before_anything_starts(platform, course, mode, text, told):
    before, path = identity(platform), platform.home / "state" / "secrets.yml"
    kept = path.read_text()
    if text:
        path.write_text(kept.replace(values(platform)["NATS_PASSWORD"], text))
    path.chmod(mode)
    try:
        refused = platform.play("deploy.yml")
    finally:
        path.write_text(kept)
        path.chmod(0o600)
    assert refused.returncode != 0
    assert told in re.sub(r"\s+", " ", refused.output) and "nothing was started" in refused.output
    assert identity(platform) == before


def test_lost_values_come_back_out_of_the_env_and_open_the_old_volumes(platform, course, tmp_path):
    """The volume of PostgreSQL was initialised with the password that is imported."""
    repaired = platform.play("deploy.yml")
    assert repaired.returncode == 0, repaired.output[-8000:]
    before = values(platform)
    env = tmp_path / ".env"
    text = (platform.home / "current" / ".env").read_text(encoding="utf-8")
    # What only this collection has is made anew.
    env.write_text("".join(line for line in text.splitlines(keepends=True) if not line.startswith("SAHOOL_DIGEST_KEY")))
    env.chmod(0o600)
    (platform.home / "state" / "secrets.yml").unlink()
    imported = platform.play("secrets.yml", **{"import": str(env)})
    assert imported.returncode == 0, imported.output[-8000:]
    after = values(platform)
    assert {name for name in before if after[name] != before[name]} == {"SAHOOL_DIGEST_KEY"}
    assert Search(before)(imported.output) == set()
    again = platform.play("deploy.yml")
    assert again.returncode == 0, again.output[-8000:]
    assert f"{len(SERVICES)} of {len(SERVICES)} services are ready." in again.output
