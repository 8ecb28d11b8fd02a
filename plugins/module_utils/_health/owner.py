# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which container owns a published port: the identity of a service whose body names none."""

from __future__ import annotations

import re
import typing as t

from .docker_cli import DockerCli

# Stable on every engine: a template, and the text that the client itself prints for ports.
_FORMAT = '{{.Ports}}\t{{.Label "com.docker.compose.project"}}\t{{.Label "com.docker.compose.service"}}\t{{.Names}}'
# 127.0.0.1:8100->80/tcp   0.0.0.0:8000-8001->8000-8001/tcp   :::80->80/tcp   [::]:80->80/tcp
_PUBLISHED = re.compile(r"(?P<address>\S*):(?P<first>\d+)(?:-(?P<last>\d+))?->\S+/tcp\Z")
_EVERYWHERE = ("0.0.0.0", "::", "")


class Owner(t.NamedTuple):
    """A container that owns a published port; project and service are empty when Compose did not make it."""

    project: str
    service: str
    container: str
    address: str

    def __str__(self) -> str:
        if not self.project:
            return "container %s (of no Compose project)" % self.container
        return "container %s (service %s of project %s)" % (self.container, self.service, self.project)


Owners = dict[int, list[Owner]]


def published_port_owners(docker: DockerCli) -> Owners:
    """The owners of every published TCP port of the running containers, from one call.

    A port can have several owners, on different addresses of the host.

    :raises DockerError: Docker cannot be asked.
    """
    return parse_owners(docker.run("ps", "--no-trunc", "--format", _FORMAT))


def parse_owners(text: str) -> Owners:
    """Parse the lines of ``docker ps`` in the format of this module."""
    owners: Owners = {}
    for line in text.splitlines():
        ports, project, service, container = line.split("\t")
        for entry in ports.split(","):
            match = _PUBLISHED.match(entry.strip())
            if match is None:
                continue  # exposed only, or UDP
            address = match["address"].strip("[]")
            for port in range(int(match["first"]), int(match["last"] or match["first"]) + 1):
                owner = Owner(project, service, container, address)
                if owner not in owners.setdefault(port, []):
                    owners[port].append(owner)
    return owners


def owner_of(owners: Owners, host: str, port: int) -> Owner | None:
    """Who answers at this address: the owner of just this address before one that listens everywhere."""
    candidates = owners.get(port, [])
    if host == "localhost":
        host = "127.0.0.1"
    for addresses in ((host,), _EVERYWHERE):
        for owner in candidates:
            if owner.address in addresses:
                return owner
    return None
