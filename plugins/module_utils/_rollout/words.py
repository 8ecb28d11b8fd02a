# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers of the engine in the words of an operator."""

from __future__ import annotations

import signal

# What a shell or the engine means by these; https://docs.docker.com/engine/containers/run/#exit-status
_MEANINGS = {125: "the engine failed", 126: "the command cannot be executed", 127: "the command was not found"}


def out_of_memory(limit: int) -> str:
    """What it means to be killed for lack of memory, with a limit in bytes, 0 for none."""
    if limit:
        return "killed for lack of memory, limit %s" % memory(limit)
    return "killed for lack of memory; it has no limit, so that the host has none left"


def memory(limit: int) -> str:
    """Bytes in the largest unit that fits."""
    for size, unit in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if limit >= size:
            return "%s %s" % (("%.1f" % (limit / size)).removesuffix(".0"), unit)
    return "%d B" % limit


def signal_of(exit_code: int) -> str:
    """What an exit code means, in brackets, or nothing."""
    meaning = _MEANINGS.get(exit_code)
    if meaning is None and exit_code > 128:
        try:
            meaning = signal.Signals(exit_code - 128).name
        except ValueError:
            return ""
    return " (%s)" % meaning if meaning else ""
