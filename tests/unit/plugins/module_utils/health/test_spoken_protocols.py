# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The protocols that the probes speak themselves, against scripted servers."""

from __future__ import annotations

import json

import pytest
from evil_servers import http_answer, receive, silent

from ansible_collections.sahool.platform.plugins.module_utils._health import protocols
from ansible_collections.sahool.platform.plugins.module_utils._health.probes import mqtt, postgres


def redis_script(*answers):
    """Answer one command after the other, and keep what was asked."""
    seen = []

    def serve(connection):
        for answer in answers:
            seen.append(connection.recv(4096))
            connection.sendall(answer)
        silent(connection)

    return serve, seen


def test_redis_logs_in_and_pings(asked):
    serve, seen = redis_script(b"+OK\r\n", b"+PONG\r\n")
    assert asked(serve, protocol="redis", password="pässword").state == "ready"
    assert seen == [
        b"*2\r\n$4\r\nAUTH\r\n$9\r\n" + "pässword".encode() + b"\r\n",
        b"*1\r\n$4\r\nPING\r\n",
    ]


def test_redis_names_its_user_if_there_is_one(asked):
    serve, seen = redis_script(b"+OK\r\n", b"+PONG\r\n")
    assert asked(serve, protocol="redis", username="admin", password="pw").state == "ready"
    assert seen[0] == b"*3\r\n$4\r\nAUTH\r\n$5\r\nadmin\r\n$2\r\npw\r\n"


@pytest.mark.parametrize(
    ("answers", "password", "detail"),
    [
        ([b"-WRONGPASS invalid username-password pair\r\n"], "pw", "WRONGPASS"),
        ([b"-NOAUTH Authentication required.\r\n"], None, "NOAUTH"),
        ([b"+OK\r\n", b"-LOADING Redis is loading the dataset in memory\r\n"], "pw", "LOADING"),
        ([b"+OK\r\n"], None, "PING was answered by 'OK'"),
    ],
)
def test_redis_that_is_not_ready_says_so_itself(asked, answers, password, detail):
    serve = redis_script(*answers)[0]
    answer = asked(serve, protocol="redis", password=password)
    assert answer.state == "not_ready"
    assert detail in answer.detail


def nats_server(info, *answers):
    seen = []

    def serve(connection):
        connection.sendall(b"INFO " + json.dumps(info).encode() + b" \r\n")
        seen.append(receive(connection, b"PING\r\n"))
        for answer in answers:
            connection.sendall(answer)
        silent(connection)

    return serve, seen


def test_nats_logs_in_and_pings(asked):
    serve, seen = nats_server({"server_name": "n1", "jetstream": True}, b"+OK\r\n", b"PONG\r\n")
    answer = asked(serve, protocol="nats", username="u", password="p", jetstream=True)
    assert (answer.state, answer.identity) == ("ready", "n1")
    options = json.loads(seen[0].split(b"\r\n")[0].split(b" ", 1)[1])
    assert (options["user"], options["pass"], options["verbose"]) == ("u", "p", True)


@pytest.mark.parametrize(
    ("info", "answers", "detail"),
    [
        ({"jetstream": True}, [b"-ERR 'Authorization Violation'\r\n"], "Authorization Violation"),
        ({}, [b"+OK\r\n", b"PONG\r\n"], "JetStream is not enabled"),
        ({"jetstream": True, "tls_required": True}, [], "requires TLS"),
        ({"jetstream": True}, [b"+OK\r\n"], "no complete answer"),
    ],
)
def test_nats_that_is_not_ready(asked, info, answers, detail):
    serve = nats_server(info, *answers)[0]
    answer = asked(serve, timeout=0.3, protocol="nats", username="u", password="S3cret", jetstream=True)
    assert answer.state == "not_ready"
    assert detail in answer.detail


def etcd_server(health=b'{"health":"true"}', login="200 OK", read="200 OK", status="200 OK"):
    def serve(connection):
        line = connection.recv(4096).split(b"\r\n")[0]
        if b"/health" in line:
            connection.sendall(http_answer(health, status))
        elif b"/v3/auth/authenticate" in line:
            connection.sendall(http_answer(b'{"token": "t.1", "message": "denied S3cret"}', login))
        else:
            connection.sendall(http_answer(b'{"message": "permission denied"}', read))

    return serve


def test_etcd_is_healthy_and_lets_its_user_read(asked):
    assert asked(etcd_server(), protocol="etcd").state == "ready"
    assert asked(etcd_server(), protocol="etcd", username="root", password="S3cret").state == "ready"


@pytest.mark.parametrize(
    ("server", "detail"),
    [
        (
            etcd_server(b'{"health":"false","reason":"RAFT NO LEADER"}', status="503 Unavailable"),
            "/health answered 503, health false (RAFT NO LEADER)",
        ),
        (etcd_server(login="400 Bad Request"), "the login of root was refused: status 400, denied ***"),
        (etcd_server(read="403 Forbidden"), "a read was refused: status 403, permission denied"),
    ],
)
def test_etcd_that_is_not_ready(asked, server, detail):
    answer = asked(server, protocol="etcd", password="S3cret")
    assert (answer.state, answer.detail) == ("not_ready", detail)


@pytest.mark.parametrize(
    ("protocol", "module", "flag", "library"),
    [
        ("postgres", postgres, "HAS_PSYCOPG2", "psycopg2"),
        ("pgbouncer", postgres, "HAS_PSYCOPG2", "psycopg2"),
        ("mqtt", mqtt, "HAS_PAHO", "paho-mqtt"),
    ],
)
def test_a_missing_library_is_named_and_not_asked_for_again(monkeypatch, asked, protocol, module, flag, library):
    monkeypatch.setattr(module, flag, False)
    answer = asked(silent, protocol=protocol, username="u", password="p")
    assert answer.final is True
    assert f"Failed to import the required Python library ({library})" in answer.detail


def test_every_protocol_has_a_probe():
    from ansible_collections.sahool.platform.plugins.module_utils._health.gate import PROTOCOLS

    assert tuple(protocols.PROBES) == PROTOCOLS
