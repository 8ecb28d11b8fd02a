# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries with every key of the schema filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.merge import plain
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.ports import MAIN, Slot
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.schema import ENTRY, Field

# The images differ in what they hold; the first that is there asks.
HTTP_CHECK = (
    "if command -v wget >/dev/null; then wget -q -T 5 -O /dev/null {url}; "
    "elif command -v curl >/dev/null; then curl -fsS -m 5 -o /dev/null {url}; "
    "elif command -v python3 >/dev/null; then "
    "python3 -c \"import urllib.request as r; r.build_opener().open('{url}', timeout=5)\"; "
    "else node -e \"fetch('{url}').then(a => process.exit(a.ok ? 0 : 1), () => process.exit(1))\"; fi"
)


def complete_entry(
    name: str,
    entry: Mapping[str, Any],
    *,
    ports: Mapping[Slot, int],
    registry: str,
    version: str,
    environment_sets: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    """Return *entry* with every key of the schema, its host ports and its registry image.

    :param entry: valid by the schema.
    :param environment_sets: name of a set to its variables; the sets of the entry are merged in order, below its own.
    :returns: the entry; ``registry_image`` is ``repository:tag`` (or ``repository@sha256:…``).
    """
    result = {key: _filled(field, entry.get(key)) for key, field in ENTRY.items()}
    result["name"] = name
    result["port"] = ports.get((name, MAIN))
    for port_name, extra in result["extra_ports"].items():
        extra["port"] = ports[(name, port_name)]
    result["environment"] = merged_environment(result, environment_sets)
    result["image"] = result["image"] or f"{registry}/{name}"
    result["tag"] = result["tag"] or version
    result["registry_image"] = registry_image(result["image"], result["tag"])
    # Compose runs an exited one-shot again when its policy is anything but "no". `unless-stopped` is not enough for the
    # others: a dockerd that was killed stops what still runs when it starts again, and takes its own stop for a user's.
    result["restart"] = result["restart"] or ("no" if result["one_shot"] else "always")
    probed = result["container_port"] or result["extra_ports"] or result["probe_service"]
    result["protocol"] = result["protocol"] or ("http" if probed else None)
    if not result["identity"].get("field") and result["protocol"] != "http" and result["container_port"]:
        # These protocols name no service, so the container that owns the port is what can be checked.
        result["identity"]["container"] = True
    result["healthcheck"] = result["healthcheck"] or _http_healthcheck(result)
    return result


def merged_environment(entry: Mapping[str, Any], environment_sets: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the variables of the entry's sets, in order, and its own above them."""
    merged: dict[str, str] = {}
    for name in entry.get("environment_sets") or []:
        merged.update(environment_sets.get(name, {}))
    merged.update(entry.get("environment") or {})
    return merged


def registry_image(image: str, tag: str) -> str:
    """Join repository and tag; a bare digest takes ``@`` (https://distribution.github.io/distribution/spec/api/)."""
    return f"{image}@{tag}" if tag.startswith("sha256:") else f"{image}:{tag}"


def _filled(field: Field, value: Any) -> Any:
    """Return *value* with the defaults of *field* and of everything below it."""
    if value is None:
        value = plain(field.default)
    if "record" in field.kinds and isinstance(value, Mapping):
        keys = {key: below for key, below in field.keys.items() if key in value or not field.sparse}
        return {**value, **{key: _filled(below, value.get(key)) for key, below in keys.items()}}
    if "mapping" in field.kinds and field.each and isinstance(value, Mapping):
        return {key: _filled(field.each, one) for key, one in value.items()}
    return plain(value)


def _http_healthcheck(entry: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the engine's own check of an application: for supervision, never for the pace of a deployment."""
    if entry["tier"] != "application_tier" or entry["protocol"] != "http" or not entry["container_port"]:
        return None
    url = f"http://127.0.0.1:{entry['container_port']}{entry['health_path']}"
    # Every run of it costs the engine about 0.2 CPU seconds; forty of them twice a minute were a third of a core.
    interval = max(60, entry["min_probe_interval"] or 0)
    return {
        "test": ["CMD-SHELL", HTTP_CHECK.format(url=url)],
        "interval": interval,
        "timeout": 10,
        "retries": 3,
        "start_period": 30,
    }
