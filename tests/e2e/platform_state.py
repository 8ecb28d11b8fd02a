# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a platform in a form in which two platforms of the same inventory are equal.

Secrets differ from one deployment to the next, and with them every digest; so do times and the ids of releases. They
are replaced by a mark. That each digest is the right one is held against the release that is current, by
``disagreements``.
"""

from __future__ import annotations

import json
import re
import stat
from typing import Any

import yaml
from platform_run import Platform

VARYING = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}|[0-9a-f]{32,64}")
LABEL = "sahool.platform.model"
KINDS = ("volume", "network")


def state(platform: Platform) -> dict[str, Any]:
    """Return containers, volumes, networks, links and the names of all files."""
    listed = {kind: platform.docker(kind, "ls", "--filter", platform.label, "--format", "{{.Name}}") for kind in KINDS}
    return {
        "containers": {name: _container(found) for name, found in sorted(platform.containers().items())},
        **{kind: sorted(names.split()) for kind, names in listed.items()},
        "files": _files(platform),
        "model": VARYING.sub("#", (platform.home / "current" / "compose.yaml").read_text()),
        "images": _manifest(platform)["images"],
    }


def differences(found: Any, expected: Any, place: str = "") -> list[str]:
    """Return where two states differ, one line for each place."""
    if isinstance(found, dict) and isinstance(expected, dict):
        return [
            line
            for key in sorted(found.keys() | expected.keys())
            for line in differences(found.get(key), expected.get(key), f"{place}/{key}")
        ]
    if isinstance(found, list) and isinstance(expected, list):
        surplus = [f"{place}: found {item}" for item in found if item not in expected]
        return surplus + [f"{place}: lacks {item}" for item in expected if item not in found]
    return [] if found == expected else [f"{place}: found {found!r}, expected {expected!r}"]


def disagreements(platform: Platform) -> list[str]:
    """Return where containers and the current release do not fit together, in words."""
    model = yaml.safe_load((platform.home / "current" / "compose.yaml").read_text())
    found = []
    containers = platform.containers()
    if containers.keys() != model["services"].keys():
        found.append(f"containers of {sorted(containers.keys() ^ model['services'].keys())}")
    for name, container in containers.items():
        has = container["Config"]["Labels"].get(LABEL)
        wanted = model["services"].get(name, {}).get("labels", {}).get(LABEL)
        if has is None or has != wanted:
            found.append(f"{name}: the container's model is {has}, that of the release {wanted}")
        recorded = _manifest(platform)["images"].get(name, {}).get("id")
        if container["Image"] != recorded:
            found.append(f"{name}: the container's image is {container['Image']}, that of the release {recorded}")
    return found


def _container(found: dict[str, Any]) -> dict[str, Any]:
    config, host = found["Config"], found["HostConfig"]
    seen = {
        "name": found["Name"],
        "state": (found["State"]["Status"], found["State"]["ExitCode"]),
        "image": config["Image"],
        "made from": config["Labels"]["com.docker.compose.project.config_files"],
        "labels": sorted(label for label in config["Labels"] if label.startswith("sahool.")),
        "command": config["Cmd"],
        "user": config["User"],
        "environment": sorted(entry.partition("=")[0] for entry in config["Env"]),
        "mounts": {mount["Destination"]: (mount["Type"], mount["Source"], mount["RW"]) for mount in found["Mounts"]},
        "ports": host["PortBindings"],
        "memory": host["Memory"],
        "restart": host["RestartPolicy"],
        "networks": sorted(found["NetworkSettings"]["Networks"]),
    }
    return json.loads(VARYING.sub("#", json.dumps(seen)))


def _files(platform: Platform) -> list[tuple[str, str]]:
    """Return the path and the mode of everything below the platform's folder; what is there twice is told once."""
    found = set()
    for path in platform.home.rglob("*"):
        name = VARYING.sub("#", str(path.relative_to(platform.home)))
        found.add((name, stat.filemode(path.lstat().st_mode)))
    return sorted(found)


def _manifest(platform: Platform) -> dict[str, Any]:
    return json.loads((platform.home / "current" / "manifest.json").read_text())
