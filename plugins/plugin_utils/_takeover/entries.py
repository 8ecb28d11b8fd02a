# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was adopted, laid over the catalogue's entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.merge import merged_entry, plain


def with_adopted(
    services: Mapping[str, Mapping[str, Any]], adopted: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return *services* with the volumes, variables and arguments that *adopted* names.

    A volume that the inventory names itself is the inventory's wish and stays.
    """
    result = {name: plain(entry) for name, entry in services.items()}
    for name, record in adopted.items():
        if name not in result:
            continue
        entry = result[name]
        names = {
            key: {"name": volume}
            for key, volume in record["volumes"].items()
            if key in entry["volumes"] and not entry["volumes"][key].get("name")
        }
        if not names:
            continue
        result[name] = merged_entry(entry, {"volumes": names, "environment": record["environment"]})
        result[name]["command"] = [*(entry["command"] or []), *record["arguments"]] or entry["command"]
    return result


def versions(adopted: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return image source and major version of what wrote the adopted data, by service."""
    return {name: {"source": record["source"], "major": record["major"]} for name, record in adopted.items()}
