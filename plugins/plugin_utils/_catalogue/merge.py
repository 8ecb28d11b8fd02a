# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue, the services that an inventory adds and the fields that it overrides, made one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def plain(value: Any) -> Any:
    """Copy *value* with plain dictionaries and lists, so that nothing here changes the caller's variables."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


def merged_entry(entry: Any, override: Any) -> Any:
    """Lay *override* over *entry*: dictionaries merge key by key, lists and scalars replace, None deletes the key."""
    if not isinstance(override, Mapping):
        return plain(override)
    result = plain(entry) if isinstance(entry, Mapping) else {}
    for key, value in override.items():
        if value is None:
            result.pop(str(key), None)
        else:
            result[str(key)] = merged_entry(result.get(str(key)), value)
    return result


def merged_catalogue(
    catalogue: Mapping[str, Any], extra: Mapping[str, Any], overrides: Mapping[str, Any]
) -> dict[str, Any]:
    """Return every service that could run, in order: the catalogue's, then the added ones.

    Overrides of an unknown service are ignored here and reported by the validation.
    """
    result = plain(catalogue)
    result.update({name: plain(entry) for name, entry in extra.items() if name not in result})
    for name, override in overrides.items():
        if name in result and override is not None:
            result[name] = merged_entry(result[name], override)
    return result
