# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of all dependencies: checked together, remembered for a second, within a deadline."""

from __future__ import annotations

import importlib
import threading
import time

from reference.settings import Settings
from serving.log import log

REMEMBERED_SECONDS = 1.0
# Below the 2 s that the platform's probes wait, so that they hear which dependency it is.
DEADLINE_SECONDS = 1.5
# Which client proves which dependency. The module is imported at the first check, so that a service without
# PostgreSQL never loads psycopg2 (30 ms of CPU and 9 MB, measured).
CLIENTS = {
    "postgres": "postgres",
    "pgbouncer": "postgres",
    "redis": "redis",
    "nats": "nats",
    "mqtt": "mqtt",
    "qdrant": "qdrant",
    "kong": "kong",
    "ollama": "ollama",
}
Check = "collections.abc.Callable[[], None]"


class Dependency:
    """One dependency: its check runs in a thread of its own, so that one that hangs delays nobody else."""

    def __init__(self, names: list[str], check: Check, secrets: list[str], clock=time.monotonic) -> None:
        self.names = names
        self._check = check
        self._secrets = secrets
        self._clock = clock
        self._lock = threading.Lock()
        self._running: threading.Event | None = None
        self._started = 0.0
        self._finished: float | None = None
        self._failure: str | None = "not checked yet"

    def begin(self) -> threading.Event | None:
        """Start a check unless the last answer is fresh; return what tells its end, None when nothing is needed."""
        with self._lock:
            if self._running is not None:
                return self._running
            now = self._clock()
            if self._finished is not None and now - self._finished < REMEMBERED_SECONDS:
                return None
            self._started = now
            self._running = threading.Event()
            threading.Thread(target=self._run, args=(self._running,), daemon=True).start()
            return self._running

    def _run(self, done: threading.Event) -> None:
        try:
            self._check()
            failure = None
        except Exception as error:
            failure = self._shown(error)
        with self._lock:
            if failure != self._failure:
                log(f"dependency {', '.join(self.names)}: {failure or 'works'}")
            self._failure = failure
            self._finished = self._clock()
            self._running = None
        done.set()

    def _shown(self, error: Exception) -> str:
        text = " ".join(str(error).split()) or type(error).__name__
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def failure(self) -> str | None:
        """Return why the dependency fails, None while it works."""
        with self._lock:
            if self._running is not None:
                return f"no answer for {self._clock() - self._started:.1f} s"
            return self._failure


class Dependencies:
    """All dependencies of one service, by name."""

    def __init__(self, dependencies: list[Dependency], order: list[str]) -> None:
        self._dependencies = dependencies
        self._order = order

    @classmethod
    def from_settings(cls, settings: Settings) -> Dependencies:
        """Make the checks that the settings name; PostgreSQL behind PgBouncer is one check under both names."""
        groups: dict[tuple[str, str], list[str]] = {}
        for name in settings.dependencies:
            client = "upstream" if name in settings.upstreams else CLIENTS[name]
            groups.setdefault((client, name if client == "upstream" else ""), []).append(name)
        made = []
        for (client, name), names in groups.items():
            made.append(_make(client, name, names, settings))
        return cls(made, settings.dependencies)

    def check(self) -> dict[str, str | None]:
        """Check what is not fresh, all at once; return for each name why it fails, None while it works."""
        waiting = [(dependency, dependency.begin()) for dependency in self._dependencies]
        end = time.monotonic() + DEADLINE_SECONDS
        for _dependency, done in waiting:
            if done is not None:
                done.wait(max(0.0, end - time.monotonic()))
        found = {name: dependency.failure() for dependency, _done in waiting for name in dependency.names}
        return {name: found[name] for name in self._order}


def _make(client: str, name: str, names: list[str], settings: Settings) -> Dependency:
    built = []

    def check() -> None:
        if not built:
            module = importlib.import_module(f"reference.clients.{client}")
            built.append(module.Client(settings, name or names[0]))
        built[0].check()

    return Dependency(names, check, secrets_of(settings.environment))


def secrets_of(environment: dict[str, str]) -> list[str]:
    """Return the secret values of the environment: those of secret names, and the passwords inside URLs."""
    found = set()
    for name, value in environment.items():
        if name.endswith(("PASSWORD", "_KEY", "_TOKEN", "_SECRET")):
            found.add(value)
        userinfo, at, _host = value.partition("://")[2].rpartition("@")
        password = userinfo.partition(":")[2]
        if at and password:
            found.add(password)
    return sorted((secret for secret in found if len(secret) > 3), key=len, reverse=True)
