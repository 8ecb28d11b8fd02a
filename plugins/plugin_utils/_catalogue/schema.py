# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every key of a catalogue entry: its type, its default and the values it may have. This table is the only list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TIER_PHASES: dict[str, tuple[int, ...]] = {
    "data_tier": (1,),
    "messaging_tier": (1,),
    "vector_tier": (1,),
    "ai_tier": (1,),
    "gateway_tier": (2,),
    "application_tier": (3, 4, 5, 6, 7, 8, 9),
}
TIERS = tuple(TIER_PHASES)
PHASES = tuple(range(1, 10))
OPTIONAL_CLASSES = ("gpu", "demo", "deprecated")
PROTOCOLS = ("http", "tcp", "postgres", "pgbouncer", "redis", "nats", "mqtt", "etcd")

# https://docs.docker.com/reference/compose-file/extension/#specifying-byte-values
MEMORY = r"\d+(\.\d+)?\s*([bkmg]|[kmg]b)"
MODE = r"0[0-7]{3}"
ABSOLUTE = r"/\S*"


@dataclass(frozen=True)
class Field:
    """What may stand under one key.

    :param kind: ``text``, ``whole`` (integer), ``number``, ``yes_no``, ``list``, ``mapping`` (free keys, values as
        *each*), ``record`` (fixed keys as *keys*), or several of them.
    :param default: the value of an absent key; filled in by :mod:`complete`.
    :param pattern: regular expression that the whole text matches; *pattern_says* tells it in words.
    :param low: least number, *high* the greatest.
    :param secret: values may be secret and are never shown in a finding.
    :param sparse: absent keys of a record stay absent, instead of being filled in.
    """

    kind: str | tuple[str, ...]
    default: Any = None
    required: bool = False
    choices: tuple[Any, ...] = ()
    pattern: str | None = None
    pattern_says: str = ""
    low: float | None = None
    high: float | None = None
    each: Field | None = None
    keys: Mapping[str, Field] = field(default_factory=dict)
    secret: bool = False
    sparse: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds as a tuple."""
        return (self.kind,) if isinstance(self.kind, str) else self.kind


TEXT = Field("text")
PORT = Field("whole", low=1, high=65535)
PATH = Field("text", pattern=ABSOLUTE, pattern_says="a path that starts with /")
MOUNT_TARGET = Field("text", pattern=ABSOLUTE, pattern_says="an absolute path in the container")
PUBLISH = Field("text", default="loopback", choices=("loopback", "public"))
VARIABLES = Field("mapping", default={}, each=Field("text", secret=True))

ENTRY: dict[str, Field] = {
    # where and when
    "phase": Field("whole", required=True, choices=PHASES),
    "tier": Field("text", required=True, choices=TIERS),
    "optional": Field("text", choices=OPTIONAL_CLASSES),
    "one_shot": Field("yes_no", default=False),
    "dependencies": Field("list", default=[], each=TEXT),
    # The tier whose services it proxies without depending on them.
    "proxies": Field("text", choices=TIERS),
    # image
    "image": TEXT,
    "tag": TEXT,
    "embedded": TEXT,
    "embedded_major": TEXT,
    "stateful": Field("yes_no", default=False),
    "major": TEXT,
    # network
    "port": PORT,
    "container_port": PORT,
    "extra_ports": Field(
        "mapping",
        default={},
        each=Field(
            "record",
            keys={
                "port": PORT,
                "container_port": Field("whole", low=1, high=65535, required=True),
                "publish": PUBLISH,
            },
        ),
    ),
    "publish": PUBLISH,
    # process
    "entrypoint": Field("list", each=TEXT),
    "command": Field("list", each=TEXT),
    "user": TEXT,
    "environment_sets": Field("list", default=[], each=TEXT),
    "environment": VARIABLES,
    "embedded_environment": VARIABLES,
    "files": Field(
        "mapping",
        default={},
        each=Field(
            "record",
            keys={
                "template": Field("text", required=True),
                "mode": Field(
                    "text", default="0444", pattern=MODE, pattern_says="four octal digits in quotes, such as '0400'"
                ),
                "uid": Field("whole", default=0, low=0),
                "gid": Field("whole", default=0, low=0),
            },
        ),
    ),
    # The server certificate that is issued for it; with `files` it is mounted there, and `environment` is set.
    "certificate": Field(
        "record",
        keys={
            "uid": Field("whole", required=True, low=0),
            "gid": Field("whole", required=True, low=0),
            "files": Field(
                "record",
                default={},
                sparse=True,
                keys=dict.fromkeys(("certificate", "key", "authority"), MOUNT_TARGET),
            ),
            "environment": Field("mapping", default={}, each=TEXT),
        },
    ),
    "volumes": Field(
        "mapping",
        default={},
        each=Field(
            "record",
            keys={
                "target": Field(
                    "text", required=True, pattern=ABSOLUTE, pattern_says="an absolute path in the container"
                ),
                "name": TEXT,
            },
        ),
    ),
    "tmpfs": Field("list", default=[], each=TEXT),
    "ulimits": Field(
        "mapping",
        default={},
        each=Field(("whole", "record"), keys={"soft": Field("whole"), "hard": Field("whole")}),
    ),
    "gpus": Field("yes_no", default=False),
    "resources": Field(
        "record",
        default={},
        keys={
            "cpus": Field("number", low=0.01),
            "memory": Field("text", pattern=MEMORY, pattern_says="a number with a unit, such as 512M or 2G"),
            "reserve_cpus": Field("number", low=0),
            "reserve_memory": Field("text", pattern=MEMORY, pattern_says="a number with a unit, such as 64M or 1G"),
        },
    ),
    "stop_signal": Field("text", pattern=r"SIG[A-Z0-9]+", pattern_says="the name of a signal, such as SIGINT"),
    "stop_grace_period": Field("whole", default=10, low=1, high=3600),
    "restart": Field("text", choices=("unless-stopped", "always", "on-failure", "no")),
    "logging": Field(
        "record",
        default={},
        keys={
            "driver": Field("text", default="json-file"),
            # Rotation, or a chatty service fills the disk.
            "options": Field("mapping", default={"max-size": "10m", "max-file": "3"}, each=TEXT),
        },
    ),
    # supervision by the engine
    "healthcheck": Field(
        "record",
        keys={
            "test": Field("list", required=True, each=TEXT),
            "interval": Field("number", default=30, low=1),
            "timeout": Field("number", default=5, low=1),
            "retries": Field("whole", default=3, low=1),
            "start_period": Field("number", default=30, low=0),
        },
    ),
    # the gate
    "protocol": Field("text", choices=PROTOCOLS),
    "probe_port": Field("text", default="main"),
    "probe_service": TEXT,
    # Image sources whose image can be probed; with another one, running is all that can be asked of the service.
    "probe_sources": Field("list", default=["registry", "build"], each=Field("text", choices=("registry", "build"))),
    "health_path": PATH,
    "readiness_path": PATH,
    "gate_path": PATH,
    "ready": Field(
        "record",
        default={},
        keys={
            "status": Field("list", default=[200], each=Field("whole", low=100, high=599)),
            "json": Field("mapping", default={}, each=Field("list")),
            "text": TEXT,
            "reject_false": Field("yes_no", default=False),
            "jetstream": Field("yes_no", default=False),
        },
    ),
    "credentials": Field(
        "record",
        default={},
        sparse=True,
        keys={
            "username": TEXT,
            "password": Field("text", secret=True),
            "database": TEXT,
            "header": TEXT,
            "topic": TEXT,
        },
    ),
    "identity": Field(
        "record",
        default={},
        keys={
            "field": TEXT,
            "accept": Field("list", default=[], each=TEXT),
            "container": Field("yes_no", default=False),
        },
    ),
    "consecutive": Field("whole", default=1, low=1, high=100),
    "ready_timeout": Field("number", default=60, low=1),
    "min_probe_interval": Field("number", default=0, low=0),
}
