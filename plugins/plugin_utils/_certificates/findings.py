# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the variables that certificates are made by, found before any host is touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.finding import nearest, shown
from ansible_collections.sahool.platform.plugins.plugin_utils._certificates.requests import is_address, is_name

FILES = ("certificate", "key", "authority")
AUTHORITY = "ca"


def certificate_findings(
    services: Mapping[str, Mapping[str, Any]],
    *,
    chosen: Any,
    names: Any,
    external: Any,
    reissue: Iterable[str],
    days: tuple[int, int],
) -> list[str]:
    """Return one line for each finding; the arguments are as in :func:`certificate_requests`.

    :param days: how long a certificate is valid, and how long before its end it is replaced.
    """
    known = [name for name, entry in services.items() if entry.get("certificate")]
    findings = []
    if days[0] <= days[1]:
        expected = f"more than certificates_window_days, which is {days[1]}"
        fix = "every run would issue all of them anew; raise it, or lower the other"
        findings.append(_line("certificates_valid_days", str(days[0]), expected, fix))
    if not isinstance(chosen, list):
        findings.append(_line("certificates_services", shown(chosen), "a list of services", "write it as [kong]"))
    else:
        findings += _unknown("certificates_services", chosen, known)
    for variable, value in (("certificates_names", names), ("certificates_external", external)):
        if not isinstance(value, Mapping):
            fix = "write it as service: value lines"
            findings.append(_line(variable, shown(value), "a dictionary by service", fix))
        else:
            findings += _unknown(variable, value, known)
    findings += _unknown("certificates_reissue", reissue, [*known, AUTHORITY])
    if isinstance(names, Mapping):
        findings += [line for service, given in names.items() for line in _names(service, given)]
    if isinstance(external, Mapping):
        findings += [line for service, files in external.items() for line in _files(service, files)]
        foreign = [name for name in reissue if name in external]
        fix = "replace its files, or remove it from certificates_external"
        findings += [
            _line("certificates_reissue", f"'{name}', whose certificate is external", "one of the platform's own", fix)
            for name in foreign
        ]
    return findings


def _unknown(variable: str, given: Iterable[Any], known: list[str]) -> list[str]:
    return [
        _line(
            variable,
            shown(name),
            "a service that runs and has a certificate in the catalogue",
            f"correct or remove it{nearest(str(name), known)}",
        )
        for name in given
        if name not in known
    ]


def _names(service: str, given: Any) -> Iterator[str]:
    where = f"certificates_names.{service}"
    if not isinstance(given, list):
        yield _line(where, shown(given), "a list of names and addresses", "write it as [api.example.com]")
        return
    for one in given:
        if not isinstance(one, str) or not (is_address(one) or is_name(one)):
            yield _line(where, shown(one), "a DNS name or an IP address", "correct it, without scheme, port or path")


def _files(service: str, files: Any) -> Iterator[str]:
    where = f"certificates_external.{service}"
    if not isinstance(files, Mapping):
        yield _line(where, shown(files), f"a dictionary of {', '.join(FILES)}", "name the three files")
        return
    for key in files:
        if key not in FILES:
            yield _line(
                f"{where}.{key}", "an unknown key", ", ".join(FILES), f"rename or remove it{nearest(key, FILES)}"
            )
    for key in FILES:
        path = files.get(key)
        if not isinstance(path, str) or not path.startswith("/"):
            yield _line(
                f"{where}.{key}", shown(path), f"the absolute path of a file on the host of {service}", "set it"
            )


def _line(where: str, found: str, expected: str, fix: str) -> str:
    return f"{where}: found {found}; expected {expected}; {fix}"
