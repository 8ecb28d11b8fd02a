# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a platform in a form in which two platforms of the same inventory are equal.

Secrets differ from one deployment to the next, and with them every digest; so do times and the ids of releases. They are
replaced by a mark. That each digest is the right one is held against the release that is current: see ``disagreements``.
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


KINDS = ("volume", "network")


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
    labels = {key: value for key, value in config["Labels"].items() if key.startswith("sahool.")}
    return json.loads(
        VARYING.sub(
            "#",
            json.dumps(
                {
                    "state": (found["State"]["Status"], found["State"]["ExitCode"]),
                    "name": found["Name"],
                    "command": config["Cmd"],
                    "user": config["User"],
                    "labels": sorted(labels),
                    "made from": config["Labels"]["com.docker.compose.project.config_files"],
                    "image": config["Image"],
                    "environment": sorted(entry.partition("=")[0] for entry in config["Env"]),
                    "mounts": sorted(
                        (mount["Type"], mount["Source"], mount["Destination"]) for mount in found["Mounts"]
                    ),
                    "ports": host["PortBindings"],
                    "memory": host["Memory"],
                    "restart": host["RestartPolicy"],
                    "networks": sorted(found["NetworkSettings"]["Networks"]),
                },
            ),
        )
    )


def _files(platform: Platform) -> list[tuple[str, str]]:
    """Return the path and the mode of everything below the platform's folder; what is there twice is told once."""
    found = set()
    for path in platform.home.rglob("*"):
        name = VARYING.sub("#", str(path.relative_to(platform.home)))
        found.add((name, stat.filemode(path.lstat().st_mode)))
    return sorted(found)


def _manifest(platform: Platform) -> dict[str, Any]:
    return json.loads((platform.home / "current" / "manifest.json").read_text())
