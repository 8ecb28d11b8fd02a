# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data tier as it runs: its containers, ports and files, and what a client may do there."""

from __future__ import annotations

import contextlib
import json

import psycopg2
import pytest
import redis

# Port of the catalogue and the inventory's sahool_port_offset.
PORTS = {"postgres": 27732, "redis": 28679, "pgbouncer": 28732}
FILES = {
    "postgres": {"/etc/postgresql/password": (999, 0o400), "/etc/postgresql/postgresql.conf": (999, 0o440)},
    "redis": {"/usr/local/etc/redis/users.acl": (999, 0o400)},
    "pgbouncer": {"/etc/pgbouncer/userlist.txt": (70, 0o400), "/etc/pgbouncer/pgbouncer.ini": (70, 0o440)},
}


@contextlib.contextmanager
def connected(port, user, password, database="sahool"):
    """Log in to a PostgreSQL or PgBouncer port of this machine; every statement is a transaction of its own."""
    connection = psycopg2.connect(
        host="127.0.0.1", port=port, user=user, password=password, dbname=database, connect_timeout=5
    )
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        yield cursor


def test_the_tier_runs_and_nothing_else_does(containers):
    assert containers.keys() == PORTS.keys()
    assert {name: found["State"]["Status"] for name, found in containers.items()} == dict.fromkeys(PORTS, "running")
    assert {name: found["RestartCount"] for name, found in containers.items()} == dict.fromkeys(PORTS, 0)


def test_containers_come_back_by_themselves_and_run_unprivileged(containers):
    policies = {name: found["HostConfig"]["RestartPolicy"]["Name"] for name, found in containers.items()}
    assert policies == dict.fromkeys(PORTS, "always")
    users = {name: found["Config"]["User"] for name, found in containers.items()}
    assert users == {"postgres": "999:999", "redis": "999:1000", "pgbouncer": "70:70"}


def test_images_are_the_embedded_ones_named_by_content(machine, containers):
    for name, container in containers.items():
        image = container["Config"]["Image"]
        assert image.startswith(f"sahool-embedded/{name}:")
        assert machine.check_output("docker image inspect --format '{{.Id}}' %s", image) == container["Image"]


@pytest.mark.parametrize("service", PORTS)
def test_ports_listen_on_loopback_only(machine, containers, published, service):
    assert published[service] == PORTS[service]
    bindings = containers[service]["HostConfig"]["PortBindings"].values()
    assert {binding["HostIp"] for of_port in bindings for binding in of_port} == {"127.0.0.1"}
    assert machine.socket(f"tcp://127.0.0.1:{PORTS[service]}").is_listening
    assert not machine.socket(f"tcp://0.0.0.0:{PORTS[service]}").is_listening


@pytest.mark.parametrize("service", FILES)
def test_files_belong_to_the_user_that_reads_them(machine, containers, service):
    sources = {mount["Destination"]: mount["Source"] for mount in containers[service]["Mounts"]}
    for target, (uid, mode) in FILES[service].items():
        file = machine.file(sources[target])
        assert (file.is_file, file.uid, file.mode) == (True, uid, mode), target


def test_secrets_are_root_s_alone(machine, home):
    file = machine.file(str(home / "state" / "secrets.yml"))
    assert (file.user, file.mode) == ("root", 0o600)


def test_no_secret_stands_where_others_read(machine, containers, home, secrets):
    seen = json.dumps(containers)
    readable = machine.check_output("find %s -type f -perm -o=r", str(home)).splitlines()
    assert readable, "the Compose model at least should be readable"
    seen += "".join(machine.file(path).content_string for path in readable)
    assert len(secrets) >= 20
    assert {name for name, value in secrets.items() if value in seen} == set()


def test_a_client_reaches_the_database_through_the_pool(containers, published, secrets):
    with connected(published["pgbouncer"], "sahool", secrets["POSTGRES_PASSWORD"]) as cursor:
        cursor.execute("SELECT host(client_addr) FROM pg_stat_activity WHERE pid = pg_backend_pid()")
        (client,) = cursor.fetchone()
        cursor.execute("SELECT postgis_version()")
        (postgis,) = cursor.fetchone()
    pool = [network["IPAddress"] for network in containers["pgbouncer"]["NetworkSettings"]["Networks"].values()]
    assert [client] == pool
    assert postgis.startswith("3.")


def test_the_pool_serves_by_transaction(published, secrets):
    password = secrets["PGBOUNCER_STATS_PASSWORD"]
    with connected(published["pgbouncer"], "pgbouncer_stats", password, "pgbouncer") as cursor:
        cursor.execute("SHOW POOLS")
        names = [column.name for column in cursor.description]
        pools = [dict(zip(names, row)) for row in cursor.fetchall()]
    modes = {pool["pool_mode"] for pool in pools if (pool["database"], pool["user"]) == ("sahool", "sahool")}
    assert modes == {"transaction"}


@pytest.mark.parametrize("service", ["postgres", "pgbouncer"])
def test_a_wrong_password_is_refused(published, service):
    refused = pytest.raises(psycopg2.OperationalError, match="(password|SASL) authentication failed")
    with refused, connected(published[service], "sahool", "wrong"):
        pass


def test_what_is_written_through_the_pool_is_in_the_database(published, secrets):
    password = secrets["POSTGRES_PASSWORD"]
    with connected(published["pgbouncer"], "sahool", password) as pool:
        pool.execute("CREATE TABLE molecule_probe AS SELECT 'seen' AS word")
    try:
        with connected(published["postgres"], "sahool", password) as database:
            database.execute("SELECT word FROM molecule_probe")
            assert database.fetchone() == ("seen",)
    finally:
        with connected(published["postgres"], "sahool", password) as database:
            database.execute("DROP TABLE molecule_probe")


def test_redis_wants_its_password_and_keeps_dangerous_commands_for_the_admin(published, secrets):
    with redis.Redis(port=published["redis"], socket_timeout=5) as nobody, pytest.raises(redis.AuthenticationError):
        nobody.ping()
    with redis.Redis(port=published["redis"], password=secrets["REDIS_PASSWORD"], socket_timeout=5) as client:
        assert client.set("molecule:probe", "seen", ex=60)
        assert client.get("molecule:probe") == b"seen"
        with pytest.raises(redis.exceptions.NoPermissionError):
            client.flushall()
