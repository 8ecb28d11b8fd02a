# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/ports.md is frozen: a change that moves a port is seen here first."""

from __future__ import annotations

import importlib.util
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[4]


@pytest.fixture(name="generator")
def fixture_generator():
    """Return the generator as a module."""
    specification = importlib.util.spec_from_file_location("generate_ports", ROOT / "docs" / "generate_ports.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_stored_table_is_what_the_catalogue_says(generator):
    assert (ROOT / "docs" / "ports.md").read_text(encoding="utf-8") == generator.table()


def test_check_tells_a_table_that_is_out_of_date(generator, tmp_path, monkeypatch, capsys):
    stored = tmp_path / "ports.md"
    monkeypatch.setattr(generator, "TABLE", stored)

    assert generator.main([]) == 0
    assert generator.main(["--check"]) == 0
    stored.write_text(stored.read_text(encoding="utf-8").replace("| 8100 |", "| 8101 |"), encoding="utf-8")
    assert generator.main(["--check"]) == 1
    assert "generate_ports.py" in capsys.readouterr().out
