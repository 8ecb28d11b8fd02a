# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings of a takeover: what would be lost, and which of it an operator may accept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field


@dataclass
class Findings:
    """Collects what stands against taking over.

    :param accepted: what the operator has looked at, ``service``, ``service:/path`` or the name of a value.
    :ivar texts: what must stop the deployment, one text each.
    :ivar notes: what was accepted.
    """

    accepted: Collection[str]
    texts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def stop(self, what: str, text: str) -> None:
        """Add what nobody may accept, because it could not work."""
        self.texts.append(f"{what}: {text}")

    def ask(self, what: str, text: str, *besides: str) -> None:
        """Add what the operator may accept by the name *what*, or by one of *besides*."""
        names = {what, *besides}
        if names & set(self.accepted):
            self.notes.append(f"{what}: {text}; accepted")
        else:
            self.texts.append(f"{what}: {text}, or add {what} to takeover_accept")
