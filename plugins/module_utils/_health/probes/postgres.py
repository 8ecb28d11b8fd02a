# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readiness of PostgreSQL: a login and ``SELECT 1``.

The connection is driven asynchronously: libpq's ``connect_timeout`` knows whole seconds from 2 on, and nothing in
libpq bounds a query.
"""

from __future__ import annotations

import select
import socket
import traceback

from ansible.module_utils.basic import missing_required_lib

from .. import answer
from ..answer import Answer
from ..gate import Gate
from ..timed_socket import Moment

try:
    import psycopg2
    import psycopg2.extensions

    HAS_PSYCOPG2 = True
    PSYCOPG2_IMPORT_ERROR = None
except ImportError:
    HAS_PSYCOPG2 = False
    PSYCOPG2_IMPORT_ERROR = traceback.format_exc()

# libpq's words for a peer that does not speak its protocol.
_FOREIGN = ("received invalid response", "expected authentication request", "expected SSL response")
_NO_CONNECTION = ("refused", "no route to host", "network is unreachable", "could not translate host name")


def missing_library() -> str | None:
    """The sentence for a host without the library, or None."""
    return None if HAS_PSYCOPG2 else missing_required_lib("psycopg2", reason="to probe PostgreSQL and PgBouncer")


def probe(gate: Gate, timeout: float) -> Answer:
    """Log in and run ``SELECT 1``; ``timeout`` in seconds bounds all of it."""
    moment = Moment(timeout)
    connection = None
    try:
        connection = psycopg2.connect(
            host=gate.host,
            port=gate.port,
            user=gate.username,
            password=gate.password,
            dbname=gate.database or gate.username,
            application_name="sahool-health",
            async_=1,
        )
        _settle(connection, moment)
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        _settle(connection, moment)
        row = cursor.fetchone()
    except socket.timeout:
        return answer.not_ready("no complete answer within %.3g s" % timeout)
    except psycopg2.Error as error:
        return _refusal(str(error))
    finally:
        if connection is not None:
            connection.close()
    return answer.ready() if row == (1,) else answer.not_ready("SELECT 1 gave %r" % (row,))


def _settle(connection: psycopg2.extensions.connection, moment: Moment) -> None:
    """Drive the connection until its current step is done.

    :raises socket.timeout: the time is up.
    :raises psycopg2.Error: the server refused.
    """
    while True:
        state = connection.poll()
        if state == psycopg2.extensions.POLL_OK:
            return
        reading = [connection] if state == psycopg2.extensions.POLL_READ else []
        writing = [connection] if state == psycopg2.extensions.POLL_WRITE else []
        select.select(reading, writing, [], moment.left())


def _refusal(text: str) -> Answer:
    line = " ".join(text.split())[:300]
    if any(words in text for words in _FOREIGN):
        return answer.wrong_service("what answers does not speak PostgreSQL's protocol (%s)" % line)
    if any(words in text.lower() for words in _NO_CONNECTION):
        return answer.unreachable(line)
    return answer.not_ready(line or "the server closed the connection")
