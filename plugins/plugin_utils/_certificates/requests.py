# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates of a host, each with the names and addresses that its service is reached by."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

LOOPBACK = ("127.0.0.1", "::1")
# RFC 1123; the first label may be *, which stands for any.
DNS_NAME = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True)
class Place:
    """Where services run, and under which names the host is known.

    :param placement: service name to inventory host name.
    :param known_as: names and addresses of the host.
    """

    host: str
    placement: Mapping[str, str]
    project: str
    known_as: tuple[str, ...] = field(default=())


def certificate_requests(
    services: Mapping[str, Mapping[str, Any]],
    place: Place,
    *,
    chosen: Collection[str] | None,
    names: Mapping[str, Iterable[str]],
    external: Mapping[str, Mapping[str, str]],
) -> list[dict[str, Any]]:
    """Return the elements of the option ``certificates`` of ``certificates_audit``.

    :param chosen: names of the services that get one; all that the catalogue has one for where it is None.
    :param names: service name to names and addresses that it is reached by besides.
    :param external: service name to the files of a certificate that somebody else issued.
    """
    requests = []
    for service, entry in services.items():
        certificate = entry.get("certificate")
        if place.placement[service] != place.host or not certificate or not is_chosen(service, certificate, chosen):
            continue
        given = [str(name) for name in names.get(service, ())]
        # Clients come by the public names; nobody else's authority signs the others.
        reached = given if service in external else [*_own_names(service, place), *given]
        request = {
            "name": service,
            "names": list(dict.fromkeys(one.lower() for one in reached if not is_address(one))),
            "addresses": list(dict.fromkeys(str(ipaddress.ip_address(one)) for one in reached if is_address(one))),
            "uid": certificate["uid"],
        }
        if service in external:
            request["external"] = dict(external[service])
        requests.append(request)
    return requests


def is_chosen(service: str, certificate: Mapping[str, Any], chosen: Collection[str] | None) -> bool:
    """Whether *service* gets a certificate; one that its container reads is never left out."""
    return chosen is None or service in chosen or bool(certificate.get("files"))


def _own_names(service: str, place: Place) -> list[str]:
    """The service's name in the Compose network, its container's, and the host's."""
    found = [service, f"{place.project}-{service}-1", "localhost", *place.known_as, *LOOPBACK]
    return [name for name in found if is_address(name) or is_name(name)]


def is_address(text: str) -> bool:
    """Whether *text* is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_name(text: str) -> bool:
    """Whether *text* can stand in a certificate as a DNS name."""
    return len(text) <= 253 and DNS_NAME.fullmatch(text.lower()) is not None
