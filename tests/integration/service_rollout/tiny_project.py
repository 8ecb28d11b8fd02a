# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Compose project of tiny containers: each serves two small files by busybox, starts at once and stops at once."""

from __future__ import annotations

import hashlib
import json
import pathlib
import socket
import subprocess
import typing as t

from ansible_collections.sahool.platform.plugins.module_utils._rollout.digest import labelled

IMAGE = "t-rollout-tiny:1"
OTHER_IMAGE = "t-rollout-tiny:2"
GIVEN_OUT: set[int] = set()
DOCKERFILE = """\
FROM debian:trixie-slim
RUN apt-get update && apt-get install --yes --no-install-recommends busybox && rm -rf /var/lib/apt/lists/*
"""


def docker(*arguments: str, data: str | None = None) -> str:
    """Run the Docker client and return its output; its error becomes the exception's text."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, input=data, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"docker {' '.join(arguments)} exited {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def build_images() -> None:
    """Build the tiny image, and one that differs by a label."""
    docker("build", "--quiet", "--tag", IMAGE, "-", data=DOCKERFILE)
    docker("build", "--quiet", "--tag", OTHER_IMAGE, "--label", "other=yes", "-", data=f"FROM {IMAGE}\n")


def free_port() -> int:
    """A port that nothing listens on now, and that has not been given out before."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        if port not in GIVEN_OUT:
            GIVEN_OUT.add(port)
            return port


class TinyProject:
    """A project with a model of its own; ``services`` may be changed between two roll-outs."""

    def __init__(self, name: str, folder: pathlib.Path) -> None:
        self.name = name
        self.folder = folder
        self.files = folder / "home/files"
        self.model = self.files / "none/compose.yaml"  # that of the last roll-out
        self.services: dict[str, dict[str, t.Any]] = {}
        self.volumes: dict[str, dict[str, t.Any]] = {}
        self.gates: dict[str, dict[str, t.Any]] = {}

    def server(self, name: str, *, says: str | None = None, delay: float = 0, **fields: t.Any) -> None:
        """Add a service that answers ``/ready`` with its name after ``delay`` seconds."""
        port = free_port()
        body = json.dumps({"status": "ok", "service": says or name})
        self.services[name] = {
            "image": IMAGE,
            "init": True,
            "stop_signal": "SIGKILL",
            "command": ["sh", "-c", f"sleep {delay}; mkdir /w; echo '{body}' >/w/ready; busybox httpd -f -p 80 -h /w"],
            "ports": [{"target": 80, "published": str(port), "host_ip": "127.0.0.1", "protocol": "tcp"}],
            **fields,
        }
        self.gates[name] = {
            "name": name,
            "protocol": "http",
            "port": port,
            "path": "/ready",
            "json": {"status": ["ok"]},
            "identity_field": "service",
        }

    def plain(self, name: str, command: str = "exec sleep inf", **fields: t.Any) -> None:
        """Add a service without a gate."""
        self.services[name] = {
            "image": IMAGE,
            "init": True,
            "stop_signal": "SIGKILL",
            "command": ["sh", "-c", command],
            **fields,
        }

    def one_shot(self, name: str, command: str, **gate: t.Any) -> None:
        """Add a one-shot."""
        self.plain(name, command, restart="no")
        self.gates[name] = {"name": name, "one_shot": True, **gate}

    def file(self, name: str, text: str, mode: int = 0o644) -> str:
        """Write a file as the platform does, so that its path stands for its content, and return the path."""
        folder = self.files / hashlib.sha256(f"{name} {mode} {text}".encode()).hexdigest()[:32]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(mode)
        return str(folder / name)

    def arguments(self, *waves: list[str], **options: t.Any) -> dict[str, t.Any]:
        """Write the model, and return the module's arguments for a roll-out of ``waves`` (by default all at once)."""
        document = labelled({"name": self.name, "services": self.services, "volumes": self.volumes})
        self.model = pathlib.Path(self.file("compose.yaml", json.dumps(document)))
        chosen = list(waves) or [list(self.services)]
        names = {name for wave in chosen for name in wave}
        return {
            "project": self.name,
            "model": str(self.model),
            "waves": chosen,
            "services": [gate for name, gate in self.gates.items() if name in names],
            "deadline": 20,
            **options,
        }

    def containers(self) -> dict[str, tuple[str, str]]:
        """Id and time of the last start of every container, by name."""
        ids = docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={self.name}").split()
        if not ids:
            return {}
        lines = docker("inspect", "--format", "{{.Name}} {{.Id}} {{.State.StartedAt}}", *ids).splitlines()
        return {name.lstrip("/"): (identity, started) for name, identity, started in map(str.split, lines)}

    def container(self, service: str) -> str:
        """Name of the container of a service."""
        return f"{self.name}-{service}-1"

    def remove(self) -> None:
        """Remove every container, network and volume of the project."""
        label = f"label=com.docker.compose.project={self.name}"
        ids = docker("ps", "-aq", "--filter", label).split()
        if ids:
            docker("rm", "-f", "-v", *ids)
        for kind in ("network", "volume"):
            made = docker(kind, "ls", "-q", "--filter", label).split()
            if made:
                docker(kind, "rm", *made)
