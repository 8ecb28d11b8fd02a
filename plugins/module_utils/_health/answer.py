# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one probe of one service said."""

from __future__ import annotations

from dataclasses import dataclass

READY = "ready"
NOT_READY = "not_ready"  # it answers, but not that it is ready
WRONG_SERVICE = "wrong_service"  # something answers, but not the service that belongs there
UNREACHABLE = "unreachable"  # nothing accepts a connection


@dataclass(frozen=True)
class Answer:
    """One answer.

    :param state: one of ``ready``, ``not_ready``, ``wrong_service``, ``unreachable``.
    :param detail: what was found and what was expected, in one line and without secrets.
    :param identity: how the service named itself, where it did.
    :param final: asking again cannot change it (a Python library is missing, for instance).
    """

    state: str
    detail: str = ""
    identity: str | None = None
    final: bool = False

    @property
    def ready(self) -> bool:
        return self.state == READY


def ready(identity: str | None = None) -> Answer:
    return Answer(READY, "", identity)


def not_ready(detail: str, identity: str | None = None) -> Answer:
    return Answer(NOT_READY, detail, identity)


def wrong_service(detail: str, identity: str | None = None) -> Answer:
    return Answer(WRONG_SERVICE, detail, identity)


def unreachable(detail: str) -> Answer:
    return Answer(UNREACHABLE, detail)
