# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is not as it should be with a certificate, and what that leads to."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

# What a finding leads to: somebody must look (WRONG), a new certificate mends it (RENEW), or it is only said (NOTE).
WRONG = "wrong"
RENEW = "renew"
NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be. Holds names, dates and paths, never a part of a key.

    :param name: the service, or ``ca``.
    :param field: what of it: key, names, validity, chain, …
    """

    name: str
    field: str
    found: str
    expected: str
    fix: str
    effect: str = WRONG

    @property
    def message(self) -> str:
        """The finding as one line."""
        return f"{self.name}: {self.field}: found {self.found}; expected {self.expected}; {self.fix}"

    def as_result(self) -> dict[str, t.Any]:
        """The finding as the module returns it."""
        return {
            "name": self.name,
            "field": self.field,
            "found": self.found,
            "expected": self.expected,
            "fix": self.fix,
            "effect": self.effect,
            "message": self.message,
        }


def reissue(name: str) -> str:
    """The remedy for a certificate of the platform's own."""
    return f"have it issued anew with -e certificates_reissue={name}"
