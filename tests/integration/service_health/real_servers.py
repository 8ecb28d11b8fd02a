# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real servers in containers, each with the plainest configuration that demands a login."""

from __future__ import annotations

import json
import subprocess
import types
import typing as t

USER = "sahool"
PASSWORD = "Kq7xRightPassword2026"

PGBOUNCER = f"""
cat >/tmp/users <<'end'
"{USER}" "{PASSWORD}"
end
cat >/tmp/pgbouncer.ini <<'end'
[databases]
sahool = host=postgres port=5432 dbname=sahool user={USER} password={PASSWORD}
[pgbouncer]
listen_addr = 0.0.0.0
listen_port = 6432
auth_type = scram-sha-256
auth_file = /tmp/users
pool_mode = transaction
server_login_retry = 1
ignore_startup_parameters = extra_float_digits
end
exec pgbouncer /tmp/pgbouncer.ini
"""

MOSQUITTO = f"""
umask 077
mosquitto_passwd -b -c /tmp/users {USER} {PASSWORD} && mosquitto_passwd -b /tmp/users deaf {PASSWORD}
mosquitto_passwd -b /tmp/users mute {PASSWORD}
cat >/tmp/acl <<'end'
user {USER}
topic readwrite sahool/#
user deaf
topic write sahool/#
user mute
topic read sahool/#
end
cat >/tmp/mosquitto.conf <<'end'
listener 1883
allow_anonymous false
password_file /tmp/users
acl_file /tmp/acl
end
exec mosquitto -c /tmp/mosquitto.conf
"""

ETCD = "exec etcd --listen-client-urls http://0.0.0.0:2379 --advertise-client-urls http://127.0.0.1:2379"


class Server(t.NamedTuple):
    """A server: its image folder, port and command, and the gate that it should pass."""

    embedded: str
    port: int
    command: tuple[str, ...]
    gate: dict[str, t.Any]
    entrypoint: str | None = None
    environment: t.Mapping[str, str] = types.MappingProxyType({})


def shell(script: str) -> tuple[str, ...]:
    return ("-c", script)


LOGIN = {"username": USER, "password": PASSWORD}
SERVERS = {
    "postgres": Server(
        "postgres",
        5432,
        ("postgres", "-c", "listen_addresses=*"),
        {"protocol": "postgres", "database": "sahool", **LOGIN},
        environment={"POSTGRES_USER": USER, "POSTGRES_PASSWORD": PASSWORD, "POSTGRES_DB": "sahool"},
    ),
    "pgbouncer": Server(
        "pgbouncer",
        6432,
        shell(PGBOUNCER),
        {"protocol": "pgbouncer", "database": "sahool", **LOGIN},
        entrypoint="sh",
    ),
    "redis": Server(
        "redis",
        6379,
        ("redis-server", "--requirepass", PASSWORD, "--save", ""),
        {"protocol": "redis", "password": PASSWORD},
    ),
    "nats": Server(
        "nats",
        4222,
        ("-js", "-sd", "/data", "-n", "nats-1", "--user", USER, "--pass", PASSWORD),
        {"protocol": "nats", "jetstream": True, **LOGIN},
    ),
    "nats-plain": Server(
        "nats", 4222, ("--user", USER, "--pass", PASSWORD), {"protocol": "nats", "jetstream": False, **LOGIN}
    ),
    "mqtt": Server("mosquitto", 1883, shell(MOSQUITTO), {"protocol": "mqtt", **LOGIN}, entrypoint="sh"),
    "etcd": Server(
        "etcd",
        2379,
        shell(ETCD),
        {"protocol": "etcd", "username": "root", "password": PASSWORD},
        entrypoint="sh",
    ),
}


def docker(*arguments: str) -> str:
    """Run the Docker client and return its output; its error becomes the exception's text."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"docker {arguments[0]} exited {done.returncode}: {done.stderr.strip()}")
    return done.stdout


class Farm:
    """The servers, running on a network of their own, on free ports of this host."""

    def __init__(self, prefix: str, image_of: t.Callable[[str], str]) -> None:
        self.prefix = prefix
        self.ports: dict[str, int] = {}
        self._image_of = image_of

    def start(self) -> None:
        docker("network", "create", self.prefix)
        for name, server in SERVERS.items():
            options = ["--network", self.prefix, "--network-alias", name, "-p", f"127.0.0.1::{server.port}", "--init"]
            for variable, value in server.environment.items():
                options += ["-e", f"{variable}={value}"]
            if server.entrypoint:
                options += ["--entrypoint", server.entrypoint]
            image = self._image_of(server.embedded)
            docker("run", "-d", "--name", self.container(name), *options, image, *server.command)
            bindings = json.loads(docker("inspect", "-f", "{{json .NetworkSettings.Ports}}", self.container(name)))
            self.ports[name] = int(bindings[f"{server.port}/tcp"][0]["HostPort"])

    def container(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def gate(self, name: str, **options: t.Any) -> dict[str, t.Any]:
        return {"name": name, "port": self.ports[name], **SERVERS[name].gate, **options}

    def remove(self) -> None:
        made = docker("ps", "-aq", "--filter", f"network={self.prefix}").split()
        if made:
            docker("rm", "-f", "-v", *made)
        docker("network", "rm", self.prefix)
