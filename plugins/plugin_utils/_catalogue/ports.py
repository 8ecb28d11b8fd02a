# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host ports: those that the checklist names, and those that are given to the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# The checklist names ports up to 8114 for applications; the rest follow in its order.
FIRST_ASSIGNED = 8115
MAIN = "main"

Slot = tuple[str, str]


def ports(catalogue: Mapping[str, Any], merged: Mapping[str, Any], offset: int = 0) -> dict[Slot, int]:
    """Return the host port of every ``(service, port name)``; the main port is called ``main``.

    Ports are given out over the whole catalogue as it is shipped, before the inventory's changes, so that neither
    leaving a service out nor changing one ever shifts the port of another. What an inventory adds comes after.

    :param catalogue: as shipped.
    :param merged: with the inventory's additions and overrides, nothing left out.
    :param offset: added to every port.
    """
    shipped = _assigned(_slots(catalogue), {})
    given = {slot for slot, number in _slots(catalogue) if number is None}
    wanted = [(slot, shipped[slot] if number is None and slot in given else number) for slot, number in _slots(merged)]
    result = _assigned(wanted, shipped)
    return {slot: port + offset for slot, port in result.items()}


def _slots(services: Mapping[str, Any]) -> Iterator[tuple[Slot, int | None]]:
    """Yield every published port with its number, None where one must be given."""
    for name, entry in services.items():
        if not isinstance(entry, Mapping):
            continue
        if entry.get("container_port") is not None:
            yield (name, MAIN), _number(entry.get("port"))
        extra = entry.get("extra_ports")
        for port_name, port in (extra if isinstance(extra, Mapping) else {}).items():
            yield (name, port_name), _number(port.get("port") if isinstance(port, Mapping) else None)


def _assigned(slots: Iterable[tuple[Slot, int | None]], reserved: Mapping[Slot, int]) -> dict[Slot, int]:
    """Give the next free number from :data:`FIRST_ASSIGNED` on to every slot without one."""
    wanted = dict(slots)
    taken = {port for port in wanted.values() if port is not None} | set(reserved.values())
    result = {}
    following = FIRST_ASSIGNED
    for slot, port in wanted.items():
        if port is None:
            while following in taken:
                following += 1
            port = following
            taken.add(port)
        result[slot] = port
    return result


def _number(value: Any) -> int | None:
    """Return *value* if it is a number; anything else is reported by the validation."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
