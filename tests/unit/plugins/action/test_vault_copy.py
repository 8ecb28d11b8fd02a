# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An encrypted copy: written when it differs, proved every time."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "plugin_utils" / "vault"))

from vaults import cipher

from ansible_collections.sahool.platform.plugins.action.vault_copy import keep
from ansible_collections.sahool.platform.plugins.plugin_utils._vault.cipher import CipherError

TEXT = "POSTGRES_PASSWORD='s3cretValue'\n"
ONE = cipher(default="one")


def test_check_write_keep_and_write_anew(tmp_path):
    path = tmp_path / "copies" / "env.vault"
    assert keep(str(path), TEXT, ONE, check=True)
    assert not path.parent.exists()
    assert keep(str(path), TEXT, ONE, check=False)
    first = path.read_text()
    assert ONE.decrypt(first) == TEXT
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
    assert not keep(str(path), TEXT, ONE, check=False)
    assert path.read_text() == first
    assert keep(str(path), "other\n", ONE, check=True)
    assert path.read_text() == first
    assert keep(str(path), "other\n", ONE, check=False)
    assert ONE.decrypt(path.read_text()) == "other\n"


@pytest.mark.parametrize(
    ("content", "part"),
    [(TEXT, "is not encrypted"), (cipher(default="two").encrypt(TEXT), "cannot be decrypted")],
)
def test_what_this_run_cannot_open_stays(tmp_path, content, part):
    path = tmp_path / "env.vault"
    path.write_text(content)
    with pytest.raises(CipherError, match=part):
        keep(str(path), "other\n", ONE, check=False)
    assert path.read_text() == content


def test_a_disk_that_gives_something_else_back_is_noticed(tmp_path, monkeypatch):
    other = ONE.encrypt("other\n")
    monkeypatch.setattr(
        "ansible_collections.sahool.platform.plugins.action.vault_copy.replace_text",
        lambda path, _text: Path(path).write_text(other),
    )
    with pytest.raises(CipherError, match="does not hold what was written"):
        keep(str(tmp_path / "env.vault"), TEXT, ONE, check=False)
