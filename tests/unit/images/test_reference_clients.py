# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the clients send and how they judge the answers, against scripted servers."""

from __future__ import annotations

import socket
import threading

import pytest

from reference.clients import mqtt, nats, qdrant, redis, upstream
from reference.clients.kept import Refused
from reference.clients.postgres import libpq_url
from reference.settings import Settings, SettingsError

INFO = b'INFO {"server_id":"x"}\r\n'


def settings(**environment):
    return Settings({"REFERENCE_SERVICE": "s", "PORT": "1", **environment})


class Server:
    """Accepts connections one after the other; a step of a script awaits so many bytes, or up to a mark, and answers.

    All that is sent must be awaited: a server that closes with a part unread resets the connection, and its answer
    can be lost.
    """

    def __init__(self, *scripts):
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        self.received = []
        self.thread = threading.Thread(target=self._run, args=(scripts,), daemon=True)
        self.thread.start()

    def _run(self, scripts):
        for script in scripts:
            connection = self.sock.accept()[0]
            for awaited, answer in script:
                data = b""
                while not (data.endswith(awaited) if isinstance(awaited, bytes) else len(data) >= awaited):
                    part = connection.recv(65536 if isinstance(awaited, bytes) else awaited - len(data))
                    if not part:
                        break
                    data += part
                self.received.append(data)
                connection.sendall(answer)
            connection.close()
        self.sock.close()


AUTH = redis.command("AUTH", "secret")
PING = redis.command("PING")


def redis_client(server):
    return redis.Client(settings(REDIS_URL=f"redis://:secret@127.0.0.1:{server.port}"), "redis")


def test_redis_logs_in_once_and_keeps_the_connection():
    server = Server([(len(AUTH), b"+OK\r\n"), (len(PING), b"+PONG\r\n"), (len(PING), b"+PONG\r\n")])
    client = redis_client(server)
    client.check()
    client.check()
    assert server.received == [AUTH, PING, PING]


def test_redis_user_and_database_of_the_url_are_used():
    select, auth = redis.command("SELECT", "1"), redis.command("AUTH", "kong", "p/w")
    server = Server([(len(auth), b"+OK\r\n"), (len(select), b"+OK\r\n"), (len(PING), b"+PONG\r\n")])
    redis.Client(settings(REDIS_URL=f"redis://kong:p%2Fw@127.0.0.1:{server.port}/1"), "redis").check()
    assert server.received == [auth, select, PING]


def test_redis_refusal_is_shown_in_its_own_words():
    server = Server([(len(AUTH), b"-WRONGPASS invalid username-password pair\r\n")])
    with pytest.raises(Refused, match="AUTH: -WRONGPASS"):
        redis_client(server).check()


def test_a_dead_connection_is_replaced_without_a_failure():
    script = [(len(AUTH), b"+OK\r\n"), (len(PING), b"+PONG\r\n")]
    server = Server(script, script)
    client = redis_client(server)
    client.check()
    client.check()
    assert server.received == [AUTH, PING] * 2


def test_a_closed_port_is_a_refused_connection():
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    server.close()
    with pytest.raises(Refused, match=rf"connection refused \(127\.0\.0\.1:{port}\)"):
        redis.Client(settings(REDIS_URL=f"redis://127.0.0.1:{port}"), "redis").check()


def nats_client(server):
    return nats.Client(settings(NATS_URL=f"nats://sahool_app:secret@127.0.0.1:{server.port}"), "nats")


def test_nats_answers_the_servers_ping_before_its_own_pong():
    server = Server([(0, INFO), (b"}\r\nPING\r\n", b"PING\r\nPONG\r\n"), (len(b"PONG\r\n"), b"")])
    nats_client(server).check()
    server.thread.join(5)
    assert b'"user": "sahool_app", "pass": "secret"' in server.received[1]
    assert server.received[2] == b"PONG\r\n"


def test_nats_refusal_is_shown_in_its_own_words():
    server = Server([(0, INFO), (b"}\r\nPING\r\n", b"-ERR 'Authorization Violation'\r\n")])
    with pytest.raises(Refused, match="Authorization Violation"):
        nats_client(server).check()


def mqtt_client(port, **environment):
    given = {"MQTT_BROKER": "127.0.0.1", "MQTT_PORT": str(port), "MQTT_USER": "iot", "MQTT_PASSWORD": "secret"}
    return mqtt.Client(settings(**{**given, **environment}), "mqtt")


CONNECT = len(mqtt.connect_packet("s-01234567", "iot", "secret"))


def test_mqtt_connects_and_pings():
    server = Server([(CONNECT, b"\x20\x02\x00\x00"), (2, b"\xd0\x00")])
    mqtt_client(server.port).check()
    assert server.received[0].endswith(b"\x00\x03iot\x00\x06secret")
    assert server.received[1] == b"\xc0\x00"


def test_mqtt_refusal_is_shown_in_words():
    server = Server([(CONNECT, b"\x20\x02\x00\x05")])
    with pytest.raises(Refused, match="not authorised"):
        mqtt_client(server.port).check()


@pytest.mark.parametrize(
    "environment", [{"MQTT_BROKER_URL": "mqtt://broker:1999"}, {"MQTT_BROKER": "mqtt://broker:1999"}]
)
def test_mqtt_takes_a_url_with_the_login_beside_it(environment):
    client = mqtt_client(1, **environment)
    assert (client.host, client.port) == ("broker", 1999)


def test_an_mqtt_packet_of_more_than_127_bytes_has_two_length_bytes():
    packet = mqtt.connect_packet("c" * 23, "u" * 60, "p" * 60)
    assert packet[1] & 0x80
    assert (packet[1] & 0x7F) + packet[2] * 128 == len(packet) - 3


def http_answer(status, body):
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


def test_an_upstream_that_is_not_ready_is_shown_with_what_it_says():
    server = Server([(b"\r\n\r\n", http_answer(503, b'{"status":"not_ready"}'))])
    url = f"weather=http://127.0.0.1:{server.port}/readyz"
    client = upstream.Client(settings(REFERENCE_UPSTREAMS=url), "weather")
    with pytest.raises(Refused, match=r'GET /readyz answered 503 X: \{"status":"not_ready"\}'):
        client.check()


def test_qdrant_gets_the_key():
    server = Server([(b"\r\n\r\n", http_answer(200, b"{}"))])
    environment = {"QDRANT_HOST": "127.0.0.1", "QDRANT_PORT": str(server.port), "QDRANT_API_KEY": "secret"}
    qdrant.Client(settings(**environment), "qdrant").check()
    assert server.received[0].startswith(b"GET /collections HTTP/1.1\r\n")
    assert b"api-key: secret" in server.received[0]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgresql://u:p@h:6432/d", "postgresql://u:p@h:6432/d"),
        ("postgresql+asyncpg://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgres://u:p@h/d?schema=public&pgbouncer=true&sslmode=require", "postgresql://u:p@h/d?sslmode=require"),
    ],
)
def test_the_urls_of_other_drivers_are_made_libpqs(given, expected):
    assert libpq_url(settings(DATABASE_URL=given)) == expected


@pytest.mark.parametrize("given", ["", "mysql://u:hunter2@h/d"])
def test_a_url_that_is_none_is_named_and_not_shown(given):
    with pytest.raises(SettingsError, match="DATABASE_URL") as refused:
        libpq_url(settings(DATABASE_URL=given))
    assert "hunter2" not in str(refused.value)
