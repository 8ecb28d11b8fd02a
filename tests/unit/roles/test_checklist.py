# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks that settle items of the deployment checklist name items that there are, and leave out none of the roll-out."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ITEMS = (Path(__file__).parent / "checklist_ids.txt").read_text(encoding="utf-8").split()
ID = re.compile(r"\b(?:PRE|DB|INF|SVC|POST|MON|RB|EM|DT|SO|QR)-\d+\.\d+[a-z]?\b")


def settled() -> set[str]:
    """Return the items that tasks and variables of roles name."""
    files = [*ROOT.glob("roles/*/tasks/*.yml"), *ROOT.glob("roles/*/vars/*.yml"), *ROOT.glob("playbooks/*.yml")]
    return {item for file in files for item in ID.findall(file.read_text(encoding="utf-8"))}


def test_every_item_that_a_task_names_is_in_the_checklist():
    assert settled() - set(ITEMS) == set()


def test_every_item_of_the_start_of_the_platform_is_settled_by_a_task():
    started = {item for item in ITEMS if item.startswith(("INF-", "SVC-"))}
    assert len(started) > 60
    assert started - settled() == set()
