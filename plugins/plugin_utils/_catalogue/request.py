# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way from the catalogue and an inventory's wishes to the services that run, and everything that is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.check_dependencies import dependency_findings
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.check_images import image_findings
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.check_ports import port_findings
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.check_resources import resource_findings
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.check_schema import schema_findings
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.check_selection import (
    name_findings,
    selection_findings,
)
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.check_services import service_findings
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.check_tokens import Known, token_findings
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.complete import complete_entry
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.finding import PLATFORM, Finding
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.merge import merged_catalogue
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.ports import Slot, ports
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.selection import left_out


@dataclass(frozen=True)
class Request:
    """The catalogue and what an inventory makes of it; the names are those of the filters' options."""

    catalogue: Mapping[str, Any]
    overrides: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    exclude: Sequence[str] = ()
    optional: Sequence[str] = ()
    registry: str = ""
    version: str = ""
    port_offset: int = 0
    environment_sets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    settings: Sequence[str] | None = None
    secrets: Sequence[str] | None = None
    phases_required: Sequence[int] = (1, 2, 3)
    hosts: Sequence[Mapping[str, Any]] = ()

    @cached_property
    def known(self) -> dict[str, Any]:
        """Return every service that could run, merged, without defaults."""
        return merged_catalogue(self.catalogue, self.extra, self.overrides)

    @cached_property
    def left_out(self) -> dict[str, str]:
        """Return the services that do not run, with the reason."""
        return left_out(self.known, self.exclude, self.optional)

    @cached_property
    def ports(self) -> dict[Slot, int]:
        """Return the host port of every slot of every service, also of those left out."""
        return ports(self.catalogue, self.known, self.port_offset)

    def services(self) -> dict[str, dict[str, Any]]:
        """Return the services that run, complete, in catalogue order; the request has no schema findings."""
        return {
            name: complete_entry(
                name,
                entry,
                ports=self.ports,
                registry=self.registry,
                version=self.version,
                environment_sets=self.environment_sets,
            )
            for name, entry in self.known.items()
            if name not in self.left_out
        }

    def schema_findings(self) -> list[Finding]:
        """Return what the schema does not allow, also in services that are left out."""
        return [finding for name, entry in self.known.items() for finding in schema_findings(name, entry)]

    def findings(self) -> list[Finding]:
        """Return everything that is wrong, all at once: what concerns the platform first, then by service.

        A service whose entry breaks the schema is not looked at any further, but others may depend on it.
        """
        by_schema = self.schema_findings()
        broken = {finding.service for finding in by_schema if finding.found != "an unknown key"}
        sound = {name: {} if name in broken else entry for name, entry in self.known.items()}
        running = {name: entry for name, entry in sound.items() if entry and name not in self.left_out}
        found = [
            *name_findings(self.catalogue, self.extra, self.overrides, self.exclude, self.optional),
            *by_schema,
            *selection_findings(_dictionaries(self.known), self.left_out, self.phases_required),
            *image_findings(running, self.registry, self.version),
            *port_findings(running, self.ports, self.port_offset),
            *dependency_findings(running, sound, self.left_out),
            *service_findings(running),
            *token_findings(
                running,
                Known(sound, self.left_out, self.environment_sets, self.settings, self.secrets),
            ),
            *resource_findings(running, self.hosts),
        ]
        order = {PLATFORM: -1, **{name: index for index, name in enumerate(self.known)}}
        return sorted(found, key=lambda finding: order.get(finding.service, len(order)))


def _dictionaries(services: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {name: entry if isinstance(entry, Mapping) else {} for name, entry in services.items()}
