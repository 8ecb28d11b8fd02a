# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What came out of one roll-out, in the few figures that the record keeps."""

from __future__ import annotations

from typing import Any


def summary(result: dict[str, Any], create_only: bool) -> dict[str, Any]:
    """Return figures of what ``service_rollout`` returned; a result without them, as of a crash, counts as nothing.

    :param create_only: whether containers were created only, which is starting and no gating.
    :returns: ``failed``; ``start`` and ``gate`` in seconds; ``services`` and ``touched``, names;
        ``slowest``, ``{service, seconds}`` or None.
    """
    services: dict[str, dict[str, Any]] = result.get("services") or {}
    waves: list[dict[str, Any]] = result.get("waves") or []
    start = sum(wave["start_seconds"] for wave in waves)
    seconds = {name: entry["seconds"] for name, entry in services.items() if entry.get("seconds")}
    slowest = max(seconds, key=lambda name: seconds[name], default=None)
    return {
        "failed": bool(result.get("failed")),
        "start": round(float(result.get("seconds", 0.0)) if create_only else start, 3),
        "gate": round(sum(wave["gate_seconds"] for wave in waves), 3),
        "services": list(services),
        "touched": [name for name, entry in services.items() if entry.get("action", "none") != "none"],
        "slowest": None if slowest is None else {"service": slowest, "seconds": seconds[slowest]},
    }
