# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plans of the shipped inventories, each made once."""

from __future__ import annotations

import pytest
from inventory_plan import INVENTORIES, Planned


@pytest.fixture(scope="session")
def plan_of(tmp_path_factory):
    """Return a function that plans one of the inventories once for all tests, as talkative as Ansible can be."""
    made: dict[str, Planned] = {}

    def plan(inventory: str) -> Planned:
        if inventory not in made:
            planned = Planned(inventory, tmp_path_factory.mktemp(inventory))
            done = planned.play("-vvv")
            assert done.returncode == 0, done.output
            made[inventory] = planned
        return made[inventory]

    return plan


@pytest.fixture(params=INVENTORIES)
def planned(request, plan_of):
    """Return the plan of each of the inventories in turn."""
    return plan_of(request.param)
