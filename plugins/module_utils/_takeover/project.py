# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at a Compose project: its containers, what they have mounted, its volumes and networks."""

from __future__ import annotations

import glob
import json
import os
import re
import typing as t

from ansible_collections.sahool.platform.plugins.module_utils._health.docker_cli import DockerCli
from ansible_collections.sahool.platform.plugins.module_utils._volumes.docker import State, Volume, Volumes

# Source of the labels: https://docs.docker.com/reference/compose-file/services/#labels
_LABEL = "com.docker.compose."
# On every container that this collection made.
_OWN_LABEL = "sahool.platform.tier"
# The engine's own names for volumes that nobody named.
_ANONYMOUS = re.compile(r"[0-9a-f]{64}")
_FOUND_AT_MOST = 20


class PatternError(Exception):
    """A pattern that would leave the volume."""


def read_project(docker: DockerCli, volumes: Volumes, project: str, look_for: t.Sequence[str]) -> dict[str, t.Any]:
    """Return what the host has of *project*: see RETURN of M(sahool.platform.compose_project_info).

    Containers that this collection made are left out: a project may share its name with the platform.

    :param look_for: patterns of paths within volumes.
    :raises PatternError: a pattern is absolute or goes upwards.
    :raises DockerError: Docker cannot be asked.
    :raises VolumeError: the volumes cannot be looked at.
    """
    for pattern in look_for:
        if os.path.isabs(pattern) or ".." in pattern.split("/"):
            raise PatternError("look_for has %r; expected a path below the root of a volume" % pattern)
    inspected = _inspect(docker, project)
    known = volumes.all()
    mine = {volume.name: volume for volume in known.values() if volume.project == project}
    for container in inspected:
        for mount in container.get("Mounts") or []:
            if mount["Type"] == "volume" and mount.get("Name") in known:
                mine[mount["Name"]] = known[mount["Name"]]
    foreign = [container for container in inspected if _OWN_LABEL not in (container["Config"].get("Labels") or {})]
    first = (foreign[0]["Config"]["Labels"] or {}) if foreign else {}
    return {
        "containers": sorted(
            (_container(one, known) for one in foreign), key=lambda one: (one["service"], one["name"])
        ),
        "volumes": _volumes(volumes, mine, project, look_for),
        "networks": _networks(docker, project),
        "working_dir": first.get(_LABEL + "project.working_dir") or None,
        "env_files": _words(first.get(_LABEL + "project.environment_file")),
        "projects": sorted({volume.project for volume in known.values() if volume.project}),
    }


def _inspect(docker: DockerCli, project: str) -> list[dict[str, t.Any]]:
    ids = docker.run("ps", "--all", "--quiet", "--no-trunc", "--filter", "label=%sproject=%s" % (_LABEL, project))
    return json.loads(docker.run("inspect", "--type", "container", *ids.split())) if ids.split() else []


def _words(label: str | None) -> list[str]:
    return [word for word in (label or "").split(",") if word]


def _container(raw: dict[str, t.Any], known: t.Mapping[str, Volume]) -> dict[str, t.Any]:
    labels = raw["Config"].get("Labels") or {}
    return {
        "id": raw["Id"],
        "name": raw["Name"].lstrip("/"),
        "service": labels.get(_LABEL + "service", ""),
        "state": raw["State"]["Status"],
        "exit_code": raw["State"].get("ExitCode"),
        "image": raw["Config"]["Image"],
        "restart": raw["HostConfig"]["RestartPolicy"].get("Name") or "no",
        "one_off": labels.get(_LABEL + "oneoff", "False").lower() == "true",
        "mounts": sorted((_mount(one, known) for one in raw.get("Mounts") or []), key=lambda one: one["destination"]),
    }


def _mount(raw: dict[str, t.Any], known: t.Mapping[str, Volume]) -> dict[str, t.Any]:
    name = raw.get("Name") or ""
    volume = known.get(name)
    return {
        "type": raw["Type"],
        "volume": name or None,
        "key": (volume.key or None) if volume else None,
        "anonymous": bool(_ANONYMOUS.fullmatch(name)) and not (volume and volume.key),
        "source": raw.get("Source"),
        "destination": raw["Destination"],
        "rw": bool(raw.get("RW")),
        # A file or a socket that is mounted is configuration, a folder may hold data.
        "folder": raw["Type"] != "bind" or os.path.isdir(raw.get("Source") or ""),
    }


def _volumes(
    volumes: Volumes, mine: t.Mapping[str, Volume], project: str, look_for: t.Sequence[str]
) -> list[dict[str, t.Any]]:
    states = volumes.states(list(mine.values()))
    folders = volumes.folders(list(mine.values()))
    users = volumes.users(mine)
    return [
        {
            "name": name,
            "key": volume.key or None,
            "own": volume.project == project,
            "folder": folders[name],
            "state": states[name].value,
            "found": _found(folders[name], look_for) if states[name] is State.FILLED else [],
            "used_elsewhere": sorted(
                user.container for user in users if name in user.mounts and user.lives and user.project != project
            ),
        }
        for name, volume in sorted(mine.items())
    ]


def _found(folder: str | None, look_for: t.Sequence[str]) -> list[dict[str, t.Any]]:
    if folder is None:
        return []
    paths: list[str] = []
    for pattern in look_for:
        paths += sorted(glob.glob(os.path.join(glob.escape(folder), pattern)))[:_FOUND_AT_MOST]
    found = []
    for path in paths:
        try:
            status = os.lstat(path)
        except FileNotFoundError:
            continue  # a server at work removes and renames its files
        found.append(
            {"path": os.path.relpath(path, folder), "uid": status.st_uid, "size": status.st_size, "text": _first(path)}
        )
    return found


def _first(path: str) -> str | None:
    """The one line of a file that tells a version; None of every other one."""
    if os.path.basename(path) != "PG_VERSION" or os.path.islink(path):
        return None
    with open(path, encoding="ascii", errors="replace") as file:
        return file.readline(16).strip()


def _networks(docker: DockerCli, project: str) -> list[dict[str, str]]:
    listed = docker.run(
        "network",
        "ls",
        "--no-trunc",
        "--filter",
        "label=%sproject=%s" % (_LABEL, project),
        "--format",
        "{{.ID}} {{.Name}}",
    )
    return [dict(zip(("id", "name"), line.split(" ", 1))) for line in listed.splitlines() if line.strip()]
