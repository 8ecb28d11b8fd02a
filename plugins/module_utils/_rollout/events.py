# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine tells of the containers of a project, at the moment when it happens."""

from __future__ import annotations

import json
import subprocess
import threading
import time
import typing as t
from dataclasses import dataclass

from .._health.docker_cli import DockerCli

DIE = "die"
OOM = "oom"


@dataclass(frozen=True)
class Event:
    """Something that happened to a container.

    :param kind: ``die``, or ``oom`` when the kernel killed a process in it for lack of memory.
    :param exit_code: of ``die``.
    """

    kind: str
    container: str
    exit_code: int = 0


class Events:
    """Follows the deaths and the kills for lack of memory in a project, beside all else.

    Events only make haste: what became of a container is read from the container. So a client that ends early costs
    a second, not the truth.

    :param alarm: called after each event, in a thread; may be replaced at any time.
    """

    def __init__(self, docker: DockerCli, project: str) -> None:
        self._docker = docker
        self._project = project
        self._client: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._closing = False
        self.alarm: t.Callable[[], None] = _nobody
        self.seen: list[Event] = []  # only ever appended to, so that an index is a moment
        self.trouble: str | None = None  # why the client ended early

    def begin(self) -> None:
        """Begin to follow, from this moment on: the client asks for what happens while it starts.

        :raises DockerMissing: there is no client.
        """
        self._client = self._docker.follow(
            *("events", "--since", "%.9f" % time.time(), "--format", "{{json .}}"),
            *("--filter", "type=container", "--filter", "event=" + DIE, "--filter", "event=" + OOM),
            *("--filter", "label=com.docker.compose.project=" + self._project),
        )
        self._reader = threading.Thread(target=self._read, args=(self._client,), daemon=True, name="sahool-events")
        self._reader.start()

    def end(self) -> None:
        """End the client. What it told stays."""
        if self._client is None or self._reader is None:
            return
        self._closing = True
        t.cast(t.IO[bytes], self._client.stdin).close()  # it ends when nobody holds this any more
        self._client.wait()
        self._reader.join()

    def deaths(self, container: str, since: int) -> list[int]:
        """The exit codes with which a container died, since the event of this index."""
        return [event.exit_code for event in self.seen[since:] if event.container == container and event.kind == DIE]

    def out_of_memory(self, container: str, since: int) -> bool:
        """Whether a process in a container was killed for lack of memory, since the event of this index."""
        return any(event.container == container and event.kind == OOM for event in self.seen[since:])

    def _read(self, client: subprocess.Popen[bytes]) -> None:
        out, err = t.cast(t.IO[bytes], client.stdout), t.cast(t.IO[bytes], client.stderr)
        with out, err:
            for line in out:
                event = parse_event(line)
                if event is not None:
                    self.seen.append(event)
                    self.alarm()
            if not self._closing:
                said = " ".join(err.read().decode("utf-8", "replace").split())[-300:] or "it said nothing"
                self.trouble = "`docker events` ended (%s); a crash is noticed up to a second later" % said


def parse_event(line: bytes) -> Event | None:
    """Parse a line of ``docker events --format '{{json .}}'``; None for what is not an event of a container's end."""
    try:
        document = json.loads(line)
        actor = document["Actor"]
        kind = document["Action"]
        if kind not in (DIE, OOM):
            return None
        return Event(kind, actor["ID"], int(actor["Attributes"].get("exitCode", 0)))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _nobody() -> None:
    """Where nobody waits yet."""
