# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small Compose project as an operator would have started one by hand: servers, a stranger, an ``.env``, and data."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
from dataclasses import dataclass, field
from typing import Any

import yaml

# Letters and digits in quotes, with a comment behind, with a blank and a `#` in what Compose does not take for one.
ENV = """\
# made by hand
POSTGRES_USER=sahool
POSTGRES_PASSWORD="StockPostgres7pw"   # the database was made with it
export POSTGRES_DB=sahool
REDIS_PASSWORD=StockRedis7pw # cache
NATS_USER=sahool_app
NATS_PASSWORD: StockNats7pw
JWT_SECRET_KEY='StockJwt7SecretKey'
SENDER_NAME='$ahool Farm #1'
OPENWEATHERMAP_API_KEY=StockWeather7key
"""
# As the official image does it: the cluster at the root of the volume, clients from the network by password.
POSTGRES = """\
if [ ! -s "$$PGDATA/PG_VERSION" ]; then
  initdb --username="$$POSTGRES_USER" --pwfile=<(printf '%s\\n' "$$POSTGRES_PASSWORD") --no-sync >/dev/null
  echo 'host all all all scram-sha-256' >>"$$PGDATA/pg_hba.conf"
fi
exec postgres
"""
NATS = """\
listen: "0.0.0.0:4222"
http: "0.0.0.0:8222"
authorization { user: $NATS_USER, password: $NATS_PASSWORD }
jetstream { store_dir: "/data" }
"""


@dataclass
class StockProject:
    """Postgres, Redis and NATS with data in volumes of their own, and a service that the platform does not have.

    :param folder: an empty one; the project is started from it.
    :param images: name of an image by server.
    :param port_offset: added to the ports, as the platform adds it: only one of the two can have them.
    """

    name: str
    folder: pathlib.Path
    images: dict[str, str]
    port_offset: int
    services: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / ".env").write_text(ENV)
        (self.folder / "nats.conf").write_text(NATS)
        self.services = {
            "postgres": {
                "image": self.images["postgres"],
                "entrypoint": ["bash", "-c", POSTGRES],
                "environment": {
                    "POSTGRES_USER": "${POSTGRES_USER}",
                    "POSTGRES_PASSWORD": "${POSTGRES_PASSWORD:?}",
                    "PGDATA": "/var/lib/postgresql/data",
                },
                "restart": "always",
                "ports": [f"127.0.0.1:{5432 + self.port_offset}:5432"],
                "volumes": ["postgres_data:/var/lib/postgresql/data"],
            },
            "redis": {
                "image": self.images["redis"],
                "command": "redis-server --appendonly yes --appendfilename stock.aof --requirepass ${REDIS_PASSWORD}",
                "restart": "unless-stopped",
                "ports": [f"127.0.0.1:{6379 + self.port_offset}:6379"],
                "volumes": ["redis_data:/data"],
            },
            "nats": {
                "image": self.images["nats"],
                "command": "-c /etc/nats/nats.conf",
                "environment": {"NATS_USER": "${NATS_USER}", "NATS_PASSWORD": "${NATS_PASSWORD}"},
                "ports": [f"127.0.0.1:{4222 + self.port_offset}:4222"],
                "volumes": ["nats_data:/data", "./nats.conf:/etc/nats/nats.conf:ro"],
            },
            # No service of the platform.
            "skills-service": {
                "image": self.images["redis"],
                "user": "root",
                "command": ["sh", "-c", "echo kept >/cache/skill; exec sleep infinity"],
                "init": True,
                "tmpfs": ["/data"],
                "volumes": ["skills_cache:/cache"],
            },
        }

    def up(self) -> None:
        """Start it, from its folder, as a person would."""
        model = {
            "services": self.services,
            "volumes": {"postgres_data": {}, "redis_data": {}, "nats_data": {}, "skills_cache": {}},
        }
        (self.folder / "docker-compose.yml").write_text(yaml.safe_dump(model))
        self._run(["docker", "compose", "-p", self.name, "up", "-d", "--quiet-pull"])
        self.exec("postgres", "sh", "-c", "until pg_isready -q -h 127.0.0.1 -U sahool; do :; done")

    def exec(self, service: str, *command: str, data: str = "") -> str:
        """Run *command* in the container of *service* and return its output."""
        return self._run(["docker", "exec", "-i", f"{self.name}-{service}-1", *command], data)

    def containers(self) -> dict[str, str]:
        """Return the state of each container by service."""
        return {name: found["State"]["Status"] for name, found in self.inspect().items()}

    def inspect(self) -> dict[str, dict[str, Any]]:
        """Return what ``docker inspect`` says of each container by service."""
        listed = self._run(["docker", "ps", "-aq", "--filter", f"label=com.docker.compose.project={self.name}"]).split()
        found = json.loads(self._run(["docker", "inspect", *listed])) if listed else []
        return {one["Config"]["Labels"]["com.docker.compose.service"]: one for one in found}

    def volumes(self) -> list[str]:
        """Return the names of its volumes."""
        label = f"label=com.docker.compose.project={self.name}"
        return sorted(self._run(["docker", "volume", "ls", "-q", "--filter", label]).split())

    def networks(self) -> list[str]:
        """Return the names of its networks."""
        label = f"label=com.docker.compose.project={self.name}"
        return self._run(["docker", "network", "ls", "--format", "{{.Name}}", "--filter", label]).split()

    def remove(self) -> None:
        """Remove all of it, volumes included."""
        self._run(["docker", "compose", "-p", self.name, "down", "--volumes", "--remove-orphans", "--timeout", "5"])
        for volume in self.volumes():
            self._run(["docker", "volume", "rm", "--force", volume])

    def _run(self, command: list[str], data: str = "") -> str:
        # Compose prefers a variable of its caller to the .env.
        names = {line.removeprefix("export ").split("=")[0].split(":")[0] for line in ENV.splitlines()}
        environment = {key: value for key, value in os.environ.items() if key not in names}
        done = subprocess.run(
            command, input=data, capture_output=True, text=True, cwd=self.folder, env=environment, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout
