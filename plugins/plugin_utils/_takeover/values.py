# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values of the other platform's ``.env`` that ours goes on with."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.consumers import CONSUMERS
from ansible_collections.sahool.platform.plugins.module_utils._secrets.value import complaint
from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.findings import Findings

# The stock platform's examples begin so, and name no value.
_PLACEHOLDER = re.compile(r"<|change[_-]?(this|me)|must_set|your[_-]|xxx", re.IGNORECASE)


def import_values(
    env: Mapping[str, str],
    *,
    names: Mapping[str, Collection[str]],
    bound: Collection[str],
    fixed: Mapping[str, str],
    strict: Collection[str],
    findings: Findings,
) -> dict[str, str]:
    """Return the secrets of *names* that *env* has and that the platform can carry.

    :param env: names and values of the ``.env``.
    :param names: who parses the value, by name; see CONSUMERS.
    :param bound: those of *names* that data were made with, so that another value would not fit them.
    :param fixed: names that the platform does not choose freely, and the only value that it knows.
    :param strict: those of *fixed* that nothing works without.
    """
    taken = {}
    for name, consumers in names.items():
        value = env.get(name, "")
        wrong = _reason(value, consumers) if value else None
        unfit = f"its value in the .env {wrong}"
        if wrong and name in bound:
            findings.stop(
                name,
                f"{unfit}, and the data were made with it; change it in the running platform first, then in the .env",
            )
        elif wrong:
            findings.ask(
                name,
                f"{unfit}; change it there first, or accept that it gets a new one, which clients from outside need",
            )
        elif value:
            taken[name] = value
    for name, only in fixed.items():
        value = env.get(name, "")
        if value in ("", only):
            continue
        text = f"the .env has another value than '{only}', the only one that the platform knows"
        if name in strict:
            findings.stop(name, f"{text}; rename it in the running platform first, then in the .env")
        else:
            findings.ask(name, f"{text}; clients from outside must use that one from now on; accept it when they can")
    return taken


def _reason(value: str, consumers: Collection[str]) -> str | None:
    """Return why the platform cannot carry *value*; None when it can."""
    found = complaint(value)
    if found:
        return found.partition(";")[0]
    readers = [CONSUMERS[name].reader for name in consumers if not CONSUMERS[name].takes(value)]
    return f"has characters that do not pass through {' and '.join(readers)}" if readers else None


def differing(values: Mapping[str, str], known: Mapping[str, Any], bound: Collection[str]) -> list[str]:
    """Return the names in *bound* whose value that the platform has is not the one of the ``.env``."""
    return [name for name in bound if name in values and str(known.get(name) or values[name]) != values[name]]


def import_settings(env: Mapping[str, str], settings: Mapping[str, Any]) -> dict[str, str]:
    """Return the settings whose upper-case name *env* has with a value of its own.

    :param settings: the catalogue's settings and their values.
    """
    return {
        name: value
        for name, known in settings.items()
        if (value := env.get(name.upper(), "")) and value != str(known) and not _PLACEHOLDER.match(value)
    }
