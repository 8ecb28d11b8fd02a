# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which volumes of another platform ours runs on: a pure function of what the host has and what the catalogue wants."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.findings import Findings
from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.layout import Layout, layout

LIVING = ("running", "paused", "restarting")
EMBEDDED = "sahool-embedded/"
# What the plan says of a container; all of them are removed once the release is recorded.
STOP = "stop"
REMOVE = "remove"
_VERSION = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True)
class Wish:
    """What is asked for.

    :param project: Compose project that is taken over.
    :param own_project: Compose project of the platform.
    :param services: complete catalogue entries of the whole platform.
    :param here: names of the services that this host runs.
    :param recorded: service name to what an earlier run adopted.
    """

    project: str
    own_project: str
    services: Mapping[str, Mapping[str, Any]]
    here: Collection[str]
    recorded: Mapping[str, Mapping[str, Any]]


def adopt(wish: Wish, info: Mapping[str, Any], findings: Findings) -> dict[str, Any]:
    """Decide what is adopted of the project that *info* shows.

    :param info: result of M(sahool.platform.compose_project_info).
    :returns: ``services`` (name to ``project``, ``volumes``, ``environment``, ``arguments``, ``moves``, ``source`` and
        ``major``), ``containers`` and ``volumes`` (lists for the plan), ``left`` (names of volumes that stay unused).
    """
    seen = bool(info["containers"]) or any(volume["own"] for volume in info["volumes"])
    containers = [_listed(container) for container in info["containers"]]
    if seen and wish.project == wish.own_project:
        findings.stop(
            wish.project,
            "the platform has the same project name as the one to take over, and Compose would replace its containers "
            "instead of keeping them until the release is recorded; give the platform another one (sahool_project)",
        )
        return {"services": {}, "containers": containers, "volumes": [], "left": []}
    volumes = {volume["name"]: volume for volume in info["volumes"]}
    by_service: dict[str, list[Mapping[str, Any]]] = {}
    for container in info["containers"]:
        by_service.setdefault(container["service"], []).append(container)
    services = {name: dict(record) for name, record in wish.recorded.items()}
    for name, entry in wish.services.items():
        if name in services:
            continue
        adopted = _adopt_service(name, entry, wish, by_service.get(name, []), volumes, findings)
        if adopted is not None:
            services[name] = adopted
    for name, without in by_service.items():
        if name not in wish.services:
            _judge_stranger(name, without, volumes, findings)
    used = {volume for record in services.values() for volume in record["volumes"].values()}
    return {
        "services": services,
        "containers": containers,
        "volumes": [
            {"service": name, "key": key, "name": volume}
            for name, record in services.items()
            for key, volume in record["volumes"].items()
        ],
        "left": sorted(name for name, volume in volumes.items() if volume["own"] and name not in used),
    }


def _listed(container: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "service": container["service"],
        "container": container["name"],
        "id": container["id"],
        "state": container["state"],
        "restart": container["restart"],
        "action": STOP if container["state"] in LIVING else REMOVE,
    }


def _adopt_service(
    name: str,
    entry: Mapping[str, Any],
    wish: Wish,
    containers: Sequence[Mapping[str, Any]],
    volumes: Mapping[str, Mapping[str, Any]],
    findings: Findings,
) -> dict[str, Any] | None:
    """Return what is adopted for one service; None where the other project has nothing for it."""
    regular = [container for container in containers if not container["one_off"]]
    if len(regular) > 1 and entry["volumes"]:
        names = ", ".join(container["name"] for container in regular)
        findings.stop(name, f"runs {len(regular)} times ({names}); expected one; scale it down first")
        return None
    container = regular[0] if regular else None
    chosen = _choose(entry, container, wish.project, volumes)
    if container is not None:
        _judge_mounts(name, entry, container, chosen, volumes, findings)
    if not chosen:
        return None
    if name not in wish.here:
        names = ", ".join(sorted(chosen.values()))
        findings.stop(
            name,
            f"its data lie on this host ({names}), where the inventory does not place it; place it here for the "
            "takeover and move it afterwards",
        )
        return None
    return _record(name, entry, wish, container, chosen, volumes, findings)


def _choose(
    entry: Mapping[str, Any],
    container: Mapping[str, Any] | None,
    project: str,
    volumes: Mapping[str, Mapping[str, Any]],
) -> dict[str, str]:
    """Return by key of our model the name of the volume that holds the data.

    What the container has mounted at our place counts first, then what it has of the same key; without a container,
    the project's own volume of that key.
    """
    named = [
        mount for mount in (container or {}).get("mounts", []) if mount["type"] == "volume" and not mount["anonymous"]
    ]
    chosen = {}
    for key, volume in entry["volumes"].items():
        candidates = [mount["volume"] for mount in named if mount["destination"].rstrip("/") == volume["target"]]
        candidates += [mount["volume"] for mount in named if mount["key"] == key]
        if container is None:
            candidates += [name for name, one in volumes.items() if one["own"] and one["key"] == key]
        if candidates:
            chosen[key] = candidates[0]
    return chosen


def _judge_mounts(
    name: str,
    entry: Mapping[str, Any],
    container: Mapping[str, Any],
    chosen: Mapping[str, str],
    volumes: Mapping[str, Mapping[str, Any]],
    findings: Findings,
) -> None:
    """Find data of *container* that our service would not get."""
    targets = [volume["target"] for volume in entry["volumes"].values()]
    covered = False
    for mount in container["mounts"]:
        if mount["volume"] in chosen.values() or not _may_hold_data(mount, volumes):
            continue
        where, text = f"{name}:{mount['destination']}", _where(container, mount)
        if any(_overlap(mount["destination"], target) for target in targets):
            covered = True
            findings.stop(
                where,
                f"{text}; the platform keeps data in volumes that have a name; copy them into one that the project "
                "names at this place",
            )
        else:
            findings.ask(
                where,
                f"{text}, which the platform's {name} does not have; save what you need of it, then accept it",
                name,
            )
    if entry["stateful"] and len(chosen) < len(targets) and not covered:
        missing = ", ".join(volume["target"] for key, volume in entry["volumes"].items() if key not in chosen)
        findings.ask(
            name, f"container {container['name']} has no volume at {missing}, so that its data go with the container"
        )


def _judge_stranger(
    name: str,
    containers: Sequence[Mapping[str, Any]],
    volumes: Mapping[str, Mapping[str, Any]],
    findings: Findings,
) -> None:
    """Find services that nobody runs after the takeover."""
    data = [
        _where(container, mount)
        for container in containers
        for mount in container["mounts"]
        if _may_hold_data(mount, volumes)
    ]
    if data or any(container["state"] in LIVING for container in containers):
        keeps = f" ({'; '.join(data)})" if data else ""
        findings.ask(
            name,
            f"runs in the other project and is no service of the platform{keeps}; it would be stopped and removed; add "
            "it to sahool_services_extra, run it by another project",
        )


def _may_hold_data(mount: Mapping[str, Any], volumes: Mapping[str, Mapping[str, Any]]) -> bool:
    """Tell whether what is mounted may hold data: all that can be written, but for empty volumes and single files."""
    if not mount["rw"] or mount["type"] not in ("volume", "bind"):
        return False
    if mount["type"] == "bind":
        return bool(mount["folder"])
    volume = volumes.get(mount["volume"])
    return volume is None or volume["state"] != "empty"


def _where(container: Mapping[str, Any], mount: Mapping[str, Any]) -> str:
    if mount["type"] == "bind":
        return f"container {container['name']} may keep data in the folder {mount['source']} of the host"
    kind = "a volume without a name" if mount["anonymous"] else f"volume {mount['volume']}"
    return f"container {container['name']} keeps data in {kind} at {mount['destination']}"


def _overlap(first: str, second: str) -> bool:
    first, second = first.rstrip("/") + "/", second.rstrip("/") + "/"
    return first.startswith(second) or second.startswith(first)


def _record(
    name: str,
    entry: Mapping[str, Any],
    wish: Wish,
    container: Mapping[str, Any] | None,
    chosen: Mapping[str, str],
    volumes: Mapping[str, Mapping[str, Any]],
    findings: Findings,
) -> dict[str, Any] | None:
    source, major = _image(entry, container)
    record: dict[str, Any] = {
        "project": wish.project,
        "volumes": dict(chosen),
        "environment": {},
        "arguments": [],
        "moves": [],
        "source": source,
        "major": major,
    }
    for key, volume_name in chosen.items():
        volume = volumes[volume_name]
        if volume["used_elsewhere"]:
            users = ", ".join(volume["used_elsewhere"])
            findings.stop(
                name, f"volume {volume_name} is in use by {users} as well; stop what is not of {wish.project}"
            )
        if volume["state"] == "empty":
            continue
        if volume["folder"] is None:
            findings.ask(
                f"{name}:{entry['volumes'][key]['target']}", f"volume {volume_name} cannot be looked into", name
            )
            continue
        found = layout(name, entry, entry["volumes"][key]["target"], volume["found"], stand_in=source == "build")
        _judge_layout(name, entry, volume, found, findings)
        record["environment"].update(found.environment)
        record["arguments"] += found.arguments
        record["moves"] += [{"folder": volume["folder"], **move} for move in found.moves]
        record["major"] = found.major or record["major"]
    return record


def _judge_layout(
    name: str, entry: Mapping[str, Any], volume: Mapping[str, Any], found: Layout, findings: Findings
) -> None:
    if found.problem and found.bearable:
        findings.ask(name, f"volume {volume['name']} {found.problem}")
    elif found.problem:
        findings.stop(name, f"volume {volume['name']} {found.problem}")
    user = str(entry["user"] or "").partition(":")[0]
    strangers = (
        sorted({one["uid"] for one in volume["found"] if one["path"] in found.marks} - {int(user)})
        if (user.isdigit() and int(user))
        else []
    )
    if strangers:
        findings.stop(
            name,
            f"the data in volume {volume['name']} belong to user {', '.join(map(str, strangers))}, and the platform's "
            f"server runs as {entry['user']}; stop the other one and chown -R {entry['user']} {volume['folder']}",
        )


def _image(entry: Mapping[str, Any], container: Mapping[str, Any] | None) -> tuple[str, str | None]:
    """Return source and major version of the image that wrote the data, as the guard of volumes compares them."""
    if container is None:
        # Whatever ran before this collection ran official images.
        return "registry", None
    image = str(container["image"]).partition("@")[0]
    source = "build" if image.startswith(EMBEDDED) else "registry"
    tag = image.rpartition("/")[2].partition(":")[2]
    version = _VERSION.search(tag)
    if version is None:
        return source, None
    wanted = str((entry["embedded_major"] if source == "build" else entry["major"]) or "")
    return source, ".".join(version[0].split(".")[: wanted.count(".") + 1])
