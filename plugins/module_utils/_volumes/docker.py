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

from ansible_collections.sahool.platform.plugins.module_utils._health.docker_cli import lacks_engine

_LIST_FORMAT = (
    '{"name":{{json .Name}},"driver":{{json .Driver}},"mountpoint":{{json .Mountpoint}},'
    '"project":{{json (.Label "com.docker.compose.project")}},"key":{{json (.Label "com.docker.compose.volume")}}}'
)
_USER_FORMAT = (
    '{"container":{{json .Names}},"project":{{json (.Label "com.docker.compose.project")}},'
    '"tier":{{json (.Label "sahool.platform.tier")}},"state":{{json .State}},"mounts":{{json .Mounts}}}'
)
_SECONDS = 60
_GONE = "no such volume"
# What a fresh file system brings along.
_NO_DATA = frozenset({"lost+found"})


class VolumeError(Exception):
    """The volumes cannot be looked at; the text says why and what to do."""


class EngineMissing(VolumeError):
    """There is no Docker CLI, or no engine behind it."""


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


@dataclass(frozen=True)
class User:
    """A container that has a volume mounted, or would have, if it ran.

    :param project: Compose project that made it; empty when it was none.
    :param tier: the platform's label; empty on every container that another made.
    :param state: such as ``running`` or ``exited``.
    :param mounts: names of its volumes, and paths of its bind mounts.
    """

    container: str
    project: str
    tier: str
    state: str
    mounts: tuple[str, ...]

    @property
    def lives(self) -> bool:
        """Tell whether its processes may write now."""
        return self.state in ("running", "paused", "restarting")


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
        return {name: _state(name, folder) for name, folder in self.folders(volumes).items()}

    def folders(self, volumes: Collection[Volume]) -> dict[str, str | None]:
        """Return by name where on this host the files of each of *volumes* lie; None where that cannot be told.

        :raises VolumeError: Docker did not answer.
        """
        if not volumes:
            return {}
        names = sorted(volume.name for volume in volumes)
        # Another project's volume may be removed between the list and this look; its folder is gone with it.
        lines = self._call(
            "volume", "inspect", "--format", '{"name":{{json .Name}},"o":{{json .Options}}}', *names, gone=_GONE
        )
        options = {raw["name"]: raw["o"] or {} for raw in map(json.loads, lines)}
        return {volume.name: _folder(volume, options.get(volume.name, {})) for volume in volumes}

    def users(self, volumes: Collection[str]) -> list[User]:
        """Return the containers, running or not, that have one of the volumes of these names, from a single call.

        :raises VolumeError: Docker did not answer.
        """
        if not volumes:
            return []
        filters = [argument for name in sorted(volumes) for argument in ("--filter", f"volume={name}")]
        lines = self._call("ps", "--all", "--no-trunc", *filters, "--format", _USER_FORMAT)
        return [User(**{**raw, "mounts": tuple(raw["mounts"].split(","))}) for raw in map(json.loads, lines)]

    def _call(self, *arguments: str, gone: str | None = None) -> list[str]:
        try:
            result = subprocess.run(
                [self._executable, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except FileNotFoundError as error:
            raise EngineMissing(f"{self._executable} is not installed on this host; role host installs it") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise VolumeError(f"docker {' '.join(arguments[:2])} cannot be called: {error}") from error
        complaints = [line for line in result.stderr.lower().splitlines() if line.strip()]
        if result.returncode and not (gone and complaints and all(gone in line for line in complaints)):
            text = f"docker {' '.join(arguments[:2])} failed: {' '.join(result.stderr.split())}"
            raise (EngineMissing if lacks_engine(text) else VolumeError)(text)
        return [line for line in result.stdout.splitlines() if line.strip()]


def _folder(volume: Volume, options: dict[str, str]) -> str | None:
    device = options.get("device")
    if volume.driver != "local":
        return None
    if device is None:
        return volume.mountpoint or None
    # Docker mounts a bound folder only while a container runs; the data lie in the device's own folder.
    return device if "bind" in options.get("o", "").split(",") else None


def _state(name: str, folder: str | None) -> State:
    if folder is None:
        return State.UNKNOWN
    try:
        with os.scandir(folder) as entries:
            return State.FILLED if any(entry.name not in _NO_DATA for entry in entries) else State.EMPTY
    except PermissionError as error:
        raise VolumeError(f"{folder} of volume {name} cannot be listed; run the task as root") from error
    except FileNotFoundError:
        return State.EMPTY
