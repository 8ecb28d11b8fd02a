# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures of pulls and builds: what Docker said, and what the operator can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Texts of Go's net package and of Docker's client when a registry cannot be reached at all.
_UNREACHABLE = (
    "no such host",
    "connection refused",
    "no route to host",
    "network is unreachable",
    "i/o timeout",
    "tls handshake timeout",
    "temporary failure in name resolution",
    "server misbehaving",
    "context deadline exceeded",
    "request canceled while waiting for connection",
    "proxyconnect",
)

# First match wins; the last resort stands in `advice`.
_ADVICE = (
    (("toomanyrequests", "rate limit"), "log in with 'docker login' or wait until the registry's rate limit is over"),
    (
        ("no matching manifest",),
        "the registry has no image for this machine's architecture; choose another tag in sahool_service_overrides",
    ),
    (
        ("manifest unknown", "manifest for", "not found"),
        "check the image and tag of the service in the catalogue or in sahool_service_overrides",
    ),
    (
        ("denied", "unauthorized", "authentication required", "no basic auth"),
        "check sahool_registry and the name, and log in on this host with 'docker login'",
    ),
    (("no space left",), "free space below Docker's data folder (docker info: Docker Root Dir) and run again"),
    (("x509", "certificate"), "install the registry's certificate authority on this host"),
    (("no answer within",), "raise images_timeout or look at the network"),
)


@dataclass(frozen=True)
class Failure:
    """One image that could not be had.

    :param services: who needs it.
    :param said: what was found, in Docker's own words where it said something.
    :param advice: what to do next.
    """

    services: tuple[str, ...]
    reference: str
    said: str
    advice: str

    def __str__(self) -> str:
        return f"{_enumerate(self.services)} ({self.reference}): {self.said}\n    What to do: {self.advice}."


def unreachable(said: str) -> bool:
    """Tell whether *said* means that the registry as a whole did not answer."""
    text = said.lower()
    return any(sign in text for sign in _UNREACHABLE)


def pull_advice(said: str) -> str:
    """Return what to do about a pull that ended with *said*."""
    if unreachable(said):
        return (
            "let this host reach the registry (name resolution, proxy, firewall), load the image with 'docker load', "
            "or set sahool_image_source to 'build'"
        )
    text = said.lower()
    for signs, advice in _ADVICE:
        if any(sign in text for sign in signs):
            return advice
    return "run the same 'docker pull' on this host and look into the Docker daemon's log"


def failure_text(failures: Sequence[Failure]) -> str:
    """Return one message for all *failures*."""
    count = "1 image" if len(failures) == 1 else f"{len(failures)} images"
    return f"{count} could not be had:\n" + "\n".join(f"- {failure}" for failure in failures)


def _enumerate(services: Sequence[str]) -> str:
    if len(services) <= 4:
        return ", ".join(services)
    return ", ".join(services[:3]) + f" and {len(services) - 3} more services"
