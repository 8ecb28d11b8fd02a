# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds lines to a mapping in a YAML text and leaves every other character as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

try:
    import yaml
except ImportError:
    yaml = None

_INDENT = "  "


class BlockError(Exception):
    """The mapping is not written one entry a line."""


def with_lines(text: str, key: str | None, lines: Sequence[str]) -> str:
    """Return *text* with *lines* (``NAME: value``) behind the last entry of the mapping.

    :param key: the mapping is the value of this key, which is added when it is missing; None for the whole text.
    :raises BlockError: the mapping has braces, or there is no mapping.
    """
    if not text.endswith("\n"):
        text += "\n"
    if key is None:
        return text + "".join(f"{line}\n" for line in lines)
    entry = _entry(text, key)
    if entry is None:
        return text + f"{key}:\n" + "".join(f"{_INDENT}{line}\n" for line in lines)
    name, value = entry
    if isinstance(value, yaml.MappingNode) and not value.flow_style:
        indent, end = " " * value.start_mark.column, value.value[-1][1].end_mark
    elif isinstance(value, yaml.ScalarNode) and value.value == "":
        indent, end = " " * name.start_mark.column + _INDENT, name.end_mark
    else:
        raise BlockError
    rows = text.splitlines(keepends=True)
    # A block scalar ends at the begin of the line behind it.
    place = end.line + (1 if end.column else 0)
    return "".join([*rows[:place], *(f"{indent}{line}\n" for line in lines), *rows[place:]])


def _entry(text: str, key: str) -> tuple[Any, Any] | None:
    """Return the nodes of *key* and of its value."""
    try:
        document = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise BlockError from error
    if document is None or (isinstance(document, yaml.ScalarNode) and document.value == ""):
        return None  # comments and no more
    if not isinstance(document, yaml.MappingNode) or document.flow_style:
        raise BlockError
    return next(((name, value) for name, value in document.value if name.value == key), None)
