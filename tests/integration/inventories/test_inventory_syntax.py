# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every playbook with every inventory, from the checkout and from elsewhere, and what tags leave of a deployment."""

from __future__ import annotations

import json
import pathlib
import re

import pytest
from inventory_plan import INVENTORIES, NO_HOST, PLAYBOOKS, ROOT, ansible_playbook

EVERY_PLAYBOOK = sorted(PLAYBOOKS.glob("*.yml"))
PHASES_IN_ORDER = [
    "Phase 1 - data",
    "Phase 1 - messaging",
    "Phase 1 - vector stores",
    "Phase 1 - AI",
    "Phase 2 - gateway",
    "Phases 3 to 9 - applications",
    "Verify and record",
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


def test_the_phases_stand_in_the_order_of_the_checklist():
    plays = [match.group(1) for line in tasks() if (match := re.match(r"play #\d+ \([^)]*\): (.*)", line))]
    assert plays[-len(PHASES_IN_ORDER) :] == PHASES_IN_ORDER


@pytest.mark.parametrize("tag", ["data_tier", "rollout", "verify"])
def test_a_part_of_the_deployment_still_validates_and_plans(tag):
    chosen = tasks("--tags", tag)
    plan = "sahool.platform.release : Render the configuration of the services and make the plan of this host"
    for needed in (
        "sahool.platform.catalogue : Check the catalogue and what the inventory makes of it",
        "sahool.platform.release : Compare the plan with what runs",
        plan,
    ):
        assert needed in chosen
    assert ("sahool.platform.data_tier : Bring up the data tier" in chosen) == (tag != "verify")
    # A part is no release.
    assert "sahool.platform.release : Name the release" not in chosen


def test_the_tags_are_those_of_the_parts():
    done = ansible_playbook(PLAYBOOKS / "deploy.yml", ROOT / "inventories/local", "--list-tags")
    found = {tag.strip() for match in re.findall(r"TAGS: \[(.*?)\]", done.output) for tag in match.split(",")}
    tiers = {"data_tier", "messaging_tier", "vector_tier", "ai_tier", "gateway_tier", "application_tier"}
    assert tiers | {"always", "rollout", "images", "host", "verify", "release"} <= found


def test_starting_in_the_middle_starts_nothing_and_says_what_is_missing(tmp_path):
    values = {**NO_HOST, "sahool_project": "t-inventories-middle", "sahool_home": str(tmp_path / "home")}
    done = ansible_playbook(
        PLAYBOOKS / "deploy.yml",
        ROOT / "inventories/local",
        "--start-at-task",
        "Bring up the data tier",
        "-e",
        json.dumps(values),
    )
    assert done.returncode != 0
    assert "There is no plan yet; run deploy.yml from its start, or with --tags data_tier." in done.output
    assert "changed=0" in done.output
    assert not (tmp_path / "home").exists()
