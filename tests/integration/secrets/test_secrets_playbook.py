# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbook secrets.yml: an operator's first set-up, by the commands of docs/secrets.md, and what can be wrong."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
from vaulted_inventory import Inventory

OLD = "Zq8vN2xWb5tKc9mRy4pLs7dHf3jGa6eU"
ENV = f"""\
POSTGRES_PASSWORD="{OLD}"
REDIS_PASSWORD=change_this_secure_redis_password
OPENWEATHERMAP_API_KEY=StockWeather7key
UNRELATED=x
"""


@pytest.fixture
def mine(tmp_path):
    """Return an inventory without secrets."""
    made = Inventory(tmp_path)
    made.write()
    return made


def files(inventory):
    """Return every file of the inventory and its content."""
    return {path: path.read_bytes() for path in inventory.inventory.rglob("*") if path.is_file()}


def test_generate_check_again_and_what_is_missing_later(mine):
    before = files(mine)
    checked = mine.play("secrets.yml", "--check", "--diff")
    assert checked.returncode == 0, checked.output
    assert "generated: " in checked.output
    assert files(mine) == before

    made = mine.play("secrets.yml", "--diff", "-vvv")
    assert made.returncode == 0, made.output[-5000:]
    secrets = mine.secrets()
    assert len(secrets) >= 20
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]{31}", value) for value in secrets.values())
    assert len(set(secrets.values())) == len(secrets)
    assert all(entry["created"] for entry in mine.ledger.values())
    assert [name for name, value in secrets.items() if value in made.output] == []

    before = files(mine)
    again = mine.play("secrets.yml")
    assert again.returncode == 0, again.output
    assert "nothing was missing" in again.output
    assert set(re.findall(r"changed=(\d+)", again.output)) == {"0"}
    assert files(mine) == before

    # A later release needs one more.
    text = "\n".join(f"  {name}: {value}" for name, value in secrets.items() if name != "QDRANT_API_KEY")
    mine.encrypt(f"# ours\nmore: kept\nsahool_secrets:\n{text}\n")
    added = mine.play("secrets.yml")
    assert added.returncode == 0, added.output
    assert "generated: QDRANT_API_KEY" in added.output
    viewed = mine.viewed()
    assert viewed["more"] == "kept"
    assert {name: value for name, value in viewed["sahool_secrets"].items() if secrets[name] != value}.keys() == {
        "QDRANT_API_KEY"
    }


def test_values_of_an_env_are_taken(mine, tmp_path):
    env = tmp_path / "old.env"
    env.write_text(ENV.replace("REDIS_PASSWORD=change_this_secure_redis_password\n", ""))
    env.chmod(0o600)
    done = mine.play("secrets.yml", "-e", "import=old.env")
    assert done.returncode == 0, done.output
    said = re.sub(r"\s+", " ", done.output)
    assert f"taken from {env}: POSTGRES_PASSWORD" in said
    assert "keep them by sahool_settings: OPENWEATHERMAP_API_KEY" in said
    assert "of unknown age, since they were not made here: POSTGRES_PASSWORD" in said
    assert "POSTGRES_PASSWORD: found no record of when it was made" in said
    assert mine.secrets()["POSTGRES_PASSWORD"] == OLD
    assert OLD not in done.output and "StockWeather7key" not in done.output
    assert mine.ledger["POSTGRES_PASSWORD"]["created"] is None


def test_what_is_weak_is_written_and_told(mine, tmp_path):
    env = tmp_path / "old.env"
    env.write_text("POSTGRES_PASSWORD=short7pw-x\n")
    env.chmod(0o600)
    run = mine.play("secrets.yml", "-e", f"import={env}")
    refused(run, "high: POSTGRES_PASSWORD: found 10 characters, expected at least 24")
    assert mine.secrets()["POSTGRES_PASSWORD"] == "short7pw-x"
    assert "short7pw-x" not in run.output
    told = mine.play("secrets.yml", "-e", "secrets_audit_fail_on=never")
    assert told.returncode == 0, told.output
    assert "found 10 characters" in told.output


def test_a_secret_in_the_repository_is_found(mine):
    made = mine.play("secrets.yml")
    assert made.returncode == 0, made.output
    value = mine.secrets()["REDIS_PASSWORD"]
    git = ["git", "-C", str(mine.inventory), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    (mine.inventory / "notes.txt").write_text(f"redis {value}\n")
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["commit", "-qm", "one"],
        ["rm", "-q", "notes.txt"],
        ["commit", "-qm", "two"],
    ):
        subprocess.run([*git, *command], check=True, capture_output=True)
    run = mine.play("secrets.yml")
    refused(run, "notes.txt", "REDIS_PASSWORD")
    assert value not in run.output


def test_a_repository_that_git_does_not_trust_is_told_and_not_taken_for_none(mine):
    git = ["git", "-C", str(mine.inventory)]
    subprocess.run([*git, "init", "-q"], check=True)
    for path in (mine.inventory, mine.inventory / ".git"):
        os.chown(path, 65534, 65534)
    run = mine.play("secrets.yml")
    assert run.returncode == 0, run.output
    assert "safe.directory" in run.output


def refused(run, *texts):
    """Hold that the run failed in words."""
    assert run.returncode != 0, run.output
    assert "Traceback" not in run.output
    flat = re.sub(r"\s+", " ", run.output)
    assert [text for text in texts if text not in flat] == []


def test_without_a_vault_password(mine):
    before = files(mine)
    refused(mine.play("secrets.yml", password=False), "this run has no vault password", "ANSIBLE_VAULT_PASSWORD_FILE")
    assert files(mine) == before


@pytest.mark.parametrize("playbook", ["secrets.yml", "deploy.yml"])
@pytest.mark.parametrize("damage", ["half written", "other password"])
def test_a_vault_that_cannot_be_opened_is_named_and_nothing_is_started(mine, playbook, damage):
    mine.encrypt("sahool_secrets: {}\n")
    if damage == "half written":
        text = mine.vault.read_text()
        mine.vault.write_text(text[: len(text) // 2])
    else:
        mine.password_file.write_text("another one\n")
    before = files(mine)
    run = mine.play(playbook)
    words = "is another one, or the file is damaged"
    refused(run, f"{mine.vault} cannot be decrypted", words, "ansible-vault view")
    assert not re.search(r"^TASK \[", run.output, re.MULTILINE)
    assert files(mine) == before


def test_a_plain_file_in_its_place(mine):
    mine.vault.write_text("sahool_secrets:\n  POSTGRES_PASSWORD: hunter2IsNotShown\n")
    run = mine.play("secrets.yml")
    refused(run, f"{mine.vault} is not encrypted", f"ansible-vault encrypt {mine.vault}")
    assert "hunter2" not in run.output


def test_secrets_from_elsewhere_are_not_hidden(mine):
    main = mine.vault.with_name("main.yml")
    main.write_text(main.read_text() + "sahool_secrets: {POSTGRES_PASSWORD: hunter2IsNotShown}\n")
    run = mine.play("secrets.yml")
    refused(run, "lacks POSTGRES_PASSWORD, which the inventory has from elsewhere")
    assert not mine.vault.exists()
    assert "hunter2" not in run.output


@pytest.mark.parametrize(
    ("mode", "text"), [(0o644, "with mode 0644; expected 0600"), (None, "found no file"), (0o600, "REDIS_PASSWORD")]
)
def test_an_env_that_is_not_fit(mine, tmp_path, mode, text):
    env = tmp_path / "old.env"
    if mode is not None:
        env.write_text(ENV)
        env.chmod(mode)
    run = mine.play("secrets.yml", "-e", f"import={env}")
    refused(run, text, str(env) if mode != 0o600 else "change")
    assert not mine.vault.exists()
    assert OLD not in run.output and "change_this_secure" not in run.output
