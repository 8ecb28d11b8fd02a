# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate of one service: where to ask, and which answer means ready."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

PROTOCOLS = ("http", "tcp", "postgres", "pgbouncer", "redis", "nats", "mqtt", "etcd")

# The options of one gate, as both modules take them. The doc fragment `_gate` describes each.
GATE_OPTIONS: dict[str, dict[str, t.Any]] = {
    "name": {"type": "str", "required": True},
    "protocol": {"type": "str", "choices": list(PROTOCOLS)},
    "host": {"type": "str", "default": "127.0.0.1"},
    "port": {"type": "int"},
    "path": {"type": "str", "default": "/"},
    "scheme": {"type": "str", "choices": ["http", "https"], "default": "http"},
    "status": {"type": "list", "elements": "int", "default": [200]},
    "json": {"type": "dict", "default": {}},
    "text": {"type": "str"},
    "reject_false": {"type": "bool", "default": False},
    "identity_field": {"type": "str"},
    "identity_accept": {"type": "list", "elements": "str", "default": []},
    "identity_container": {"type": "bool", "default": False},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "database": {"type": "str"},
    "header": {"type": "str"},
    "topic": {"type": "str"},
    "jetstream": {"type": "bool", "default": False},
    "consecutive": {"type": "int", "default": 1},
    "timeout": {"type": "float", "default": 2.0},
    "min_interval": {"type": "float", "default": 0.0},
    "deadline": {"type": "float"},
    "one_shot": {"type": "bool", "default": False},
    "wait_for_probe": {"type": "bool", "default": True},
    "needs": {"type": "list", "elements": "str", "default": []},
}

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+\Z")  # RFC 9110, token
_PATH = re.compile(r"/[!-~]*\Z")  # what may stand in a request line: printable ASCII without blanks


class GateError(ValueError):
    """A gate that cannot be asked; the text says which option of which service is wrong, and what it should be."""


@dataclass(frozen=True)
class Gate:
    """Where one service is asked, and what it must answer; times in seconds."""

    name: str
    protocol: str | None = None
    host: str = "127.0.0.1"
    port: int | None = None
    path: str = "/"
    scheme: str = "http"
    status: tuple[int, ...] = (200,)
    json: t.Mapping[str, t.Sequence[t.Any]] = field(default_factory=dict)
    text: str | None = None
    reject_false: bool = False
    identity_field: str | None = None
    identity_accept: tuple[str, ...] = ()
    identity_container: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    database: str | None = None
    header: str | None = None
    topic: str | None = None
    jetstream: bool = False
    consecutive: int = 1
    timeout: float = 2.0
    min_interval: float = 0.0
    deadline: float | None = None
    one_shot: bool = False
    wait_for_probe: bool = True
    needs: tuple[str, ...] = ()

    @classmethod
    def from_params(cls, params: t.Mapping[str, t.Any]) -> Gate:
        """Build a gate from module parameters; options that are absent or null have their defaults.

        :raises GateError: an option does not fit.
        """
        values = {key: value for key, value in params.items() if value is not None}
        unknown = sorted(set(values) - set(GATE_OPTIONS))
        if unknown:
            raise GateError("service %s: unknown gate option %s" % (values.get("name"), ", ".join(unknown)))
        for name in ("status", "identity_accept", "needs"):
            if name in values:
                values[name] = tuple(values[name])
        if "json" in values:
            values["json"] = {
                path: tuple(accepted) if isinstance(accepted, (list, tuple)) else (accepted,)
                for path, accepted in values["json"].items()
            }
        gate = cls(**values)
        problems = list(_problems(gate))
        if problems:
            raise GateError("service %s: %s" % (gate.name, "; ".join(problems)))
        return gate

    @property
    def accepted_identities(self) -> tuple[str, ...]:
        return self.identity_accept or (self.name,)

    @property
    def probed(self) -> bool:
        """Whether there is something to ask, besides the state of the container."""
        return self.protocol is not None and (self.wait_for_probe or not self.one_shot)

    @property
    def target(self) -> str:
        """The address in the words of an operator, for messages."""
        if self.protocol is None:
            return "its container"
        if self.protocol == "http":
            return "%s://%s:%s%s" % (self.scheme, self.host, self.port, self.path)
        return "%s %s:%s" % (self.protocol, self.host, self.port)

    @property
    def expected(self) -> str:
        """What ready looks like, for messages."""
        if self.protocol is None:
            return "exit code 0" if self.one_shot else "a running container"
        wanted = {
            "tcp": "an open port",
            "postgres": "a login of user %s and an answer to SELECT 1" % self.username,
            "pgbouncer": "an answer to SELECT 1 through the pool as user %s" % self.username,
            "redis": "AUTH and PONG" if self.password else "PONG",
            "nats": "a login and PONG%s" % (", JetStream enabled" if self.jetstream else ""),
            "mqtt": "a login and a message that comes back",
            "etcd": "health true%s" % (", a login and a read" if self.password else ""),
            "http": self._expected_http(),
        }[self.protocol]
        if self.identity_container:
            wanted += ", from the container of this service"
        return wanted

    def _expected_http(self) -> str:
        parts = ["status %s" % " or ".join(str(code) for code in self.status)]
        parts += [
            "%s in the body is %s" % (path, " or ".join(str(value) for value in accepted))
            for path, accepted in self.json.items()
        ]
        if self.text:
            parts.append("the body matches %r" % self.text)
        if self.reject_false:
            parts.append("nothing in the body is false")
        if self.identity_field:
            parts.append("%s names %s" % (self.identity_field, " or ".join(self.accepted_identities)))
        return ", ".join(parts)


def _problems(gate: Gate) -> t.Iterator[str]:
    if gate.protocol is None and not gate.one_shot:
        yield "`protocol` is missing, it should be one of %s" % ", ".join(PROTOCOLS)
    if gate.protocol is not None and (gate.port is None or not 0 < gate.port < 65536):
        yield "`port` is %s, it should be 1 to 65535" % gate.port
    if gate.consecutive < 1:
        yield "`consecutive` is %d, it should be at least 1" % gate.consecutive
    for name, lowest in (("timeout", 0.01), ("min_interval", 0), ("deadline", 0.01)):
        value = getattr(gate, name)
        if value is not None and value < lowest:
            yield "`%s` is %s s, it should be at least %s s" % (name, value, lowest)
    if not _PATH.match(gate.path):
        yield "`path` is %r, it should begin with / and have no blanks" % gate.path
    if gate.header is not None and not _HEADER_NAME.match(gate.header):
        yield "`header` is %r, it should be the name of an HTTP header" % gate.header
    if gate.header is not None and gate.password is None:
        yield "`header` is given without the `password` that it should carry"
    if gate.password is not None and re.search(r"[\r\n\0]", gate.password):
        yield "`password` has a line break or a NUL"
    if gate.protocol in ("postgres", "pgbouncer") and not gate.username:
        yield "`username` is missing, %s is asked with a login" % gate.protocol
    if gate.text is not None:
        try:
            re.compile(gate.text)
        except re.error as error:
            yield "`text` is not a regular expression: %s" % error
