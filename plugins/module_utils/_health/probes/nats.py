# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readiness of a NATS server: its ``INFO``, a login and ``PING`` answered by ``PONG``.

Client protocol: https://docs.nats.io/reference/reference-protocols/nats-protocol
"""

from __future__ import annotations

import json
import typing as t

from .. import answer
from ..answer import Answer
from ..gate import Gate
from ..timed_socket import Moment, NoConnection, TimedSocket, connect, in_words, read_line


def probe(gate: Gate, timeout: float) -> Answer:
    """Ask once; ``timeout`` in seconds bounds all of it."""
    moment = Moment(timeout)
    try:
        with connect(gate.host, t.cast(int, gate.port), moment) as connection:
            return _converse(gate, connection)
    except NoConnection as error:
        return answer.unreachable(str(error))
    except OSError as error:
        return answer.not_ready(in_words(error, moment))


def _converse(gate: Gate, connection: TimedSocket) -> Answer:
    greeting = read_line(connection, limit=1024 * 1024)  # a cluster lists all its addresses here
    info = _info(greeting)
    if info is None:
        return answer.wrong_service("what answers does not speak NATS' protocol (%.80r)" % greeting)
    identity = str(info.get("server_name") or "")[:80] or None
    if info.get("tls_required"):
        return answer.not_ready("the server requires TLS, which this probe does not speak", identity)
    if gate.jetstream and info.get("jetstream") is not True:
        return answer.not_ready("JetStream is not enabled on this server, expected it to be", identity)
    options: dict[str, t.Any] = {"verbose": True, "pedantic": False, "lang": "python", "version": "1", "protocol": 0}
    if gate.username is not None:
        options.update(user=gate.username)
    if gate.password is not None:
        options.update({"pass": gate.password})
    connection.sendall(b"CONNECT " + json.dumps(options).encode() + b"\r\nPING\r\n")
    for expected in (b"+OK", b"PONG"):
        reply = read_line(connection).strip()
        if reply != expected:
            said = reply.decode("utf-8", "replace")[:200]
            return answer.not_ready("the server answered %r, expected %s" % (said, expected.decode()), identity)
    return answer.ready(identity)


def _info(greeting: bytes) -> dict[str, t.Any] | None:
    if not greeting.startswith(b"INFO "):
        return None
    try:
        info = json.loads(greeting[5:].decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return info if isinstance(info, dict) else None
