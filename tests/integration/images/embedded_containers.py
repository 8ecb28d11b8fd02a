# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers of the stand-in and the reference image on a network of their own, and plain HTTP to ask them."""

from __future__ import annotations

import contextlib
import http.client
import json
import pathlib
import secrets
import subprocess
import time

from ansible_collections.sahool.platform.plugins.plugin_utils._images.context import context_digest

CONTEXT = pathlib.Path(__file__).resolve().parents[3] / "roles/images/files/embedded-python"
TAG_DIGITS = 12
START_SECONDS = 15


def docker(*arguments):
    """Run the Docker command line and return its output."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"docker {' '.join(arguments[:3])} exited {done.returncode}: {done.stderr.strip()[-2000:]}")
    return done.stdout.strip()


def image(target):
    """Return the image of ``target``, built from the folder as it is now; Docker's cache makes that quick."""
    reference = f"t-embedded/{target}:{context_digest(str(CONTEXT))[:TAG_DIGITS]}"
    docker("build", "--quiet", "--target", target, "--tag", reference, str(CONTEXT))
    return reference


class Answer:
    """Status, headers and body of one HTTP answer."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        """Return the body as JSON."""
        return json.loads(self.body)


class Container:
    """One container."""

    def __init__(self, name):
        self.name = name
        self.id = docker("inspect", "--format", "{{.Id}}", name)

    @property
    def address(self):
        """Return where the test reaches the container; a restart can change it, a stopped one has none."""
        networks = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        return docker("inspect", "--format", networks, self.name)

    def ask(self, port, path, method="GET", body=None, headers=None):
        """Send one HTTP request."""
        connection = http.client.HTTPConnection(self.address, port, timeout=10)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            return Answer(connection.getresponse())

    def when(self, port, path, status, seconds=START_SECONDS):
        """Return the first answer of this status; fails with the last one when none comes in time."""
        end = time.monotonic() + seconds
        while True:
            try:
                answer = self.ask(port, path)
                seen = (answer.status, answer.body)
                if answer.status == status:
                    return answer
            except OSError as error:
                seen = error
            assert time.monotonic() < end, f"{self.name}{path}: no {status} in {seconds} s, last {seen!r}\n{self.log()}"
            time.sleep(0.05)

    def log(self):
        """Return all that the container wrote."""
        done = subprocess.run(["docker", "logs", self.name], capture_output=True, text=True, check=True)
        return done.stdout + done.stderr

    def run_inside(self, *command):
        """Run a command in the container."""
        program = ["docker", "exec", self.name, *command]
        return subprocess.run(program, capture_output=True, text=True, timeout=30, check=False)

    def stop(self):
        """Stop the container; return its exit code and the seconds it took."""
        began = time.monotonic()
        docker("stop", "--time", "10", self.name)
        return int(docker("inspect", "--format", "{{.State.ExitCode}}", self.name)), time.monotonic() - began

    def cost(self):
        """Return CPU seconds used so far and MiB of memory held, page cache included (cgroup v1)."""
        used = pathlib.Path(f"/sys/fs/cgroup/cpuacct/docker/{self.id}/cpuacct.usage").read_text(encoding="ascii")
        held = pathlib.Path(f"/sys/fs/cgroup/memory/docker/{self.id}/memory.usage_in_bytes").read_text(encoding="ascii")
        return int(used) / 1e9, int(held) / 2**20


class Network:
    """A network and the containers on it, removed together."""

    def __init__(self, existing=None):
        self.mark = f"t-embedded-{secrets.token_hex(3)}"
        self.own = existing is None
        self.name = existing or self.mark
        self._names = []
        if self.own:
            docker("network", "create", self.name)

    def run(self, alias, reference, environment=None, arguments=(), options=()):
        """Start a container that others on the network reach by ``alias``."""
        name = f"{self.mark}-{alias}"
        settings = [part for key, value in (environment or {}).items() for part in ("--env", f"{key}={value}")]
        self._names.append(name)
        docker(
            "run",
            "--detach",
            "--name",
            name,
            "--network",
            self.name,
            "--network-alias",
            alias,
            "--memory",
            "128m",
            *settings,
            *options,
            reference,
            *arguments,
        )
        return Container(name)

    def remove(self):
        """Remove containers, their volumes and the network."""
        if self._names:
            subprocess.run(["docker", "rm", "--force", "--volumes", *self._names], capture_output=True, check=True)
        if self.own:
            docker("network", "rm", self.name)
