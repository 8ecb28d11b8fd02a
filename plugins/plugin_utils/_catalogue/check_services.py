# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of fields that must fit each other within one service, and of volumes across services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.finding import Finding, shown
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.ports import MAIN
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.schema import TIER_PHASES


def service_findings(services: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    """Return the contradictions within single entries of *services* (merged, without defaults)."""
    findings = []
    for name, entry in services.items():
        for check in (_phase, _state, _one_shot, _identity, _probe, _certificate):
            findings += check(name, entry)
    return findings + _volumes(services)


def _phase(name: str, entry: Mapping[str, Any]) -> list[Finding]:
    phases = TIER_PHASES[entry["tier"]]
    if entry["phase"] in phases:
        return []
    known = ", ".join(str(phase) for phase in phases)
    expected = f"{known}, when {entry['tier']} starts"
    return [Finding(name, "phase", shown(entry["phase"]), expected, "change phase or tier")]


def _state(name: str, entry: Mapping[str, Any]) -> list[Finding]:
    if not entry.get("stateful"):
        return []
    needed = {
        "major": "the major version of the registry image, in quotes",
        "volumes": "a volume that holds the data",
    }
    if entry.get("embedded"):
        needed["embedded_major"] = "the major version of the embedded image, in quotes"
    return [
        Finding(name, field, "nothing, though the service is stateful", expected, f"set {field}, or stateful: false")
        for field, expected in needed.items()
        if not entry.get(field)
    ]


def _one_shot(name: str, entry: Mapping[str, Any]) -> list[Finding]:
    restart = entry.get("restart")
    if not entry.get("one_shot") or restart in (None, "no"):
        return []
    return [Finding(name, "restart", shown(restart), "'no', because the service is a one-shot", "remove restart")]


def _identity(name: str, entry: Mapping[str, Any]) -> list[Finding]:
    identity = entry.get("identity") or {}
    field, accept, container = identity.get("field"), identity.get("accept"), identity.get("container")
    fix = "set field and accept to what its health body says, or container: true where the body names no service"
    if field and container:
        return [Finding(name, "identity", "both field and container", "one of the two", "remove one")]
    if field and not accept:
        return [Finding(name, "identity.accept", "nothing", f"the values of '{field}' that are this service", fix)]
    if accept and not field:
        return [Finding(name, "identity.field", "nothing", "the field of the body that accept is about", fix)]
    probed = entry.get("container_port") and entry.get("protocol", "http") == "http" and not entry.get("probe_service")
    if probed and not field and not container:
        return [Finding(name, "identity", "nothing", "a way to tell it from another service on its port", fix)]
    return []


def _probe(name: str, entry: Mapping[str, Any]) -> list[Finding]:
    findings = []
    own_ports = [*([MAIN] if entry.get("container_port") else []), *(entry.get("extra_ports") or {})]
    probe_port = entry.get("probe_port") or MAIN
    elsewhere = entry.get("probe_service")
    probed = entry.get("protocol") or own_ports
    if probed and not elsewhere and probe_port not in own_ports:
        expected = "one of its ports: " + (", ".join(own_ports) or "it has none")
        findings.append(Finding(name, "probe_port", shown(probe_port), expected, "correct it, or set container_port"))
    http = entry.get("protocol", "http") == "http" and (own_ports or elsewhere)
    if http and not (entry.get("health_path") or entry.get("gate_path")):
        findings.append(Finding(name, "health_path", "nothing", "the path of its health check", "set health_path"))
    if entry.get("port") and not entry.get("container_port"):
        expected = "the port that the image listens on"
        findings.append(Finding(name, "container_port", "nothing, though port is set", expected, "set it"))
    return findings


def _certificate(name: str, entry: Mapping[str, Any]) -> list[Finding]:
    certificate = entry.get("certificate") or {}
    files = certificate.get("files") or {}
    findings = []
    if len({"certificate", "key"} & files.keys()) == 1:
        lacking = "key" if "certificate" in files else "certificate"
        expected = "certificate and key, which are of no use without each other"
        findings.append(Finding(name, f"certificate.files.{lacking}", "nothing", expected, "set both, or none"))
    taken = {*(entry.get("files") or {}), *(volume.get("target") for volume in (entry.get("volumes") or {}).values())}
    for key, target in files.items():
        others = [other for other in files if other != key and files[other] == target]
        if target in taken or others:
            expected = "a path that nothing else is mounted at"
            findings.append(Finding(name, f"certificate.files.{key}", shown(target), expected, "choose another path"))
    for variable in certificate.get("environment") or {}:
        if not files:
            expected = "nothing, since no file is mounted"
            fix = "set certificate.files, or remove it"
            findings.append(Finding(name, f"certificate.environment.{variable}", "a variable", expected, fix))
        elif variable in (entry.get("environment") or {}):
            expected = "a variable in one of the two places"
            fix = f"remove it from certificate.environment or from environment of {name}"
            findings.append(
                Finding(name, f"certificate.environment.{variable}", "a variable of environment, too", expected, fix)
            )
    return findings


def _volumes(services: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    findings = []
    owners: dict[tuple[str, str], str] = {}
    for name, entry in services.items():
        for key, volume in (entry.get("volumes") or {}).items():
            own_name = volume.get("name")
            field = f"volumes.{key}.name" if own_name else f"volumes.{key}"
            volume_id = ("name", own_name) if own_name else ("key", key)
            first = owners.setdefault(volume_id, name)
            if first != name:
                findings.append(
                    Finding(
                        name,
                        field,
                        f"volume '{volume_id[1]}', which {first} uses as well",
                        "one service for each volume",
                        "give one of the two a volume of its own",
                    )
                )
    return findings
