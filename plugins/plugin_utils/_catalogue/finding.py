# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check found wrong."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

# Stands in place of a service where a finding is about the platform as a whole.
PLATFORM = "platform"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and what to do about it.

    :param service: the service, or :data:`PLATFORM`.
    :param field: dotted path below the service's entry, or the variable of the inventory.
    :param found: what stands there; never the value of an environment variable or a credential.
    :param expected: what may stand there.
    :param fix: what the operator does next, as an imperative.
    """

    service: str
    field: str
    found: str
    expected: str
    fix: str

    @property
    def message(self) -> str:
        """Return the finding as one line."""
        return f"{self.service}: {self.field}: found {self.found}; expected {self.expected}; {self.fix}"


def shown(value: object) -> str:
    """Return *value* as an operator would recognise it, with its type where the type is the point."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, dict):
        return "a dictionary"
    if isinstance(value, (list, tuple)):
        return "a list"
    return f"the number {value}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``", did you mean X?"`` for a likely slip of the keyboard, else an empty string."""
    close = difflib.get_close_matches(str(name), [str(one) for one in known], n=1)
    return f", did you mean '{close[0]}'?" if close else ""
