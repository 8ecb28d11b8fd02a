# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of single entries against the schema: unknown keys, wrong types, wrong values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.finding import (
    Finding,
    nearest,
    shown,
)
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.schema import ENTRY, Field

# RFC 1123: the name is the address inside the Compose network.
DNS_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
VARIABLE_FIELDS = ("environment", "embedded_environment")
WORDS = {
    "text": "a text",
    "whole": "a whole number",
    "number": "a number",
    "yes_no": "true or false",
    "list": "a list",
    "mapping": "a dictionary",
    "record": "a dictionary",
}


def schema_findings(name: str, entry: Any) -> list[Finding]:
    """Return what in the entry of service *name* the schema does not allow."""
    findings = []
    if not DNS_LABEL.fullmatch(name):
        findings.append(
            Finding(
                name,
                "name",
                shown(name),
                "a DNS label (a-z, 0-9 and -, no - at the ends, at most 63 characters)",
                "rename the service; other services reach it by this name",
            )
        )
    if not isinstance(entry, Mapping):
        findings.append(
            Finding(
                name,
                "entry",
                shown(entry),
                "a dictionary of fields",
                "describe the service, or leave it out with sahool_services_exclude",
            )
        )
        return findings
    findings += _record(name, "", entry, ENTRY)
    for field in VARIABLE_FIELDS:
        variables = entry.get(field)
        for variable in variables if isinstance(variables, Mapping) else ():
            if not VARIABLE.fullmatch(variable):
                findings.append(
                    Finding(
                        name,
                        f"{field}.{variable}",
                        shown(variable),
                        "letters, digits and _, not a digit first",
                        "rename the variable",
                    )
                )
    return findings


def _record(service: str, path: str, value: Mapping[str, Any], keys: Mapping[str, Field]) -> Iterator[Finding]:
    for key in value:
        if key not in keys:
            where = f"{path}.{key}" if path else key
            known = ", ".join(sorted(keys)) if len(keys) <= 12 else "a key of the catalogue's schema"
            hint = nearest(key, keys)
            fix = f"rename or remove it{hint}" if hint else "remove it"
            yield Finding(service, where, "an unknown key", known, fix)
    for key, field in keys.items():
        where = f"{path}.{key}" if path else key
        if value.get(key) is not None:
            yield from _value(service, where, value[key], field)
        elif field.required:
            yield Finding(service, where, "nothing", _expected(field), f"set {where}")


def _value(service: str, path: str, value: Any, field: Field) -> Iterator[Finding]:
    kind = next((kind for kind in field.kinds if _is(kind, value)), None)
    found = _kind_of(value) if field.secret else shown(value)
    if kind is None:
        yield Finding(service, path, found, _expected(field), _retype(value, field))
    elif kind == "record":
        yield from _record(service, path, value, field.keys)
    elif kind == "mapping":
        for key, one in value.items():
            if field.each and one is not None:
                yield from _value(service, f"{path}.{key}", one, field.each)
            elif one is None:
                yield Finding(service, f"{path}.{key}", "nothing", _expected(field.each or field), "set or remove it")
    elif kind == "list":
        for index, one in enumerate(value):
            if field.each:
                yield from _value(service, f"{path}[{index}]", one, field.each)
    elif not _allowed(value, field):
        hint = nearest(value, field.choices) if isinstance(value, str) else ""
        yield Finding(service, path, found, _expected(field), f"correct the value{hint}")


def _is(kind: str, value: Any) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return {
        "text": isinstance(value, str),
        "whole": number and isinstance(value, int),
        "number": number,
        "yes_no": isinstance(value, bool),
        "list": isinstance(value, list),
        "mapping": isinstance(value, Mapping),
        "record": isinstance(value, Mapping),
    }[kind]


def _allowed(value: Any, field: Field) -> bool:
    if field.choices and value not in field.choices:
        return False
    if field.pattern and not re.fullmatch(field.pattern, value, re.IGNORECASE):
        return False
    if field.low is not None and value < field.low:
        return False
    return field.high is None or value <= field.high


def _expected(field: Field) -> str:
    if field.choices:
        return "one of " + ", ".join(str(choice) for choice in field.choices)
    if field.pattern_says:
        return field.pattern_says
    words = " or ".join(dict.fromkeys(WORDS[kind] for kind in field.kinds))
    if field.low is not None and field.high is not None:
        return f"{words} from {field.low:g} to {field.high:g}"
    return f"{words}, at least {field.low:g}" if field.low is not None else words


def _kind_of(value: Any) -> str:
    return "a text" if isinstance(value, str) else type(value).__name__


def _retype(value: Any, field: Field) -> str:
    if "text" in field.kinds and isinstance(value, (bool, int, float)):
        return "put the value in quotes; YAML reads it as something else without them"
    if isinstance(value, str) and {"whole", "number", "yes_no"} & set(field.kinds):
        return "remove the quotes"
    return "correct the value"
