# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readiness of Redis: ``AUTH`` and ``PING`` answered by ``PONG``.

RESP is spoken here and not by redis-py, whose timeouts bound single reads; so the probe needs no library either.
"""

from __future__ import annotations

import typing as t

from .. import answer
from ..answer import Answer
from ..gate import Gate
from ..timed_socket import Moment, NoConnection, connect, in_words, read_line


def probe(gate: Gate, timeout: float) -> Answer:
    """Ask once; ``timeout`` in seconds bounds all of it."""
    moment = Moment(timeout)
    try:
        with connect(gate.host, t.cast(int, gate.port), moment) as connection:
            if gate.password is not None:
                login = [gate.username, gate.password] if gate.username else [gate.password]
                connection.sendall(_command("AUTH", *login))
                reply = read_line(connection)
                if reply != b"+OK\r\n":
                    return _refusal("AUTH", reply)
            connection.sendall(_command("PING"))
            reply = read_line(connection)
            return answer.ready() if reply == b"+PONG\r\n" else _refusal("PING", reply)
    except NoConnection as error:
        return answer.unreachable(str(error))
    except OSError as error:
        return answer.not_ready(in_words(error, moment))


def _command(*words: str) -> bytes:
    encoded = [word.encode() for word in words]
    return b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in encoded)


def _refusal(command: str, reply: bytes) -> Answer:
    text = reply.decode("utf-8", "replace").strip()[:200]
    if reply[:1] not in (b"+", b"-", b":", b"$", b"*"):
        return answer.wrong_service("what answers to %s does not speak Redis' protocol (%r)" % (command, text[:80]))
    # NOAUTH, WRONGPASS, LOADING, MASTERDOWN and the like: the server says it itself.
    return answer.not_ready("%s was answered by %r" % (command, text.lstrip("+-")))
