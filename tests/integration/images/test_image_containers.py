# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every real server's container has in common: who runs it, what it shows, how it stops, what it keeps."""

from __future__ import annotations

import json
import queue
import time

import paho.mqtt.client as paho
import psycopg2
import pytest
import redis
from nats_client import NatsClient
from server_images import docker, image_of
from server_platform import SERVERS, Platform, until

# What the official images use; the others run as root there and have ids of their own here.
UIDS = {"postgres": 999, "redis": 999, "pgbouncer": 70, "nats": 10001, "mqtt": 1883, "etcd": 10002, "milvus": 10003}
# Milvus takes its passwords from variables only.
WITHOUT_SECRETS_IN_VARIABLES = [name for name in SERVERS if name != "milvus"]
# Milvus' own shutdown ends in a panic (2, 134) or is cut short by its entrypoint (137); nats-server may exit with 1.
EXIT_CODES = {"milvus": (0, 2, 134, 137), "nats": (0, 1)}


def health_command(servers, name):
    kind, *words = servers.services[name]["healthcheck"]["test"]
    return ["sh", "-c", *words] if kind == "CMD-SHELL" else words


@pytest.fixture(scope="module")
def running(servers: Platform) -> Platform:
    for name in SERVERS:
        until(lambda name=name: servers.run_inside(name, *health_command(servers, name)).returncode == 0, 90)
    return servers


@pytest.mark.parametrize("name", SERVERS)
def test_no_process_of_it_runs_as_root(running, name):
    table = docker("top", running.container(name)["Id"], "-eo", "uid,pid,args").splitlines()[1:]
    assert table
    assert {int(line.split()[0]) for line in table} == {UIDS[name]}


@pytest.mark.parametrize("name", SERVERS)
def test_no_secret_stands_in_its_process_list(running, name):
    shown = docker("top", running.container(name)["Id"], "-eo", "pid,args")
    assert not [key for key, value in running.secrets.items() if value in shown]


@pytest.mark.parametrize("name", WITHOUT_SECRETS_IN_VARIABLES)
def test_no_secret_stands_in_what_the_engine_shows(running, name):
    shown = json.dumps(running.container(name)) + running.log(name)
    assert not [key for key, value in running.secrets.items() if value in shown]


@pytest.mark.parametrize("name", SERVERS)
def test_no_secret_stands_in_the_image(running, name):
    shown = docker("image", "inspect", image_of(running.services[name]["embedded"]))
    assert not [key for key, value in running.secrets.items() if value in shown]
    assert json.loads(shown)[0]["Config"]["User"].split(":")[0] == str(UIDS[name])


@pytest.mark.parametrize("name", SERVERS)
def test_its_health_check_fails_where_no_server_runs(running, name):
    # The same command in the same image, beside no server.
    image = image_of(running.services[name]["embedded"])
    command = health_command(running, name)
    with pytest.raises(RuntimeError, match=r"docker run .* exited [1-9]"):
        docker("run", "--rm", "--entrypoint", command[0], image, *command[1:])


@pytest.mark.parametrize("name", WITHOUT_SECRETS_IN_VARIABLES)
def test_it_cannot_change_its_configuration(running, name):
    for target in running.services[name]["files"]:
        assert running.run_inside(name, "sh", "-c", f"echo >> {target}").returncode != 0


@pytest.mark.parametrize("name", SERVERS)
def test_it_stops_by_itself_within_its_grace_period_and_starts_again(running, name):
    container = running.container(name)["Id"]
    idle = [connect_idle(running, service) for service in ("postgres", "pgbouncer") if service == name]
    began = time.monotonic()
    docker("stop", "--time", str(running.services[name]["stop_grace_period"]), container)
    seconds = time.monotonic() - began
    state = json.loads(docker("inspect", container))[0]["State"]
    docker("start", container)
    assert seconds < min(running.services[name]["stop_grace_period"], 8), "a client that only waits keeps nobody"
    assert state["ExitCode"] in EXIT_CODES.get(name, (0,)), state
    assert not state["OOMKilled"]
    until(lambda: running.run_inside(name, *health_command(running, name)).returncode == 0, 60)
    for connection in idle:
        connection.close()


def connect_idle(servers, service):
    return psycopg2.connect(
        host="127.0.0.1",
        port=servers.port(service),
        user="sahool",
        password=servers.secrets["POSTGRES_PASSWORD"],
        dbname="sahool",
        connect_timeout=5,
    )


class Kept:
    """Write something into a server and read it back, by its own protocol."""

    def __init__(self, servers):
        self.servers = servers

    def postgres(self, write):
        with connect_idle(self.servers, "postgres") as connection, connection.cursor() as cursor:
            if write:
                cursor.execute("CREATE TABLE kept AS SELECT 'here'::text AS word")
            cursor.execute("SELECT word FROM kept")
            return cursor.fetchone() == ("here",)

    def redis(self, write):
        client = redis.Redis(
            "127.0.0.1", self.servers.port("redis"), password=self.servers.secrets["REDIS_PASSWORD"], socket_timeout=5
        )
        if write:
            client.set("kept", "here")
        return client.get("kept") == b"here"

    def nats(self, write):
        with NatsClient(self.servers.port("nats"), "sahool_app", self.servers.secrets["NATS_PASSWORD"]) as client:
            if write:
                stream = {"name": "KEPT", "subjects": ["sahool.kept"], "storage": "file"}
                client.request("$JS.API.STREAM.CREATE.KEPT", stream)
                client.request("sahool.kept", {"word": "here"})
            _subject, answer = client.request("$JS.API.STREAM.INFO.KEPT")
            return json.loads(answer).get("state", {}).get("messages") == 1

    def mqtt(self, write):
        found = queue.Queue()
        client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        client.username_pw_set("sahool_admin", self.servers.secrets["MQTT_ADMIN_PASSWORD"])
        client.on_message = lambda _c, _u, message: found.put(message.payload)
        client.on_connect = lambda c, *_rest: c.subscribe("kept", qos=1)
        client.connect("127.0.0.1", self.servers.port("mqtt"))
        client.loop_start()
        try:
            if write:
                client.publish("kept", b"here", qos=1, retain=True).wait_for_publish(5)
            return found.get(timeout=5) == b"here"
        finally:
            client.disconnect()
            client.loop_stop()


@pytest.mark.parametrize("name", ["postgres", "redis", "nats", "mqtt"])
def test_its_data_outlives_the_container(running, name):
    keeper = getattr(Kept(running), name)
    assert keeper(write=True)
    before = running.container(name)["Id"]
    running.recreate(name)
    assert running.container(name)["Id"] != before
    errors = (OSError, psycopg2.Error, redis.RedisError, queue.Empty)
    assert until(lambda: keeper(write=False), 60, errors)


@pytest.fixture
def scripts(tmp_path):
    """A folder of init scripts, the last of which fails, and a volume; both are gone afterwards."""
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "1.sql").write_text("CREATE TABLE first (id int);", encoding="utf-8")
    (folder / "2.sh").write_text('psql -U sahool -d "$POSTGRES_DB" -c "CREATE TABLE second (id int)"\n', "utf-8")
    (folder / "3.sql").write_text("SELECT pg_sleep(1); SELECT 1/0;", encoding="utf-8")
    for path in (tmp_path, folder):
        path.chmod(0o755)
    name = f"t-images-init-{time.monotonic_ns()}"
    yield folder, name
    docker("rm", "--force", "--volumes", name)
    docker("volume", "rm", name)


def test_a_failed_or_killed_initialisation_starts_over(scripts):
    folder, name = scripts

    def run():
        docker(
            "run",
            "--detach",
            "--name",
            name,
            "--volume",
            f"{name}:/var/lib/postgresql/data",
            "--volume",
            f"{folder}:/docker-entrypoint-initdb.d:ro",
            "--env",
            "POSTGRES_USER=sahool",
            "--env",
            "POSTGRES_PASSWORD=x",
            image_of("postgres"),
        )

    def state():
        return json.loads(docker("inspect", name))[0]["State"]

    def tables():
        question = "SELECT relname FROM pg_class WHERE relname IN ('first', 'second', 'third')"
        return docker("exec", name, "psql", "-U", "sahool", "-Atc", question)

    run()
    until(lambda: not state()["Running"], 30)
    assert state()["ExitCode"] != 0, "a failing script fails the start"

    docker("start", name)
    until(lambda: "second" in tables(), 30, (RuntimeError,))
    docker("kill", name)
    docker("rm", name)

    (folder / "3.sql").write_text("CREATE TABLE third (id int);", encoding="utf-8")
    run()
    # The server that the scripts run in answers before the last of them has ended.
    until(lambda: sorted(tables().split()) == ["first", "second", "third"], 30, (RuntimeError,))
    docker("restart", name)
    assert sorted(until(tables, 30, (RuntimeError,)).split()) == ["first", "second", "third"]
