# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real servers as the platform runs them: catalogue entries, rendered files and the plan's own Compose model."""

from __future__ import annotations

import json
import os
import pathlib
import secrets
import socket
import string
import subprocess
import sys
import time
import typing as t

import yaml
from server_images import ROOT, docker, image_of

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.complete import complete_entry
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.environment import (
    environment_file,
    part_environment,
)
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.service import compose_service
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.tokens import TokenValues

CATALOGUE = ROOT / "roles/catalogue/defaults/main"
SERVERS = ("postgres", "redis", "pgbouncer", "nats", "mqtt", "etcd", "milvus")
SECRETS = (
    "POSTGRES_PASSWORD REDIS_PASSWORD REDIS_ADMIN_PASSWORD REDIS_KONG_PASSWORD REDIS_READONLY_PASSWORD "
    "PGBOUNCER_AUTH_PASSWORD PGBOUNCER_ADMIN_PASSWORD PGBOUNCER_STATS_PASSWORD NATS_PASSWORD NATS_ADMIN_PASSWORD "
    "NATS_MONITOR_PASSWORD NATS_SYSTEM_PASSWORD MQTT_PASSWORD MQTT_ADMIN_PASSWORD MQTT_SENSOR_PASSWORD "
    "ETCD_ROOT_PASSWORD MINIO_ROOT_PASSWORD QDRANT_API_KEY"
).split()
T = t.TypeVar("T")


def until(ask: t.Callable[[], T], seconds: float, expected: tuple[type[Exception], ...] = (OSError,)) -> T:
    """Return the first true answer of ``ask``; ``expected`` errors count as "not yet".

    :raises TimeoutError: no true answer in time; it shows the last error or answer.
    """
    deadline = time.monotonic() + seconds
    while True:
        last: object
        try:
            last = answer = ask()
            if answer:
                return answer
        except expected as error:
            last = error
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s; last: {last!r}")
        time.sleep(0.05)


def entries(names: t.Iterable[str]) -> dict[str, dict[str, t.Any]]:
    """Return the completed catalogue entries of ``names``, each on free ports of this host."""
    raw: dict[str, t.Any] = {}
    for path in sorted(CATALOGUE.glob("*_tier.yml")):
        for variable, services in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if variable.endswith("_services"):
                raw.update(services)
    completed = {}
    for name in names:
        slots = ["main", *raw[name].get("extra_ports", {})]
        ports = dict(zip([(name, slot) for slot in slots], _free_ports(len(slots))))
        completed[name] = complete_entry(name, raw[name], ports=ports, registry="", version="", environment_sets={})
    return completed


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _socket in range(count)]
    ports = [server.getsockname()[1] for server in sockets]
    for server in sockets:
        server.close()
    return ports


class Platform:
    """One Compose project with the real servers, its secrets and the files that its containers read."""

    def __init__(self, folder: pathlib.Path, names: t.Sequence[str] = SERVERS) -> None:
        self.folder = folder
        self.project = f"t-images-{secrets.token_hex(3)}"
        self.secrets = {name: "p" + _random_text(31) for name in SECRETS}
        self.services = entries(names)
        self.model = folder / "compose.json"
        self._write_model()

    def start(self, *names: str) -> None:
        """Start the named services, or all."""
        self._compose("up", "--detach", "--quiet-pull", *names)

    def recreate(self, name: str) -> None:
        """Replace a service's container; its volumes stay."""
        self._compose("rm", "--stop", "--force", name)
        self.start(name)

    def remove(self) -> None:
        """Remove containers, network and volumes."""
        self._compose("down", "--volumes", "--timeout", "5")

    def port(self, service: str, name: str = "main") -> int:
        """Return the port on 127.0.0.1 that a service's port is published on."""
        entry = self.services[service]
        return entry["port"] if name == "main" else entry["extra_ports"][name]["port"]

    def container(self, service: str) -> dict[str, t.Any]:
        """Return what ``docker inspect`` says about a service's container."""
        name = self._compose("ps", "--all", "--quiet", service).strip()
        return json.loads(docker("inspect", name))[0]

    def run_inside(self, service: str, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in a service's container as the container's user."""
        program = ["docker", "exec", self.container(service)["Id"], *command]
        return subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)

    def log(self, service: str) -> str:
        """Return what a service wrote so far."""
        return self._compose("logs", "--no-log-prefix", service)

    def _compose(self, *arguments: str) -> str:
        return docker("compose", "--project-name", self.project, "--file", str(self.model), *arguments)

    def _write_model(self) -> None:
        addresses = {
            name: {
                "host": name,
                "port": entry["container_port"],
                "ports": {
                    "main": entry["container_port"],
                    **{key: port["container_port"] for key, port in entry["extra_ports"].items()},
                },
            }
            for name, entry in self.services.items()
        }
        # Milvus is told where MinIO would be; the built image does not ask it.
        addresses.setdefault("minio", {"host": "minio", "port": 9000, "ports": {"main": 9000}})
        texts = self._rendered(addresses)
        services, volumes = {}, {}
        for name, entry in self.services.items():
            values = TokenValues(addresses, self.secrets, {}, entry)
            public, secret = part_environment({**entry["environment"], **entry["embedded_environment"]}, values)
            env_file = self._write(f"{name}.env", environment_file(name, secret), 0, 0, 0o600) if secret else None
            files = {
                target: self._write(
                    f"{name}{target.replace('/', '-')}",
                    texts[f"{name}:{target}"],
                    file["uid"],
                    file["gid"],
                    int(file["mode"], 8),
                )
                for target, file in entry["files"].items()
            }
            services[name] = compose_service(
                entry,
                image=image_of(entry["embedded"]),
                environment=public,
                env_file=env_file,
                files=files,
                bind_addresses=["127.0.0.1"],
                extra_hosts={},
                cpu_cap=os.cpu_count(),
                gpus=False,
                inputs="test",
            )
            volumes.update({key: {} for key in entry["volumes"]})
        # Compose would take a `$` for a variable of its own, as the plan knows too.
        text = json.dumps({"services": services, "volumes": volumes}).replace("$", "$$")
        self.model.write_text(text, encoding="utf-8")

    def _write(self, name: str, text: str, uid: int, gid: int, mode: int) -> str:
        path = self.folder / name
        path.touch(0o600)
        path.write_text(text, encoding="utf-8")
        os.chown(path, uid, gid)
        path.chmod(mode)
        return str(path)

    def _rendered(self, addresses: dict[str, t.Any]) -> dict[str, str]:
        variables = self.folder / "variables.json"
        variables.touch(0o600)
        rendered = self.folder / "rendered.json"
        variables.write_text(
            json.dumps(
                {
                    "services": self.services,
                    "addresses": addresses,
                    "sahool_secrets": self.secrets,
                    "templates": str(ROOT / "roles/release/templates"),
                    "rendered_to": str(rendered),
                }
            ),
            encoding="utf-8",
        )
        done = subprocess.run(
            [
                str(pathlib.Path(sys.executable).with_name("ansible-playbook")),
                "-i",
                "localhost,",
                "-e",
                f"@{variables}",
                str(pathlib.Path(__file__).with_name("render.yml")),
            ],
            env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "playbooks/collections")},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"the templates could not be rendered: {done.stdout[-3000:]}{done.stderr[-1000:]}")
        return json.loads(rendered.read_text(encoding="utf-8"))


def _random_text(length: int) -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _letter in range(length))
