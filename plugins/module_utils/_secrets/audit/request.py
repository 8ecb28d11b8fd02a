# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the options of the module ask for."""

from __future__ import annotations

import typing as t

from .files import SecretFile
from .finding import shown
from .values import Policy

# RFC 7518, section 3.2: a key for HS256 has 256 bits at least.
_LEAST = {"JWT_SECRET_KEY": 32}


def policies(params: t.Mapping[str, t.Any]) -> list[Policy]:
    """Return a policy for each secret: those of the option first, then those of the secrets that it does not name.

    :raises ValueError: a secret is named twice.
    """
    rules: dict[str, Policy] = {}
    for entry in params["policy"]:
        name = entry["name"]
        if name in rules:
            raise ValueError("policy: %s is named twice; leave one" % shown(name))
        least = entry["minimum_length"]
        rules[name] = Policy(name, _least(name, params) if least is None else least, entry["consumers"], entry["user"])
    for name in params["secrets"]:
        rules.setdefault(name, Policy(name, _least(name, params)))
    return list(rules.values())


def secret_files(entries: t.Iterable[t.Mapping[str, t.Any]]) -> list[SecretFile]:
    """Return what is asked of each file.

    :raises ValueError: a mode is none.
    """
    return [
        SecretFile(
            path=entry["path"],
            mode=_mode(entry["mode"]),
            owner=entry["owner"],
            group=entry["group"],
            reader=entry["readable_by_uid"],
            reader_group=entry["readable_by_gid"],
            must_exist=entry["must_exist"],
            private_directory=entry["private_directory"],
        )
        for entry in entries
    ]


def _least(name: str, params: t.Mapping[str, t.Any]) -> int:
    least: int = params["minimum_length"]
    return max(least, _LEAST.get(name, 0))


def _mode(mode: t.Any) -> int:
    """Return a mode that is given as octal digits, or as the number that YAML makes of them without quotes."""
    try:
        number = mode if isinstance(mode, int) else int(mode, 8)
    except (TypeError, ValueError):
        number = -1
    if not 0 <= number <= 0o777:
        raise ValueError("files: mode is none; expected octal digits in quotes, such as '0600'")
    return number
