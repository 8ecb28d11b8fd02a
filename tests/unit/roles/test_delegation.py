# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks that write the operator's own files on the controller do so as the operator."""

from __future__ import annotations

import pathlib

import pytest
import yaml

ROLES = pathlib.Path(__file__).resolve().parents[3] / "roles"


def tasks(content):
    """Give every task of *content*, those in blocks as well."""
    for task in content or []:
        yield task
        for part in ("block", "rescue", "always"):
            yield from tasks(task.get(part))


@pytest.mark.parametrize("path", sorted(ROLES.glob("*/tasks/*.yml")), ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_become_false_is_said_where_an_inventory_cannot_overrule_it(path):
    """The keyword gives way to an inventory's ansible_become, which staging and production have."""
    told = [task for task in tasks(yaml.safe_load(path.read_text(encoding="utf-8"))) if task.get("become") is False]
    assert [task["name"] for task in told if task.get("vars", {}).get("ansible_become") is not False] == []
