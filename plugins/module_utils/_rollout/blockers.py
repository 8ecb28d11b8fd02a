# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the services that a service needs stand in its way."""

from __future__ import annotations

import typing as t

from .container import Container

ABSENT = "absent"


def blockers(
    needs: t.Sequence[str], present: t.Mapping[str, Container], not_ready: t.Mapping[str, str]
) -> list[dict[str, str]]:
    """The needed services that do not serve, in the order of the needs, each with what it does instead.

    :param present: the containers of the project, by service.
    :param not_ready: services of this roll-out that are known not to be ready, and what they answered.
    :returns: documents of ``service`` and ``state``.
    """
    found = []
    for name in needs:
        state = _obstacle(present.get(name))
        if state is None and name in not_ready:
            state = "running, but not ready: %s" % not_ready[name]
        if state is not None:
            found.append({"service": name, "state": state})
    return found


def _obstacle(container: Container | None) -> str | None:
    if container is None:
        return ABSENT
    if container.status == "running":
        return container.in_words if container.health == "unhealthy" else None
    if container.status == "exited" and container.exit_code == 0 and container.policy in ("no", "on-failure"):
        return None  # a one-shot that has done its work
    return container.in_words
