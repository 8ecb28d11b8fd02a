# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificate that a container reads: files of the host, mounted where the service looks for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.sahool.platform.plugins.module_utils._certificates.folder import AUTHORITY, CERTIFICATE, KEY
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.errors import PlanError

FILES = {"certificate": CERTIFICATE, "key": KEY, "authority": AUTHORITY}


@dataclass(frozen=True)
class MountedCertificate:
    """What a certificate adds to the model of its service.

    :param files: target in the container to path on the host.
    :param inputs: what its reader would notice, and nobody need hide: the folder tells one issue from the next, the
        fingerprint one that was made in a folder of the same number.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()


def certificate_of(entry: Mapping[str, Any], certificates: Mapping[str, Mapping[str, Any]]) -> MountedCertificate:
    """Return what the certificate of a service adds to it; nothing where none is delivered to its container.

    :raises PlanError: one is to be delivered and there is none.
    """
    wanted = entry.get("certificate") or {}
    if not wanted.get("files"):
        return MountedCertificate()
    found = certificates.get(entry["name"])
    if not found:
        fix = f"run the role certificates before the plan, or override certificate of {entry['name']} with null"
        raise PlanError([f"certificate: there is none; {fix}"])
    return MountedCertificate(
        {target: f"{found['folder']}/{FILES[kind]}" for kind, target in wanted["files"].items()},
        wanted["environment"],
        (found["folder"], str(found["fingerprint"])),
    )
