# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No probe takes longer than its timeout, raises, or mistakes a foreign service for its own."""

from __future__ import annotations

import time

import pytest
from evil_servers import babbling, closing_at_once, dripping, flooding, silent, speaking_http

from ansible_collections.sahool.platform.plugins.module_utils._health.gate import PROTOCOLS

LOGIN = {"username": "user", "password": "S3cretPassword"}


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "serve",
    [silent, dripping(), dripping(b"INFO "), dripping(b"+"), flooding, closing_at_once, speaking_http, babbling],
    ids=["silent", "dripping", "dripping INFO", "dripping +", "flooding", "closing", "HTTP", "SMTP"],
)
def test_every_probe_ends_in_time_whatever_answers(asked, protocol, serve):
    began = time.monotonic()
    answer = asked(serve, timeout=0.4, protocol=protocol, **LOGIN)
    assert time.monotonic() - began < 0.8
    assert "S3cretPassword" not in answer.detail
    if protocol == "tcp" and serve is not closing_at_once:
        assert answer.state == "ready"  # an open port is all that it asks for
    else:
        assert answer.state in ("not_ready", "wrong_service")
        assert answer.detail


@pytest.mark.parametrize("protocol", [name for name in PROTOCOLS if name not in ("tcp", "http", "etcd", "mqtt")])
def test_a_web_server_on_the_port_is_a_wrong_service(asked, protocol):
    def greeting(connection):  # nats speaks first, so its client sends nothing before
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        silent(connection)

    answer = asked(greeting, protocol=protocol, **LOGIN)
    assert answer.state == "wrong_service"


@pytest.mark.parametrize("protocol", ["etcd", "mqtt"])
def test_a_web_server_in_place_of_etcd_or_a_broker(asked, protocol):
    assert asked(speaking_http, protocol=protocol, **LOGIN).state == "wrong_service"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_closed_port_is_unreachable(asked, protocol):
    answer = asked(silent, protocol=protocol, host="127.0.0.2", **LOGIN)  # bound to 127.0.0.1 only
    assert answer.state == "unreachable"
    assert "refused" in answer.detail.lower()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_unknown_host_name_is_an_answer_too(asked, protocol):
    answer = asked(silent, protocol=protocol, host="no-such-host.invalid", timeout=5, **LOGIN)
    assert answer.state == "unreachable"
