# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Docker knows of the volumes of a host, and whether one of them holds data."""

from __future__ import annotations

import enum
import json
import os
import subprocess
from collections.abc import Collection
from dataclasses import dataclass

_LIST_FORMAT = (
    '{"name":{{json .Name}},"driver":{{json .Driver}},"mountpoint":{{json .Mountpoint}},'
    '"project":{{json (.Label "com.docker.compose.project")}},"key":{{json (.Label "com.docker.compose.volume")}}}'
)
_SECONDS = 60
# What a fresh file system brings along.
_NO_DATA = frozenset({"lost+found"})


class VolumeError(Exception):
    """The volumes cannot be looked at; the text says why and what to do."""


class State(enum.Enum):
    """Whether a volume holds data."""

    ABSENT = "absent"
    EMPTY = "empty"
    FILLED = "filled"
    UNKNOWN = "unknown"

    @property
    def may_hold_data(self) -> bool:
        """Tell whether data may be lost or mistaken here: what cannot be looked at counts as filled."""
        return self in (State.FILLED, State.UNKNOWN)


@dataclass(frozen=True)
class Volume:
    """One volume of the host.

    :param project: Compose project that made it; empty when it was none.
    :param key: its key in the model of that project; empty likewise.
    """

    name: str
    driver: str
    mountpoint: str
    project: str
    key: str


class Volumes:
    """Looks at volumes through the Docker CLI."""

    def __init__(self, executable: str) -> None:
        self._executable = executable

    def all(self) -> dict[str, Volume]:
        """Return all volumes by name, from a single call.

        :raises VolumeError: Docker did not answer.
        """
        lines = self._call("volume", "ls", "--format", _LIST_FORMAT)
        volumes = (Volume(**json.loads(line)) for line in lines)
        return {volume.name: volume for volume in volumes}

    def states(self, volumes: Collection[Volume]) -> dict[str, State]:
        """Return by name whether each of *volumes* holds data.

        :raises VolumeError: Docker did not answer, or the rights do not suffice.
        """
        if not volumes:
            return {}
        names = sorted(volume.name for volume in volumes)
        lines = self._call("volume", "inspect", "--format", '{"name":{{json .Name}},"o":{{json .Options}}}', *names)
        options = {raw["name"]: raw["o"] or {} for raw in map(json.loads, lines)}
        return {volume.name: _state(volume, options.get(volume.name, {})) for volume in volumes}

    def _call(self, *arguments: str) -> list[str]:
        try:
            result = subprocess.run(
                [self._executable, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise VolumeError(f"docker volume cannot be called: {error}") from error
        if result.returncode:
            raise VolumeError(f"docker {' '.join(arguments[:2])} failed: {' '.join(result.stderr.split())}")
        return [line for line in result.stdout.splitlines() if line.strip()]


def _state(volume: Volume, options: dict[str, str]) -> State:
    device = options.get("device")
    if device is None:
        folder = volume.mountpoint
    elif "bind" in options.get("o", "").split(","):
        # Docker mounts it only while a container runs; the data lie in the device's own folder.
        folder = device
    else:
        return State.UNKNOWN
    if volume.driver != "local" or not folder:
        return State.UNKNOWN
    try:
        with os.scandir(folder) as entries:
            return State.FILLED if any(entry.name not in _NO_DATA for entry in entries) else State.EMPTY
    except PermissionError as error:
        raise VolumeError(f"{folder} of volume {volume.name} cannot be listed; run the task as root") from error
    except FileNotFoundError:
        return State.EMPTY
