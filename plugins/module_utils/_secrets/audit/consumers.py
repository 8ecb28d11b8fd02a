# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each reader of a secret takes without quoting.

A secret comes to its readers as it is: nothing on the way quotes it for a URL here and an ini file there.
"""

from __future__ import annotations

import re
import shlex
import typing as t


class Consumer(t.NamedTuple):
    """One kind of reader.

    :param reader: in words.
    :param takes: whether it reads a value as what it is.
    :param expected: in words.
    """

    reader: str
    takes: t.Callable[[str], object]
    expected: str


def _without(characters: str) -> t.Callable[[str], object]:
    return re.compile(r"[^%s\x00-\x1f\x7f]+" % characters).fullmatch


# What nats-server reads as something else than text; numbers and sizes start with a digit.
_NATS_WORDS = frozenset({"true", "false", "yes", "no", "on", "off"})
_NATS_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")

CONSUMERS = {
    # RFC 3986: userinfo. Without the percent sign, which starts an escape.
    "url": Consumer(
        "a URL",
        re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:-]+").fullmatch,
        "letters, digits and -._~+=: alone, for others end the password or the host",
    ),
    "compose": Consumer("a Compose file", _without("$"), "no dollar sign, which starts a variable"),
    "nats": Consumer(
        "nats-server, which parses it as configuration",
        lambda value: _NATS_TEXT.fullmatch(value) and value.lower() not in _NATS_WORDS,
        "a letter first, then letters, digits, underscores and hyphens",
    ),
    "sql": Consumer("an SQL text", _without(r"'\"\\"), "no quote and no backslash"),
    # PgBouncer parts words at blanks, alembic reads % as the start of a variable.
    "ini": Consumer(
        "an ini file or a PgBouncer user list", _without(r"'\"\\;#%\s"), "no quote, backslash, blank, semicolon, # or %"
    ),
    "shell": Consumer(
        "a shell or a command line",
        lambda value: shlex.quote(value) == value and not value.startswith("-"),
        "letters, digits and _@%+=:,./- alone, no hyphen first",
    ),
    # Compose, Docker and the many dotenv libraries agree on no more than this.
    "env_file": Consumer(
        "an env file",
        lambda value: _without(r"'\"`\\$#")(value) and value == value.strip(),
        "no quote, backslash, dollar sign or #, and no blank at either end",
    ),
}
