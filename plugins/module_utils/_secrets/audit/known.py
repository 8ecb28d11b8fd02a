# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that everybody knows: placeholders, and the passwords that software and the stock platform come with."""

from __future__ import annotations

import re

# Bare words stand between separators or alone: a random value may well have four given letters in a row.
_PLACEHOLDER = re.compile(
    r"""(?ix)
    change[ _.-]?(?:this|me) | changeit
    | (?:must|to)[ _-]?be[ _-]?(?:set|changed|replaced|generated) | must[ _-]set | set[ _-]in[ _-]production
    | replace[ _-](?:this|me|with) | (?:insert|put|enter)[ _-](?:your|here|the)
    | will[ _-]be[ _-] | placeholder | example
    | (?<![a-z0-9])(?:your|todo|tbd|fixme|dummy|sample|none|null|undefined)(?![a-z0-9])
    | \A(?:<.*>|\{\{.*\}\}|\$\{.*\}|\$\(.*\)|%.*%|\[.*\])\Z
    | \A(.)\1*\Z
    """
)
_DEFAULTS = frozenset(
    """
    admin administrator admin123 farmer123 sahool sahool123 sahool_iot sahool_app default default-secret
    secret supersecret jwt-secret postgres pgbouncer redis nats mqtt mosquitto minio minioadmin milvus qdrant
    etcd kong root toor guest user test testing password passw0rd password1 p@ssw0rd pass letmein welcome
    qwerty qwertyuiop iloveyou 123456 1234567 12345678 123456789 1234567890
    """.split()
)
_WORD_AND_COUNT = re.compile(r"(?i)[a-z]+[_@-]?(?:123|1234|12345|123456|2024|2025|2026)!?")


def known_kind(value: str) -> str | None:
    """Return ``a placeholder`` or ``a known default`` for a value that is one, else None."""
    plain = value.strip()
    if _PLACEHOLDER.search(plain):
        return "a placeholder"
    if plain.casefold() in _DEFAULTS or (len(plain) < 20 and _WORD_AND_COUNT.fullmatch(plain)):
        return "a known default"
    return None
