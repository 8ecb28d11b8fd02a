# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``$NAME`` and ``${NAME…}`` in the values of a ``.env`` file.

Source: https://docs.docker.com/reference/compose-file/interpolation/
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAME = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")
_OPERATORS = (":-", ":?", ":+", "-", "?", "+")


class InterpolationError(Exception):
    """A value that Compose would refuse; the text shows nothing of the value."""


def expand(value: str, known: Mapping[str, str]) -> str:
    """Return *value* with its variables replaced from *known*; one that is not known is empty.

    :raises InterpolationError: braces that hold no variable, or a variable that must have a value and has none.
    """
    parts: list[str] = []
    at = 0
    while at < len(value):
        sign = value.find("$", at)
        if sign < 0:
            break
        parts.append(value[at:sign])
        following = value[sign + 1 : sign + 2]
        if following == "$":
            parts.append("$")
            at = sign + 2
        elif following == "{":
            end = _closing(value, sign + 1)
            parts.append(_braced(value[sign + 2 : end], known))
            at = end + 1
        else:
            name = _NAME.match(value, sign + 1)
            # A `$` that begins no variable is a `$`.
            parts.append(known.get(name[0], "") if name else "$")
            at = name.end() if name else sign + 1
    parts.append(value[at:])
    return "".join(parts)


def _closing(value: str, opening: int) -> int:
    depth = 0
    for position in range(opening, len(value)):
        if value[position] == "{" and value[position - 1] == "$":
            depth += 1
        elif value[position] == "}":
            depth -= 1
            if depth == 0:
                return position
    raise InterpolationError("has '${' without '}'; put the value in single quotes")


def _braced(inner: str, known: Mapping[str, str]) -> str:
    name = _NAME.match(inner)
    if name is None:
        raise InterpolationError("has '${' without a name; put the value in single quotes")
    rest = inner[name.end() :]
    present = name[0] in known
    found = known.get(name[0], "")
    if not rest:
        return found
    operator = next((one for one in _OPERATORS if rest.startswith(one)), None)
    if operator is None:
        raise InterpolationError("has a '${…}' that Compose does not know; put the value in single quotes")
    has_value = bool(found) if operator.startswith(":") else present
    word = rest[len(operator) :]
    if operator.endswith("-"):
        return found if has_value else expand(word, known)
    if operator.endswith("+"):
        return expand(word, known) if has_value else ""
    if not has_value:
        raise InterpolationError(f"needs {name[0]}, which has no value above it")
    return found
