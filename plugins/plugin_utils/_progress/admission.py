# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which events may enter the record: known kinds with known fields, names of known services, and no secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

LONGEST = 200  # characters of one text

# Kind of event to its fields. These are the module's own words, see its option `progress`.
FIELDS = {
    "begin": {"total": int},
    "wave": {"number": int, "of": int, "services": list, "touched": list},
    "ready": {"service": str, "seconds": float, "ready": int, "total": int},
    "crash": {"service": str, "what": str},
    "end": {"ready": int, "total": int},
}


class Admission:
    """Passes on of an event what may be kept and shown.

    :param services: names that an event may speak of.
    :param redact: takes secrets out of a text.
    """

    def __init__(self, services: Iterable[str], redact: Callable[[str], str]) -> None:
        self._services = set(services)
        self._redact = redact

    def __call__(self, event: dict[str, Any]) -> dict[str, Any] | None:
        """Return the event with its known fields, or None if it is of no known kind or lacks a field."""
        kind = event.get("event")
        fields = FIELDS.get(kind) if isinstance(kind, str) else None
        if fields is None:
            return None
        kept: dict[str, Any] = {"event": kind}
        for name, type_ in fields.items():
            value = self._field(name, type_, event.get(name))
            if value is None:
                return None
            kept[name] = value
        return kept

    def _field(self, name: str, type_: type, value: Any) -> Any:
        if type_ is list:
            return [item for item in value if self._is_service(item)] if isinstance(value, list) else None
        if name == "service":
            return value if self._is_service(value) else None
        if type_ is str:
            return printable(self._redact(value)) if isinstance(value, str) else None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        return type_(value)

    def _is_service(self, name: Any) -> bool:
        return isinstance(name, str) and name in self._services


def printable(text: str) -> str:
    """Return the first line of *text*, without what a terminal would take for a command, and not too long."""
    line = "".join(char for char in text.strip().split("\n", 1)[0] if char.isprintable())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."
