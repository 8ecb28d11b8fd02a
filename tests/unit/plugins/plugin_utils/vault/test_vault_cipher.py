# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encrypting with the vault passwords of a run."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest
from vaults import cipher

from ansible_collections.sahool.platform.plugins.plugin_utils._vault.cipher import CipherError

TEXT = "sahool_secrets:\n  POSTGRES_PASSWORD: s3cretValue\n"
ANSIBLE_VAULT = str(pathlib.Path(sys.executable).with_name("ansible-vault"))


def test_ansible_vault_opens_it(tmp_path):
    (tmp_path / "password").write_text("one\n")
    (tmp_path / "file").write_text(cipher(default="one").encrypt(TEXT))
    said = subprocess.run(
        [ANSIBLE_VAULT, "view", "--vault-password-file", str(tmp_path / "password"), str(tmp_path / "file")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.stdout == TEXT, said.stderr


def test_it_comes_back_with_any_password_of_the_run():
    sealed = cipher(default="one").encrypt(TEXT)
    assert "s3cretValue" not in sealed
    assert cipher(other="two", default="one").decrypt(sealed) == TEXT


def test_the_vault_id_of_a_file_is_kept():
    run = cipher(first="one", second="two")
    before = cipher(second="two").encrypt("x: 1\n")
    assert before.startswith("$ANSIBLE_VAULT;1.2;AES256;second\n")
    assert run.encrypt(TEXT, before).startswith("$ANSIBLE_VAULT;1.2;AES256;second\n")
    assert run.encrypt(TEXT).startswith("$ANSIBLE_VAULT;1.2;AES256;first\n")


def test_without_a_password_nothing_is_done_and_the_ways_to_give_one_are_told():
    sealed = cipher(default="one").encrypt(TEXT)
    for act in (lambda: cipher().encrypt(TEXT), lambda: cipher().decrypt(sealed)):
        with pytest.raises(CipherError, match="ANSIBLE_VAULT_PASSWORD_FILE"):
            act()


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.99])
def test_a_text_that_was_cut_off_is_told(part):
    sealed = cipher(default="one").encrypt(TEXT)
    with pytest.raises(CipherError, match="half written"):
        cipher(default="one").decrypt(sealed[: int(len(sealed) * part)])


def test_another_password_is_told():
    with pytest.raises(CipherError, match="the vault password of this run is another one"):
        cipher(default="two").decrypt(cipher(default="one").encrypt(TEXT))
