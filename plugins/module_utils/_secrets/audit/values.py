# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy over the values: there, long and random enough, nobody's default, used once, safe for who reads them."""

from __future__ import annotations

import typing as t

from .consumers import CONSUMERS
from .finding import Finding, shown
from .known import known_kind
from .strength import BITS_PER_CHARACTER, bits

_REPLACE = "replace the value"
_SHORTEST_USER = 5  # characters; shorter ones stand in a random value by chance


class Policy(t.NamedTuple):
    """What is asked of one secret.

    :param consumers: keys of CONSUMERS.
    :param user: name of the user whose password it is, if it is one's.
    """

    name: str
    minimum_length: int
    consumers: t.Sequence[str] = ()
    user: str | None = None


def findings(secrets: t.Mapping[str, t.Any], policies: t.Sequence[Policy]) -> list[Finding]:
    """Return what is wrong with *secrets* (name to value) by *policies*, one for each name."""
    found: list[Finding] = []
    for policy in policies:
        value = secrets.get(policy.name)
        absence = _absence(policy, value)
        found += [absence] if absence else _judge(policy, str(value))
    return found + _reuse(secrets, policies)


def _absence(policy: Policy, value: t.Any) -> Finding | None:
    name = shown(policy.name)
    if value is None:
        return Finding("high", "presence", name, "no value", "one", "set it")
    if not isinstance(value, str):
        kind = "a %s" % type(value).__name__
        return Finding("high", "presence", name, kind, "text", "put the value in quotes")
    if not value.strip():
        return Finding("high", "presence", name, "an empty value", "one", "set it")
    return None


def _judge(policy: Policy, value: str) -> t.Iterator[Finding]:
    name, least = shown(policy.name), policy.minimum_length
    kind = known_kind(value)
    if kind:
        yield Finding("high", "default", name, kind, "a value of its own", _REPLACE)
    if len(value) < least:
        yield Finding("high", "length", name, "%d characters" % len(value), "at least %d" % least, _REPLACE)
    strength, needed = bits(value), least * BITS_PER_CHARACTER
    if strength < needed:
        found = "about %d bits of chance" % strength
        yield Finding("high", "entropy", name, found, "at least %d" % needed, _REPLACE + " by a random one")
    user = policy.user.casefold() if policy.user else ""
    if user and user == value.casefold():
        yield Finding("high", "user", name, "the name of its user", "a value of its own", _REPLACE)
    elif len(user) >= _SHORTEST_USER and user in value.casefold():
        yield Finding("medium", "user", name, "the name of its user within", "a value of its own", _REPLACE)
    for consumer in dict.fromkeys(policy.consumers):
        reader, takes, expected = CONSUMERS[consumer]
        if not takes(value):
            found = "characters that do not pass through %s (%s)" % (reader, consumer)
            yield Finding("high", "characters", name, found, expected, _REPLACE)


def _reuse(secrets: t.Mapping[str, t.Any], policies: t.Sequence[Policy]) -> list[Finding]:
    users: dict[str, list[str]] = {}
    for policy in policies:
        value = secrets.get(policy.name)
        if isinstance(value, str) and value.strip():
            users.setdefault(value, []).append(shown(policy.name))
    return [
        Finding(
            "high",
            "reuse",
            ", ".join(names),
            "one value for all %d" % len(names),
            "a value of its own for each",
            "replace all but one",
        )
        for names in users.values()
        if len(names) > 1
    ]
