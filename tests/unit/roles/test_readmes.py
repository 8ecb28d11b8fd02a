# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A role's README, its argument_specs.yml and its defaults say the same."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

ROLES = pathlib.Path(__file__).resolve().parents[3] / "roles"
NAMES = sorted(path.name for path in ROLES.iterdir() if path.is_dir())


def entry_points(role: str) -> dict[str, dict[str, Any]]:
    """Return the argument specs of *role* by entry point."""
    text = (ROLES / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["argument_specs"]


def options(role: str) -> dict[str, dict[str, Any]]:
    """Return the options of all entry points of *role* by name."""
    return {name: option for spec in entry_points(role).values() for name, option in spec.get("options", {}).items()}


def names_in(spec: dict[str, Any]) -> Iterator[str]:
    """Give the names of the options of *spec* and of the options in them."""
    for name, option in spec.get("options", {}).items():
        yield name
        yield from names_in(option)


def defaults(role: str) -> dict[str, Any]:
    """Return the public variables of defaults/main.yml, or of all files of defaults/main."""
    folder = ROLES / role / "defaults"
    found: dict[str, Any] = {}
    for path in sorted([*folder.glob("main*.yml"), *folder.glob("main/*.yml")]):
        found.update(yaml.safe_load(path.read_text(encoding="utf-8")))
    return {name: value for name, value in found.items() if not name.startswith("__")}


def is_literal(value: Any) -> bool:
    """Whether *value* is what it says, without Jinja in it."""
    return not re.search(r"\{\{|\{%", yaml.safe_dump(value))


def test_the_roles_are_found():
    assert {"catalogue", "data_tier", "application_tier", "destroy"} <= set(NAMES)
    assert len(defaults("catalogue")) > len(defaults("release")) > 0


def inputs(role: str) -> dict[str, list[str]]:
    """Return the cells of the tables below "Inputs" in the README of *role*, by the name in the first cell."""
    text = (ROLES / role / "README.md").read_text(encoding="utf-8")
    section = text.partition("\n## Inputs\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return {cells[0].strip("`"): cells for cells in rows}


@pytest.mark.parametrize("role", NAMES)
def test_the_readme_has_exactly_the_options_of_all_entry_points(role):
    assert set(inputs(role)) == {name for spec in entry_points(role).values() for name in names_in(spec)}


@pytest.mark.parametrize("role", NAMES)
def test_the_readme_names_the_entry_points(role):
    text = (ROLES / role / "README.md").read_text(encoding="utf-8")
    section = text.partition("\n## Entry points\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE)) == set(entry_points(role))


@pytest.mark.parametrize("role", NAMES)
def test_the_readme_says_what_is_required_and_the_plain_defaults(role):
    rows, given = inputs(role), defaults(role)
    for name, option in options(role).items():
        stated = rows[name][2]
        assert (stated == "required") == bool(option.get("required")), name
        if isinstance(given.get(name), (int, str)) and given[name] != "" and is_literal(given[name]):
            assert stated == f"`{str(given[name]).lower() if isinstance(given[name], bool) else given[name]}`", name


@pytest.mark.parametrize("role", NAMES)
def test_every_variable_of_the_defaults_is_specified(role):
    assert sorted(set(defaults(role)) - set(options(role))) == []


@pytest.mark.parametrize("role", NAMES)
def test_every_option_has_a_default_or_is_required(role):
    own = {name: option for name, option in options(role).items() if name.startswith(f"{role}_")}
    given = defaults(role)
    assert [name for name, option in own.items() if name not in given and not option.get("required")] == []
    assert [name for name, option in own.items() if name in given and option.get("required")] == []


@pytest.mark.parametrize("role", NAMES)
def test_the_defaults_of_both_are_equal(role):
    given = defaults(role)
    both = {name: option["default"] for name, option in options(role).items() if "default" in option and name in given}
    assert {name: value for name, value in both.items() if is_literal(given[name]) and given[name] != value} == {}


@pytest.mark.parametrize("role", NAMES)
def test_entry_points_are_files_of_tasks(role):
    for name, spec in entry_points(role).items():
        assert (ROLES / role / "tasks" / f"{name}.yml").is_file()
        assert spec["short_description"] and spec["description"]
