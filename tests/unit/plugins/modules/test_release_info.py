# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module release_info, run as a process on real folders."""

from __future__ import annotations

import pytest
from module_process import run_module


@pytest.mark.parametrize("check", [False, True])
def test_it_reads_and_changes_nothing(tmp_path, check):
    (tmp_path / "releases" / "r1").mkdir(parents=True)
    (tmp_path / "releases" / "r1" / "manifest.json").write_text('{"project": "sahool"}', encoding="utf-8")
    (tmp_path / "current").symlink_to("releases/r1")
    before = sorted(tmp_path.rglob("*"))

    result = run_module("release_info", {"home": str(tmp_path)}, check=check)

    assert (result["changed"], result["current"], result["previous"]) == (False, "r1", None)
    assert (result["manifest"], result["recorded"]) == ({"project": "sahool"}, {})
    assert sorted(tmp_path.rglob("*")) == before


def test_it_fails_with_one_sentence(tmp_path):
    (tmp_path / "current").mkdir()
    result = run_module("release_info", {"home": str(tmp_path)})
    assert result["failed"]
    assert result["msg"].startswith(f"{tmp_path}/current should be a symbolic link to a release and is not")
    assert "Traceback" not in result["output"]
