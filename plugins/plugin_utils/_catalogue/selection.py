# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which services run, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# 34 services reach the database through it only, in every environment.
MANDATORY = ("pgbouncer",)


def left_out(services: Mapping[str, Any], exclude: Iterable[str], optional: Iterable[str]) -> dict[str, str]:
    """Return the services that do not run, each with the reason as the operator reads it.

    :param optional: classes (gpu, demo, deprecated) or names of optional services that shall run.
    """
    excluded, chosen = set(exclude), set(optional)
    reasons = {}
    for name, entry in services.items():
        option = entry.get("optional") if isinstance(entry, Mapping) else None
        if name in excluded:
            reasons[name] = "named in sahool_services_exclude"
        elif isinstance(option, str) and option not in chosen and name not in chosen:
            reasons[name] = f"optional ({option}) and not in sahool_services_optional"
    return reasons
