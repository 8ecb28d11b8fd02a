# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in a vault-encrypted file of an inventory, with the ledger beside it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "plugin_utils" / "vault"))

from vaults import cipher

from ansible_collections.sahool.platform.plugins.module_utils._secrets import ledger
from ansible_collections.sahool.platform.plugins.module_utils._secrets.provide import OPTIONS, ProvideError, perform

ONE = cipher(default="one")
NAMES = ["SAHOOL_DIGEST_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"]
KNOWN = "KnownValue1234567890"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "group_vars" / "all" / "secrets.yml"


def provide(path, *, check=False, by=ONE, **options):
    defaults = {name: option.get("default") for name, option in OPTIONS.items()}
    given = {"path": str(path), "names": NAMES, "vault": True, "variable": "sahool_secrets"}
    dated = {"ledger": str(path.with_name("secrets_created.yml")), "ledger_key": "SAHOOL_DIGEST_KEY"}
    return perform({**defaults, **given, **dated, **options}, check, by)


def content(path, by=ONE):
    return yaml.safe_load(by.decrypt(path.read_text()))


def write(path, text, by=ONE):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(by.encrypt(text))


def test_check_generate_and_keep(path):
    assert provide(path, check=True)["generated"] == NAMES
    assert not path.parent.exists()
    first = provide(path)
    assert first["changed"]
    assert content(path) == {"sahool_secrets": first["secrets"]}
    assert all(first["created"].values())
    before = path.read_text()
    again = provide(path)
    assert (again["changed"], again["secrets"], again["created"]) == (False, first["secrets"], first["created"])
    assert path.read_text() == before


def test_what_else_the_file_has_stays_and_imported_values_have_no_date(path):
    write(path, f"---\n# ours\nother: 1\nsahool_secrets:\n  REDIS_PASSWORD: {KNOWN}  # old\nlast: 2\n")
    result = provide(path, known={"POSTGRES_PASSWORD": KNOWN + "x"}, held=["REDIS_PASSWORD"])
    text = ONE.decrypt(path.read_text())
    assert text.startswith(f"---\n# ours\nother: 1\nsahool_secrets:\n  REDIS_PASSWORD: {KNOWN}  # old\n")
    assert text.endswith("\nlast: 2\n")
    assert content(path)["sahool_secrets"] == result["secrets"]
    assert {name for name, day in result["created"].items() if day} == {"SAHOOL_DIGEST_KEY"}


def test_a_value_that_was_replaced_by_hand_gets_a_new_date(path):
    provide(path, known={"POSTGRES_PASSWORD": KNOWN})
    values = content(path)["sahool_secrets"] | {"POSTGRES_PASSWORD": "ByHand1234567890123"}
    write(path, yaml.safe_dump({"sahool_secrets": values}))
    assert provide(path, check=True)["changed"]
    result = provide(path)
    assert result["changed"] and not result["generated"]
    assert result["created"]["POSTGRES_PASSWORD"]
    assert not provide(path)["changed"]


def test_values_that_come_from_elsewhere_are_not_hidden_by_a_second_source(path):
    with pytest.raises(ProvideError, match="lacks POSTGRES_PASSWORD, which the inventory has from elsewhere"):
        provide(path, held=["POSTGRES_PASSWORD"])
    assert not path.exists()


def test_a_file_that_is_not_encrypted_is_refused(path):
    path.parent.mkdir(parents=True)
    path.write_text(f"sahool_secrets:\n  REDIS_PASSWORD: {KNOWN}\n")
    with pytest.raises(ProvideError, match=f"ansible-vault encrypt {path}") as refusal:
        provide(path)
    assert KNOWN not in str(refusal.value)


@pytest.mark.parametrize("damage", [lambda text: text[: len(text) // 2], lambda text: text[:-9] + "12345678\n"])
def test_a_file_that_was_half_written_is_refused_and_stays(path, damage):
    provide(path)
    path.write_text(damage(path.read_text()))
    before = path.read_text()
    with pytest.raises(ProvideError, match=f"{path} cannot be decrypted: .*half written"):
        provide(path, generate=True)
    assert path.read_text() == before


def test_another_password_and_none_at_all(path):
    provide(path)
    with pytest.raises(ProvideError, match="the vault password of this run is another one"):
        provide(path, by=cipher(default="two"))
    with pytest.raises(ProvideError, match="this run has no vault password"):
        provide(path, by=cipher())
    with pytest.raises(ProvideError, match="is vault-encrypted, expected a plain file"):
        provide(path, by=None)


def test_a_ledger_that_cannot_be_read_stops_before_anything_is_written(path):
    path.parent.mkdir(parents=True)
    path.with_name("secrets_created.yml").write_text("a: [\n")
    with pytest.raises(ProvideError, match=r"secrets_created\.yml is no YAML"):
        provide(path)
    assert os.listdir(path.parent) == ["secrets_created.yml"]


def test_the_ledger_holds_no_value(path):
    result = provide(path)
    text = path.with_name("secrets_created.yml").read_text()
    assert not [name for name, value in result["secrets"].items() if value in text]
    assert set(ledger.read(str(path.with_name("secrets_created.yml")))) == set(NAMES)
