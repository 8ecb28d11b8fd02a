# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every playbook with every inventory, from the checkout and from elsewhere, and what tags leave of a deployment."""

from __future__ import annotations

import pathlib
import re
from typing import Any

import pytest
import yaml
from inventory_plan import INVENTORIES, PLAYBOOKS, ROOT, ansible_playbook

EVERY_PLAYBOOK = sorted(PLAYBOOKS.glob("*.yml"))
PHASES_IN_ORDER = [
    "Phase 1 - data",
    "Phase 1 - messaging",
    "Phase 1 - vector stores",
    "Phase 1 - AI",
    "Phase 2 - gateway",
    "Phases 3 to 9 - applications",
]


@pytest.mark.parametrize("cwd", [ROOT, pathlib.Path("/")], ids=["checkout", "elsewhere"])
@pytest.mark.parametrize("inventory", INVENTORIES)
def test_every_playbook_can_be_read(inventory, cwd):
    assert {"deploy.yml", "destroy.yml", "host.yml", "images.yml"} <= {path.name for path in EVERY_PLAYBOOK}
    first, *rest = EVERY_PLAYBOOK
    # One process for all of them; it stops at the first that cannot be read, and names it.
    done = ansible_playbook(
        first, ROOT / "inventories" / inventory, *[str(path) for path in rest], "--syntax-check", cwd=cwd
    )
    assert done.returncode == 0, done.output
    assert re.findall(r"^playbook: (.*)$", done.output, re.MULTILINE) == [str(path) for path in EVERY_PLAYBOOK]
    assert "WARNING" not in done.output


def tasks(*arguments: str) -> list[str]:
    done = ansible_playbook(PLAYBOOKS / "deploy.yml", ROOT / "inventories/production", "--list-tasks", *arguments)
    assert done.returncode == 0, done.output
    return [
        line.strip().partition("\tTAGS")[0]
        for line in done.output.splitlines()
        if line.startswith(("  play #", "      "))
    ]


def roll_out() -> list[dict[str, Any]]:
    """Return the tasks that deploy.yml includes where there is something to do, those of blocks in their place."""
    text = (PLAYBOOKS / "tasks/roll_out.yml").read_text(encoding="utf-8")
    outer = yaml.safe_load(text)
    return [task for entry in outer for task in (entry, *entry.get("block", []))]


def test_the_phases_stand_in_the_order_of_the_checklist():
    names = [task["name"] for task in roll_out()]
    assert [name for name in names if name in PHASES_IN_ORDER] == PHASES_IN_ORDER
    phases = [
        task["vars"]["application_tier_phase"]
        for task in roll_out()
        if "application_tier_phase" in str(task.get("vars"))
    ]
    assert phases == [3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize("tag", ["data_tier", "rollout", "verify"])
def test_a_part_of_the_deployment_still_validates_and_plans(tag):
    chosen = tasks("--tags", tag)
    for needed in (
        "sahool.platform.catalogue : Check the catalogue and what the inventory makes of it",
        "sahool.platform.deployment : Take the lock",
        "sahool.platform.release : Render the configuration of the services and make the plan of this host",
        "sahool.platform.release : Compare the plan with what runs",
        "Carry the plan out",
    ):
        assert needed in chosen


def test_a_part_of_the_deployment_records_no_release():
    (record,) = [task for task in roll_out() if task["name"] == "Record the release"]
    assert "tags" not in record


def test_the_tags_are_those_of_the_parts():
    done = ansible_playbook(PLAYBOOKS / "deploy.yml", ROOT / "inventories/local", "--list-tags")
    found = {tag.strip() for match in re.findall(r"TAGS: \[(.*?)\]", done.output) for tag in match.split(",")}
    assert {"always", "images", "host", "verify", "release"} <= found
    tiers = ["data_tier", "messaging_tier", "vector_tier", "ai_tier", "gateway_tier", "application_tier"]
    chosen = [task["tags"][0] for task in roll_out() if task["name"] in PHASES_IN_ORDER]
    assert chosen == tiers
