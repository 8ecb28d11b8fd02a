# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of an inventory as a page of text, frozen in golden/.

After a change that is meant: ``.venv/bin/python tests/integration/inventories/golden_summary.py``.
"""

from __future__ import annotations

import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from inventory_plan import HERE, INVENTORIES, Planned

GOLDEN = HERE / "golden"
TIERS = ("data_tier", "messaging_tier", "vector_tier", "ai_tier", "gateway_tier", "application_tier")


def summary(planned: Planned) -> str:
    """Return phases, waves and services of every host, and what is left out and why."""
    lines = [f"{planned.inventory}: {len(planned.services)} services on {len(planned.hosts)} hosts"]
    for host, plan in planned.hosts.items():
        lines += ["", host]
        for tier in TIERS:
            for phase, waves in plan["steps"].get(tier, {}).items():
                lines += [
                    f"  phase {phase}  {tier}  wave {number}: {' '.join(wave)}" for number, wave in enumerate(waves, 1)
                ]
    edges = next(iter(planned.hosts.values()))["soft_dependencies"]
    lines += ["", "does not block"]
    lines += [f"  {edge['service']} -> {edge['dependency']} (phase {edge['phase']})" for edge in edges]
    lines += ["", "left out"]
    lines += [f"  {name}: {reason}" for name, reason in planned.platform["left_out"].items()] or ["  nothing"]
    return "\n".join(lines) + "\n"


def golden_file(inventory: str) -> pathlib.Path:
    """Return where the frozen summary of *inventory* lies."""
    return GOLDEN / f"{inventory}.txt"


def main() -> None:
    """Freeze the summaries of all inventories as they are now."""
    for inventory in INVENTORIES:
        with tempfile.TemporaryDirectory() as folder:
            planned = Planned(inventory, pathlib.Path(folder))
            done = planned.play()
            if done.returncode != 0:
                sys.exit(done.output)
            golden_file(inventory).write_text(summary(planned), encoding="utf-8")


if __name__ == "__main__":
    main()
