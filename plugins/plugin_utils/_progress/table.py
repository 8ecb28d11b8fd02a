# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of phases at the end of a run."""

from __future__ import annotations

from typing import Any

HEADER = ("PHASE", "HOST", "QUEUE", "START", "GATE", "TOTAL", "SERVICES", "TOUCHED", "SLOWEST SERVICE")
FIGURES = range(2, 8)  # columns that are set flush right


def table(rows: list[dict[str, Any]]) -> str:
    """Return a line a phase and host, in the order in which they ended, times in seconds."""
    cells = [HEADER, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADER))]
    return "\n".join(_line(line, widths) for line in cells)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    slowest = row["slowest"]
    last = f"{slowest['service']} {slowest['seconds']:.1f} s" if slowest else "-"
    figures = [f"{row[name]:.1f} s" for name in ("queue", "start", "gate", "total")]
    counts = [str(len(row[name])) for name in ("services", "touched")]
    return (row["phase"], row["host"], *figures, *counts, f"{last}, failed" if row["failed"] else last)


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    placed = [
        cell.rjust(width) if column in FIGURES else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths))
    ]
    return "  ".join(placed).rstrip()
