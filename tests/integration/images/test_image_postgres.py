# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL and PgBouncer: who gets in, with what rights, and by which way."""

from __future__ import annotations

import psycopg2
import pytest
from server_platform import Platform, until

EXTENSIONS = {"postgis", "uuid-ossp", "pg_trgm", "btree_gist", "pgcrypto", "pg_stat_statements"}


def connect(servers, service, user, password, database="sahool"):
    connection = psycopg2.connect(
        host="127.0.0.1", port=servers.port(service), user=user, password=password, dbname=database, connect_timeout=5
    )
    connection.autocommit = True
    return connection


def ask(servers, service, question, user="sahool", secret="POSTGRES_PASSWORD", database="sahool"):
    connection = connect(servers, service, user, servers.secrets[secret], database)
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchall()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def database(servers: Platform) -> Platform:
    until(lambda: ask(servers, "postgres", "SELECT 1"), 60, (psycopg2.OperationalError,))
    until(lambda: ask(servers, "pgbouncer", "SELECT 1"), 30, (psycopg2.OperationalError,))
    return servers


@pytest.mark.parametrize("service", ["postgres", "pgbouncer"])
@pytest.mark.parametrize("user", ["sahool", "pgbouncer"])
def test_a_wrong_password_is_refused(database, service, user):
    with pytest.raises(psycopg2.OperationalError, match="authentication failed"):
        connect(database, service, user, "wrong")


@pytest.mark.parametrize("service", ["postgres", "pgbouncer"])
def test_an_unknown_user_is_refused(database, service):
    with pytest.raises(psycopg2.OperationalError, match="authentication failed|no such user"):
        connect(database, service, "nobody", database.secrets["POSTGRES_PASSWORD"])


def test_passwords_are_kept_as_scram_verifiers(database):
    kept = dict(ask(database, "postgres", "SELECT rolname, rolpassword FROM pg_authid WHERE rolcanlogin"))
    assert set(kept) == {"sahool", "pgbouncer"}
    assert all(verifier.startswith("SCRAM-SHA-256$") for verifier in kept.values())


def test_the_loopback_interface_inside_the_container_asks_for_the_password_too(database):
    done = database.run_inside("postgres", "psql", "-h", "127.0.0.1", "-U", "sahool", "-w", "-c", "SELECT 1", "sahool")
    assert done.returncode != 0
    assert "no password supplied" in done.stderr


def test_the_socket_serves_the_operator_inside_the_container(database):
    done = database.run_inside("postgres", "psql", "-U", "sahool", "-Atc", "SELECT current_user", "sahool")
    assert done.stdout.strip() == "sahool", done.stderr


def test_extensions_work(database):
    present = {name for (name,) in ask(database, "postgres", "SELECT extname FROM pg_extension")}
    assert present >= EXTENSIONS
    ((wkt,),) = ask(database, "postgres", "SELECT ST_AsText(ST_SetSRID(ST_Point(44.2, 15.35), 4326))")
    assert wkt == "POINT(44.2 15.35)"
    ((metres,),) = ask(
        database,
        "postgres",
        "SELECT ST_Area(ST_Transform(ST_MakeEnvelope(44.2, 15.3, 44.21, 15.31, 4326), 32638))::int",
    )
    assert 1_150_000 < metres < 1_200_000, "proj finds its grid definitions"
    ((calls,),) = ask(database, "postgres", "SELECT count(*) FROM pg_stat_statements")
    assert calls > 0


def test_topology_can_be_installed_as_migrations_do(database):
    assert ask(database, "postgres", "SELECT name FROM pg_available_extensions WHERE name = 'postgis_topology'")


def test_the_pool_leads_to_the_same_cluster(database):
    question = "SELECT system_identifier FROM pg_control_system()"
    assert ask(database, "pgbouncer", question) == ask(database, "postgres", question)


def test_the_pool_shares_server_connections_between_clients(database):
    first = connect(database, "pgbouncer", "sahool", database.secrets["POSTGRES_PASSWORD"])
    second = connect(database, "pgbouncer", "sahool", database.secrets["POSTGRES_PASSWORD"])
    try:
        pids = []
        for connection in (first, second):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pids.append(cursor.fetchone()[0])
        assert pids[0] == pids[1], "transaction pooling gives an idle server to the next client"
    finally:
        first.close()
        second.close()


def test_the_pools_user_may_ask_for_verifiers_and_nothing_else(database):
    secret = "PGBOUNCER_AUTH_PASSWORD"
    rows = ask(database, "postgres", "SELECT * FROM pgbouncer.get_auth('sahool')", "pgbouncer", secret)
    assert rows[0][0] == "sahool"
    assert ask(database, "postgres", "SELECT * FROM pgbouncer.get_auth('nobody')", "pgbouncer", secret) == []
    for forbidden in (
        "SELECT * FROM pg_authid",
        "CREATE TABLE pgbouncer.own (id int)",
        "CREATE TABLE public.own (id int)",
        "CREATE ROLE other",
        "SELECT pg_read_file('/etc/postgresql/password')",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            ask(database, "postgres", forbidden, "pgbouncer", secret)


def test_a_role_that_may_not_log_in_is_unknown_to_the_pool(database):
    ask(database, "postgres", "CREATE ROLE expired LOGIN PASSWORD 'x1' VALID UNTIL '2020-01-01'; SELECT 1")
    try:
        assert ask(database, "postgres", "SELECT * FROM pgbouncer.get_auth('expired')") == []
    finally:
        ask(database, "postgres", "DROP ROLE expired; SELECT 1")


def test_limits_are_those_of_the_checklist(database):
    secret = database.secrets["PGBOUNCER_STATS_PASSWORD"]
    console = connect(database, "pgbouncer", "pgbouncer_stats", secret, "pgbouncer")
    try:
        with console.cursor() as cursor:
            cursor.execute("SHOW CONFIG")
            config = {row[0]: row[1] for row in cursor.fetchall()}
    finally:
        console.close()
    assert config["pool_mode"] == "transaction"
    assert config["max_client_conn"] == "500"
    assert config["default_pool_size"] == "20"
    assert config["auth_type"] == "scram-sha-256"
    ((connections,),) = ask(database, "postgres", "SHOW max_connections")
    assert int(config["max_db_connections"]) < int(connections) == 300


def test_the_console_lets_the_administrator_act_and_the_observer_look(database):
    def command(user, secret, text):
        console = connect(database, "pgbouncer", user, database.secrets[secret], "pgbouncer")
        try:
            with console.cursor() as cursor:
                cursor.execute(text)
                return cursor.statusmessage
        finally:
            console.close()

    assert command("pgbouncer_admin", "PGBOUNCER_ADMIN_PASSWORD", "RELOAD") == "RELOAD"
    with pytest.raises(psycopg2.Error, match="admin access needed"):
        command("pgbouncer_stats", "PGBOUNCER_STATS_PASSWORD", "RELOAD")
    with pytest.raises(psycopg2.Error, match="not allowed"):
        command("sahool", "POSTGRES_PASSWORD", "SHOW POOLS")
    with pytest.raises(psycopg2.OperationalError, match="authentication failed"):
        connect(database, "pgbouncer", "pgbouncer_admin", "wrong", "pgbouncer")
