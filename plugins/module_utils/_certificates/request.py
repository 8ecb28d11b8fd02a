# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the module as the checks read them."""

from __future__ import annotations

import datetime
import ipaddress
import typing as t
from dataclasses import dataclass, field


@dataclass(frozen=True)
class External:
    """Files of a certificate that somebody else issued."""

    certificate: str
    key: str
    authority: str


@dataclass(frozen=True)
class Wanted:
    """A certificate as it should be.

    :param name: of the service.
    :param uid: who reads the key.
    :param external: where it comes from, if it is not the platform's own.
    """

    name: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    uid: int | None = None
    external: External | None = None


@dataclass(frozen=True)
class Terms:
    """What holds for all certificates of a call.

    :param window: how long before its end a certificate is to be replaced.
    :param reissue: names that are to be issued anew whatever is found.
    """

    root: str
    now: datetime.datetime
    window: datetime.timedelta
    reissue: frozenset[str] = field(default_factory=frozenset)


def wanted_from(option: t.Mapping[str, t.Any]) -> Wanted:
    """Read one element of the option C(certificates)."""
    external = option.get("external")
    return Wanted(
        option["name"],
        tuple(dict.fromkeys(name.lower() for name in option["names"])),
        tuple(dict.fromkeys(str(ipaddress.ip_address(address)) for address in option["addresses"])),
        option.get("uid"),
        External(external["certificate"], external["key"], external["authority"]) if external else None,
    )
