# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the tokens in environment variables and credentials: all that they name is there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.complete import merged_environment
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.finding import Finding, nearest
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.ports import MAIN

KINDS = ("host", "port", "address", "secret", "setting", "self")
ADDRESSES = ("host", "port", "address")
TOKEN = re.compile(r"\{([a-z_]+):([A-Za-z0-9_.-]+)(?::([A-Za-z0-9_.-]+))?\}")


@dataclass(frozen=True)
class Known:
    """What tokens may name.

    :param services: every service that could run; an empty entry where the schema is broken.
    :param left_out: those that do not, with the reason.
    :param settings: names of settings, None where they are not known here; *secrets* likewise.
    """

    services: Mapping[str, Mapping[str, Any]]
    left_out: Mapping[str, str]
    environment_sets: Mapping[str, Mapping[str, str]]
    settings: Iterable[str] | None = None
    secrets: Iterable[str] | None = None


def token_findings(services: Mapping[str, Mapping[str, Any]], known: Known) -> list[Finding]:
    """Return the tokens of *services* that stand for nothing, and secrets where everybody can read them."""
    findings = []
    for name, entry in services.items():
        for set_name in entry.get("environment_sets") or []:
            if set_name not in known.environment_sets:
                hint = nearest(set_name, known.environment_sets)
                findings.append(
                    Finding(
                        name,
                        "environment_sets",
                        f"'{set_name}'",
                        "a set of catalogue_environment_sets",
                        f"correct or remove it{hint}",
                    )
                )
        for field, text in _texts(entry, known.environment_sets):
            for match in TOKEN.finditer(text):
                findings += _token(name, field, match, known)
        for field, text in _open_texts(entry):
            if "{secret:" in text:
                findings.append(
                    Finding(
                        name,
                        field,
                        "a {secret:…} token",
                        "no secret where docker inspect and the process list show it",
                        "pass it by environment or files and refer to it there",
                    )
                )
    return findings


def _texts(entry: Mapping[str, Any], sets: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    for variable, value in merged_environment(entry, sets).items():
        yield f"environment.{variable}", str(value)
    for field in ("embedded_environment", "credentials"):
        for key, value in (entry.get(field) or {}).items():
            yield f"{field}.{key}", value


def _open_texts(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field in ("entrypoint", "command"):
        yield from ((field, text) for text in entry.get(field) or [])
    yield from (("healthcheck.test", text) for text in (entry.get("healthcheck") or {}).get("test") or [])


def _token(service: str, field: str, match: re.Match[str], known: Known) -> list[Finding]:
    kind, name, port = match.groups()
    found = match.group(0)
    if kind not in KINDS:
        # Braces may be anything; only what looks like a slip of a token is reported.
        near = difflib.get_close_matches(kind, KINDS, n=1, cutoff=0.75)
        return [_finding(service, field, found, f"{{{near[0]}:…}}", "correct the token")] if near else []
    if kind in ADDRESSES:
        return _address(service, field, found, name, port if kind != "host" else None, known)
    if port:
        return [_finding(service, field, found, f"{{{kind}:NAME}}", "remove the last part")]
    if kind == "self":
        expected = "{self:port} or {self:name}"
        return [] if name in ("port", "name") else [_finding(service, field, found, expected, "correct the token")]
    names, where = (
        (known.secrets, "a name of catalogue_secret_names")
        if kind == "secret"
        else (known.settings, "a name of catalogue_settings")
    )
    if names is None or name in names:
        return []
    return [_finding(service, field, found, where, f"correct or add it{nearest(name, names)}")]


def _address(service: str, field: str, found: str, name: str, port: str | None, known: Known) -> list[Finding]:
    if name not in known.services:
        hint = nearest(name, known.services)
        return [_finding(service, field, found, "a service of the catalogue", f"correct the token{hint}")]
    if name in known.left_out:
        return [
            _finding(
                service,
                field,
                f"{found}, but {name} is left out: {known.left_out[name]}",
                "a service that runs",
                f"let {name} run, or override {field} of {service}",
            )
        ]
    target = known.services[name]
    if not target:
        return []
    ports = [*([MAIN] if target.get("container_port") else []), *(target.get("extra_ports") or {})]
    if "host:" not in found and (port or MAIN) not in ports:
        expected = "a port of that service: " + (", ".join(ports) or "it has none")
        return [_finding(service, field, found, expected, "correct the token")]
    return []


def _finding(service: str, field: str, found: str, expected: str, fix: str) -> Finding:
    return Finding(service, field, f"the token {found}" if found.startswith("{") else found, expected, fix)
