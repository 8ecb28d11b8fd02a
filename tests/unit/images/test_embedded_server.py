# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections of the small server."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from serving.message import Response
from serving.server import Listener

PART = b"x" * 500_000
CLOSE = b"POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n"
MALFORMED = b"POST / HTTP/9\r\n\r\n"


@pytest.fixture
def listener():
    """Return a server that looks at no body."""
    made = Listener(0, lambda _request, _exchange: Response(405, b"no"), "test")
    thread = threading.Thread(target=made.accept_forever, daemon=True)
    thread.start()
    yield made
    made.sock.shutdown(socket.SHUT_RDWR)
    made.sock.close()


@pytest.mark.parametrize(("head", "status"), [(CLOSE, b"405"), (MALFORMED, b"400")], ids=["refused", "malformed"])
def test_an_answer_before_the_end_of_the_body_is_not_lost(listener, head, status):
    """A client reads the answer when it has sent everything; a reset in between would take the answer away."""
    with socket.create_connection(("127.0.0.1", listener.port), 10) as connection:
        connection.sendall(head + PART)
        assert connection.recv(8, socket.MSG_PEEK | socket.MSG_WAITALL) == b"HTTP/1.1"
        time.sleep(0.1)  # a server that closes at once has done so by now
        connection.sendall(PART)
        said = b"".join(iter(lambda: connection.recv(65536), b""))
    assert said.startswith(b"HTTP/1.1 " + status)
