# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal as people read it. Private to this collection; controller only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

HEADER = ("WHEN (UTC)", "SECONDS", "RESULT", "WHO", "WHAT", "FROM -> TO")
RIGHT = 1


def table(
    entries: Sequence[Mapping[str, Any]], torn: Sequence[Mapping[str, Any]], lock: Mapping[str, Any] | None
) -> str:
    """Return a line an entry, oldest first, with what else is known of it below, and who holds the lock.

    :param entries: as ``deployment_journal_info`` returns them.
    :param torn: the same.
    :param lock: result of ``deployment_lock`` in check mode; None says nothing of the lock.
    """
    rows = [HEADER, *(_row(entry) for entry in entries)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = [_line(HEADER, widths)] if entries else ["No deployment was recorded here yet."]
    for entry, row in zip(entries, rows[1:]):
        lines += [_line(row, widths), *(f"    {detail}" for detail in _details(entry))]
    lines += [f"Line {line['line']} holds no entry: {line['text']}" for line in torn]
    if lock is not None:
        lines.append(lock["note"] if lock["holder"] else "The lock is free.")
    return "\n".join(lines)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.rjust(width) if column == RIGHT else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths))
    ]
    return "  ".join(cells).rstrip()


def _row(entry: Mapping[str, Any]) -> tuple[str, ...]:
    begin, seconds = entry.get("begin") or entry.get("end") or "?", entry.get("seconds")
    who = f"{entry.get('user') or '?'}@{entry.get('controller') or '?'}"
    if entry.get("awx_job"):
        who += f" (AWX job {entry['awx_job']})"
    what = entry.get("playbook") or "?"
    # The command, where it is known, has them already.
    if entry.get("tags") and not any(option in what for option in (" --tags", " -t ")):
        what += f" [{', '.join(entry['tags'])}]"
    # Such a run has not asked, or could not write down, which release was there.
    nothing = "?" if entry.get("result") in ("interrupted", "refused", "removed") else "none"
    before, after = entry.get("from") or nothing, entry.get("to")
    return (
        begin.replace("T", " ").rstrip("Z"),
        "?" if seconds is None else f"{seconds:.1f}",
        str(entry.get("result") or "?"),
        who,
        what,
        f"{before} -> {after}" if after else before,
    )


def _details(entry: Mapping[str, Any]) -> list[str]:
    details = []
    phases = entry.get("phases") or []
    if phases:
        # The name of the one host says nothing.
        several = len({phase.get("host") for phase in phases}) > 1
        details.append("phases: " + ", ".join(_phase(phase, several) for phase in phases))
    for failure in entry.get("failed") or []:
        where = " ".join(filter(None, [failure.get("host"), failure.get("phase")]))
        services = ", ".join(failure.get("services") or [])
        details.append(
            "failed: " + ": ".join(filter(None, [where or failure.get("task"), services, failure.get("message")]))
        )
    if entry.get("found"):
        details.append(f"found: {entry['found']}")
    return details


def _phase(phase: Mapping[str, Any], several: bool) -> str:
    on = f" on {phase['host']}" if several and phase.get("host") else ""
    return f"{phase.get('phase')}{on} {phase.get('seconds', 0):.1f} s ({phase.get('touched', 0)} touched)"
