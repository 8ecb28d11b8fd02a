# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redis: its users and what each may do."""

from __future__ import annotations

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from server_platform import Platform, until

USERS = {
    "default": "REDIS_PASSWORD",
    "admin": "REDIS_ADMIN_PASSWORD",
    "kong": "REDIS_KONG_PASSWORD",
    "readonly": "REDIS_READONLY_PASSWORD",
}


def client(servers, user, password=None, **options):
    return redis.Redis(
        "127.0.0.1",
        servers.port("redis"),
        username=user,
        password=password or servers.secrets[USERS[user]],
        socket_timeout=5,
        retry=Retry(NoBackoff(), 0),
        **options,
    )


@pytest.fixture(scope="module")
def cache(servers: Platform) -> Platform:
    until(client(servers, "default").ping, 30, (redis.ConnectionError,))
    return servers


@pytest.mark.parametrize("user", USERS)
def test_the_right_password_gets_in(cache, user):
    assert client(cache, user).ping() is True


@pytest.mark.parametrize("user", USERS)
def test_a_wrong_password_is_refused(cache, user):
    with pytest.raises(redis.AuthenticationError):
        client(cache, user, "wrong").ping()


def test_no_password_is_refused(cache):
    with pytest.raises(redis.AuthenticationError):
        redis.Redis("127.0.0.1", cache.port("redis"), socket_timeout=5, retry=Retry(NoBackoff(), 0)).ping()


def test_the_url_of_the_services_works(cache):
    url = f"redis://:{cache.secrets['REDIS_PASSWORD']}@127.0.0.1:{cache.port('redis')}/0"
    connection = redis.Redis.from_url(url, socket_timeout=5)
    connection.set("session:1", "x", ex=60)
    assert connection.get("session:1") == b"x"
    assert connection.eval("return redis.call('INCR', KEYS[1])", 1, "counter:1") >= 1
    assert connection.info("server")["redis_version"]


@pytest.mark.parametrize(
    "command",
    """FLUSHALL,FLUSHDB,KEYS *,CONFIG GET *,SHUTDOWN,CLIENT LIST,REPLICAOF NO ONE,ACL LIST,MONITOR,SAVE""".split(","),
)
def test_services_may_not_run_dangerous_commands(cache, command):
    with pytest.raises(redis.exceptions.NoPermissionError):
        client(cache, "default").execute_command(*command.split())


def test_the_administrator_may(cache):
    assert client(cache, "admin").config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_kong_keeps_to_its_counters(cache):
    kong = client(cache, "kong", db=1)
    assert kong.incr("ratelimit:route:1") == 1
    assert kong.expire("ratelimit:route:1", 60)
    with pytest.raises(redis.exceptions.NoPermissionError):
        kong.get("session:1")


def test_the_reader_reads(cache):
    reader = client(cache, "readonly")
    client(cache, "default").set("seen", "1", ex=60)
    assert reader.get("seen") == b"1"
    assert reader.info("memory")["maxmemory"] == 512 * 2**20
    with pytest.raises(redis.exceptions.NoPermissionError):
        reader.set("seen", "2")


def test_a_full_memory_refuses_writes_and_keeps_what_is_there(cache):
    admin, app = client(cache, "admin"), client(cache, "default")
    app.set("session:kept", "x", ex=600)
    try:
        # Less than is in use: full at once.
        admin.config_set("maxmemory", "1mb")
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            app.set("session:more", "x" * 1000)
        assert app.get("session:kept") == b"x"
    finally:
        admin.config_set("maxmemory", "512mb")
