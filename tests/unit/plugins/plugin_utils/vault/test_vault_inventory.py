# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Vaults beside an inventory that a run cannot open are named."""

from __future__ import annotations

import pytest
from vaults import cipher

from ansible_collections.sahool.platform.plugins.plugin_utils._vault.inventory import undecipherable

ONE, TWO = cipher(default="one"), cipher(default="two")


@pytest.fixture
def inventory(tmp_path):
    """Return an inventory with a plain file, a vault of the first password and one of the second."""
    for name, text in {
        "hosts.yml": "all: {}\n",
        "group_vars/all/main.yml": "a: 1\n",
        "group_vars/all/secrets.yml": ONE.encrypt("b: 2\n"),
        "host_vars/db.yml": TWO.encrypt("c: 3\n"),
        "group_vars/all/logo.png": "",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "group_vars/all/logo.png").write_bytes(b"\xff\xfe")
    return tmp_path


@pytest.mark.parametrize("source", ["", "hosts.yml"])
def test_each_that_does_not_open_is_named(inventory, source):
    path = str(inventory / source)
    (line,) = undecipherable([path, path], ONE)
    assert line.startswith(f"{inventory}/host_vars/db.yml cannot be decrypted")
    assert [line.split()[0] for line in undecipherable([path], cipher())] == [
        f"{inventory}/group_vars/all/secrets.yml",
        f"{inventory}/host_vars/db.yml",
    ]


def test_where_all_open_and_where_there_are_none_nothing_is_said(inventory, tmp_path):
    assert undecipherable([str(inventory)], cipher(default="one", other="two")) == []
    assert undecipherable(["localhost,", str(tmp_path / "none" / "hosts.yml")], ONE) == []
