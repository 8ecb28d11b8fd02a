# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the environment into one value, with every mistake named at once."""

from __future__ import annotations

FEATURES = {"demo", "websocket"}
INFRASTRUCTURE = ("postgres", "pgbouncer", "redis", "nats", "mqtt", "qdrant", "kong", "ollama")


class SettingsError(ValueError):
    """The environment cannot be served; the text names each variable, what it holds and what is expected."""


class Settings:
    """What one reference service is.

    ``identity`` is the ``service`` field of its bodies, empty for none (some real services name nobody, or another).
    ``upstreams`` maps a dependency that is an HTTP service to the URL that answers 200 while it is ready.
    """

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.service = environment.get("REFERENCE_SERVICE", "")
        self.identity = environment.get("REFERENCE_IDENTITY", self.service)
        self.version = environment.get("REFERENCE_VERSION", "unknown")
        self.release = environment.get("REFERENCE_RELEASE", "unknown")
        self.health_path = environment.get("REFERENCE_HEALTH_PATH", "")
        self.readiness_path = environment.get("REFERENCE_READINESS_PATH", "")
        self.dependencies = _names(environment.get("REFERENCE_DEPENDENCIES", ""))
        self.features = set(_names(environment.get("REFERENCE_FEATURES", "")))
        self.port = 0
        self.upstreams: dict[str, str] = {}
        mistakes = list(self._mistakes(environment))
        if mistakes:
            raise SettingsError("; ".join(mistakes))

    def _mistakes(self, environment: dict[str, str]):
        if not self.service:
            yield "REFERENCE_SERVICE is not set, expected the service's name"
        port = environment.get("PORT", "")
        if port.isdigit() and 0 < int(port) < 65536:
            self.port = int(port)
        else:
            yield f"PORT is {port!r}, expected a port number"
        for name in ("REFERENCE_HEALTH_PATH", "REFERENCE_READINESS_PATH"):
            if environment.get(name, "/")[:1] not in ("/", ""):
                yield f"{name} is {environment[name]!r}, expected a path"
        for feature in sorted(self.features - FEATURES):
            yield f"REFERENCE_FEATURES holds {feature!r}, expected {' or '.join(sorted(FEATURES))}"
        for pair in _names(environment.get("REFERENCE_UPSTREAMS", "")):
            name, equals, url = pair.partition("=")
            if not equals or not url.startswith("http://"):
                yield f"REFERENCE_UPSTREAMS holds {pair!r}, expected name=http://host:port/path"
            self.upstreams[name] = url
        for name in self.dependencies:
            if name not in INFRASTRUCTURE and name not in self.upstreams:
                yield f"REFERENCE_DEPENDENCIES names {name!r}, which has no address in REFERENCE_UPSTREAMS"


def _names(text: str) -> list[str]:
    """Return the comma separated names of ``text``, each once, in order."""
    return list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
