# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of what an inventory selects and names: services, phases, optional classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.finding import (
    PLATFORM,
    Finding,
    nearest,
    shown,
)
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.schema import OPTIONAL_CLASSES, PHASES
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.selection import MANDATORY


def name_findings(
    catalogue: Mapping[str, Any],
    extra: Mapping[str, Any],
    overrides: Mapping[str, Any],
    exclude: Iterable[str],
    optional: Iterable[str],
) -> list[Finding]:
    """Return the names in the inventory's variables that mean nothing."""
    findings = []
    known = [*catalogue, *extra]
    for name in extra:
        if name in catalogue:
            findings.append(
                Finding(
                    name,
                    "sahool_services_extra",
                    "a service of the catalogue",
                    "a new name",
                    "change the service in sahool_service_overrides, or rename yours",
                )
            )
    for name, override in overrides.items():
        if name not in known:
            findings.append(_unknown(name, "sahool_service_overrides", known))
        elif not isinstance(override, Mapping):
            findings.append(
                Finding(
                    name,
                    "sahool_service_overrides",
                    shown(override),
                    "a dictionary of fields",
                    "name the fields that differ; to leave the service out use sahool_services_exclude",
                )
            )
    findings += [_unknown(name, "sahool_services_exclude", known) for name in exclude if name not in known]
    findings += [
        _unknown(name, "sahool_services_optional", [*OPTIONAL_CLASSES, *known])
        for name in optional
        if name not in OPTIONAL_CLASSES and name not in known
    ]
    return findings


def selection_findings(
    known: Mapping[str, Mapping[str, Any]], left_out: Mapping[str, str], phases_required: Iterable[int]
) -> list[Finding]:
    """Return the mandatory services that are left out and the phases in which nothing runs.

    :param phases_required: phases in which something must run, whatever is optional.
    """
    findings = []
    for name in MANDATORY:
        if name in left_out or name not in known:
            findings.append(
                Finding(
                    name,
                    "selection",
                    left_out.get(name, "no such service"),
                    "a service that always runs: the other services reach the database through it only",
                    "let it run",
                )
            )
    required = set(phases_required)
    for phase in PHASES:
        members = [name for name, entry in known.items() if entry.get("phase") == phase]
        running = [name for name in members if name not in left_out]
        all_optional = all(known[name].get("optional") for name in members)
        if not running and (phase in required or not all_optional):
            names = ", ".join(members) or "none in the catalogue"
            findings.append(
                Finding(
                    PLATFORM,
                    f"phase {phase}",
                    f"no service that runs (left out: {names})",
                    "at least one service",
                    "leave fewer services out, or change catalogue_phases_required if it is meant"
                    if phase in required
                    else "leave fewer services out",
                )
            )
    return findings


def _unknown(name: str, variable: str, known: Iterable[str]) -> Finding:
    hint = nearest(name, known)
    return Finding(PLATFORM, variable, shown(name), "a service of the catalogue", f"correct or remove it{hint}")
