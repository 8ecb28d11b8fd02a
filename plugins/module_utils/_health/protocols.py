# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probes by protocol."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .answer import NOT_READY, Answer
from .gate import Gate
from .probes import etcd, http, mqtt, nats, pgbouncer, postgres, redis, tcp

PROBES: dict[str, t.Callable[[Gate, float], Answer]] = {
    "http": http.probe,
    "tcp": tcp.probe,
    "postgres": postgres.probe,
    "pgbouncer": pgbouncer.probe,
    "redis": redis.probe,
    "nats": nats.probe,
    "mqtt": mqtt.probe,
    "etcd": etcd.probe,
}

LIBRARIES: dict[str, t.Callable[[], t.Optional[str]]] = {
    "postgres": postgres.missing_library,
    "pgbouncer": pgbouncer.missing_library,
    "mqtt": mqtt.missing_library,
}


def ask(gate: Gate, timeout: float) -> Answer:
    """Probe one gate once, for at most ``timeout`` seconds.

    Network errors are answers. The password of the gate does not occur in the answer, whatever the service says.
    """
    protocol = t.cast(str, gate.protocol)
    missing = LIBRARIES[protocol]() if protocol in LIBRARIES else None
    if missing is not None:
        return Answer(NOT_READY, missing, final=True)
    said = PROBES[protocol](gate, timeout)
    if gate.password:
        said = replace(
            said,
            detail=said.detail.replace(gate.password, "***"),
            identity=said.identity and said.identity.replace(gate.password, "***"),
        )
    return said
