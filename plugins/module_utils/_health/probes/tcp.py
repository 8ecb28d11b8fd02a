# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readiness of a service that nothing more is known of: its port is open, and stays open."""

from __future__ import annotations

import socket
import typing as t

from .. import answer
from ..answer import Answer
from ..gate import Gate
from ..timed_socket import Moment, NoConnection, connect, in_words

# Docker's proxy accepts for a container in which nothing listens, and closes when it finds out.
_STAYS_OPEN = 0.2  # seconds


def probe(gate: Gate, timeout: float) -> Answer:
    """Ask once; ``timeout`` in seconds bounds all of it."""
    moment = Moment(timeout)
    try:
        with connect(gate.host, t.cast(int, gate.port), moment) as connection:
            connection.moment = Moment(min(_STAYS_OPEN, moment.left()))
            try:
                first = connection.recv(1)
            except socket.timeout:
                return answer.ready()  # nothing to say and not closed: it waits for its client
            return answer.ready() if first else answer.not_ready("the connection is accepted and closed at once")
    except NoConnection as error:
        return answer.unreachable(str(error))
    except OSError as error:
        return answer.not_ready(in_words(error, moment))
