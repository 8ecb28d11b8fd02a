# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked for: the data volume of each stateful service, and what is known of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

VOLUME_OPTIONS: dict[str, Any] = {
    "service": {"type": "str", "required": True},
    "volume": {"type": "str", "required": True},
    # The sanity test takes every 'key' for a secret.
    "key": {"type": "str", "required": True, "no_log": False},
    "source": {"type": "str"},
    "major": {"type": "str"},
    "recorded_source": {"type": "str"},
    "recorded_major": {"type": "str"},
}


class AcceptError(Exception):
    """The option ``accept_new`` is neither a boolean nor a list of services that are asked for."""


@dataclass(frozen=True)
class VolumeWish:
    """One data volume.

    :param volume: name of the volume in Docker.
    :param key: its key in the Compose model.
    :param source: ``registry`` or ``build``, where the image that is about to run on it comes from.
    :param major: major version of the server in that image.
    :param recorded_source: source at the last deployment; None when there is no record.
    """

    service: str
    volume: str
    key: str
    source: str | None
    major: str | None
    recorded_source: str | None
    recorded_major: str | None

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> VolumeWish:
        """Make it of an element of the option ``volumes``."""
        fields: dict[str, Any] = {name: params.get(name) for name in VOLUME_OPTIONS}
        return cls(**fields)

    @property
    def recorded(self) -> bool:
        """Tell whether an earlier deployment left a record."""
        return self.recorded_source is not None or self.recorded_major is not None


def accepted_services(value: Any, services: Collection[str]) -> set[str]:
    """Return the services that may start from nothing, of the option ``accept_new``.

    :raises AcceptError: it is something else, or names a service that has no data volume.
    """
    if isinstance(value, list):
        unknown = sorted(str(name) for name in value if name not in services)
        if unknown:
            raise AcceptError(
                f"accept_new names {', '.join(unknown)}, expected names among {', '.join(sorted(services))}"
            )
        return set(value)
    if isinstance(value, bool) or str(value).lower() in ("true", "false", "yes", "no"):
        return set(services) if str(value).lower() in ("true", "yes") else set()
    raise AcceptError(f"accept_new is {value!r}, expected true, false or a list of services")
