# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the ``sahool_…`` variables of an inventory, before a role stumbles over one of them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.finding import shown

# https://docs.docker.com/compose/how-tos/project-name/
PROJECT = re.compile(r"[a-z0-9][a-z0-9_-]*")
SOURCES = ("registry", "build", "auto")
ENVIRONMENTS = ("local", "development", "staging", "production")
# A name so near to a known one is a slip of the keyboard; any other may be the inventory's own.
SLIP = 0.9


def _is_number(value: Any) -> bool:
    """Tell whether *value* is a number or the text of one, which is what ``-e name=value`` passes."""
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and re.fullmatch(r"-?\d+", str(value)) is not None


def _is_seconds(value: Any) -> bool:
    return _is_number(value) and float(value) >= 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_yes_no(value: Any) -> bool:
    return isinstance(value, bool) or str(value).lower() in ("true", "false", "yes", "no")


Rule = tuple[Callable[[Any], bool], str, str]

MAPPING: Rule = (lambda value: isinstance(value, Mapping), "a dictionary", "write it as key: value lines")
NAMES: Rule = (_are_names, "a list of names", "write it as a list, such as [demo]")
YES_NO: Rule = (_is_yes_no, "true or false", "correct the value")
RULES: dict[str, Rule] = {
    "sahool_cpu_cap": (
        lambda value: _is_number(value) and float(value) >= 0,
        "the number of the host's cores, or 0 to leave limits as they are",
        "correct or remove it",
    ),
    "sahool_destroy": (lambda value: isinstance(value, str), "the name of the environment", "correct the value"),
    "sahool_destroy_volumes": YES_NO,
    "sahool_environment": (
        lambda value: value in ENVIRONMENTS,
        f"one of {', '.join(ENVIRONMENTS)}",
        "correct the value",
    ),
    "sahool_home": (
        lambda value: _is_text(value) and value.startswith("/") and value.strip("/") != "",
        "the absolute path of a folder of its own",
        "give it such as /opt/sahool",
    ),
    "sahool_image_source": (lambda value: value in SOURCES, f"one of {', '.join(SOURCES)}", "correct the value"),
    "sahool_lock_break": (
        lambda value: isinstance(value, str),
        "the id of the lock, as the refusal names it",
        "copy the id out of the refusal",
    ),
    "sahool_lock_host": (_is_text, "the name of a host of the inventory", "correct or remove it"),
    "sahool_lock_ttl": (_is_seconds, "seconds, such as 900", "correct or remove it"),
    "sahool_lock_wait": (_is_seconds, "seconds, such as 600", "correct or remove it"),
    "sahool_plan_apply": (_is_text, "the path of a saved plan", "correct or remove it"),
    "sahool_plan_save": (_is_text, "the path of a file to write the plan to", "correct or remove it"),
    "sahool_port_offset": (_is_whole, "a whole number that is added to every host port", "correct or remove it"),
    "sahool_project": (
        lambda value: _is_text(value) and PROJECT.fullmatch(value) is not None,
        "a text of a-z, 0-9, _ and -, a letter or digit first",
        "rename the project",
    ),
    "sahool_registry": (_is_text, "registry and path of the application images as a text", "correct the value"),
    "sahool_service_overrides": MAPPING,
    "sahool_services_exclude": NAMES,
    "sahool_services_extra": MAPPING,
    "sahool_services_optional": NAMES,
    "sahool_settings": MAPPING,
    "sahool_takeover_env": (_is_text, "the path of an .env file on the host", "correct or remove it"),
    "sahool_takeover_project": (_is_text, "the name of a Compose project that runs there", "correct or remove it"),
    "sahool_version": (_is_text, "a tag as a text, such as v16.0.0", "put it in quotes"),
}
# Judged elsewhere: with the secrets, and with the hosts.
ELSEWHERE = ("sahool_private_address", "sahool_secrets")


def variable_findings(variables: Mapping[str, Any]) -> list[str]:
    """Return one line for each finding.

    :param variables: every variable of the inventory whose name starts with ``sahool_``, but for the secrets.
    """
    findings = []
    for name, value in variables.items():
        if name not in RULES:
            near = difflib.get_close_matches(name, [*RULES, *ELSEWHERE], n=1, cutoff=SLIP)
            if near and name not in ELSEWHERE:
                findings.append(
                    f"{name}: found a variable that nothing reads; expected {near[0]}; rename it, or use a name of "
                    "another beginning if it is your own"
                )
            continue
        right, expected, fix = RULES[name]
        if value is not None and not right(value):
            # Keys of outside services may stand in the text of a dictionary.
            found = "a text" if expected == MAPPING[1] and isinstance(value, str) else shown(value)
            findings.append(f"{name}: found {found}; expected {expected}; {fix}")
    if variables.get("sahool_image_source") == "auto" and variables.get("sahool_environment") != "local":
        findings.append(
            f"sahool_image_source: found 'auto' in the environment {shown(variables.get('sahool_environment'))}; "
            "expected registry or build, because only the environment 'local' may fall back from one to the other; "
            "set sahool_image_source to registry"
        )
    return findings
