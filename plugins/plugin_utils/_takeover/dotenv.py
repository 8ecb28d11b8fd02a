# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A ``.env`` file, read as Compose reads it.

Not as a shell does: an unquoted value ends at the line's end or at a blank and ``#``, single quotes keep everything,
double quotes know escapes, ``$NAME`` is replaced, and a colon may stand for the equals sign.

Source of the rules: https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/ and the
parser of https://github.com/compose-spec/compose-go (folder dotenv), against which the tests compare.
"""

from __future__ import annotations

import re

from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.interpolation import InterpolationError, expand

# White space but for the end of a line.
_BLANKS = "\t\v\f\r \x85\xa0"
_EXPORT = re.compile(r"export[ \t\v\f\r]+")
_ESCAPE = re.compile(r'\\(?:[abcfnrtv$"\\]|0[0-7]{0,3})')
_PLAIN_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", '"': '"', "\\": "\\"}


class DotenvError(Exception):
    """The file is none that Compose would read; the text names the line and shows no value."""


def parse(text: str) -> dict[str, str]:
    """Return the names and values of *text*.

    Names that stand without a value are left out: Compose takes them from the environment of whoever called it.

    :raises DotenvError: with the number of the line.
    """
    return _Parser(text.removeprefix("\ufeff").replace("\r\n", "\n")).values()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._values: dict[str, str] = {}

    def values(self) -> dict[str, str]:
        while self._find_statement():
            name, has_value = self._name()
            if has_value:
                self._values[name] = self._value(name)
        return self._values

    def _find_statement(self) -> bool:
        """Move to the next character that is neither blank nor in a comment."""
        while self._at < len(self._text):
            if self._text[self._at] == "#":
                self._at = self._line_end()
            elif self._text[self._at].isspace():
                self._at += 1
            else:
                return True
        return False

    def _name(self) -> tuple[str, bool]:
        """Return the name here, and whether a value follows; move behind the sign and the blanks after it."""
        export = _EXPORT.match(self._text, self._at)
        if export:
            self._at = export.end()
        start = self._at
        for position in range(start, len(self._text)):
            sign = self._text[position]
            if sign in "=:\n":
                break
            if not (sign in _BLANKS or sign in "_.-[]" or sign.isalpha() or sign.isnumeric()):
                raise self._error(f"a name holds {sign!r}; expected letters, digits, '_', '.' and '-', then '='")
        else:
            self._at = len(self._text)
            return "", False
        name = self._text[start:position].rstrip()
        self._at = position + 1
        if " " in name:
            raise self._error("a name holds a blank; write NAME=value, the value in quotes if it has blanks")
        if sign == "\n":
            return name, False
        while self._at < len(self._text) and self._text[self._at] in _BLANKS:
            self._at += 1
        return name, True

    def _value(self, name: str) -> str:
        if self._at < len(self._text) and self._text[self._at] in "'\"":
            return self._quoted(name, self._text[self._at])
        end = self._line_end()
        raw = self._text[self._at : end].partition(" #")[0].rstrip()
        self._at = min(end + 1, len(self._text))
        return self._expanded(name, raw)

    def _quoted(self, name: str, quote: str) -> str:
        kept: list[str] = []
        escaped = False
        for position in range(self._at + 1, len(self._text)):
            sign = self._text[position]
            if sign == quote and not escaped:
                self._at = position + 1
                value = "".join(kept)
                return self._expanded(name, _ESCAPE.sub(_unescaped, value)) if quote == '"' else value
            if sign == "\\" and not escaped:
                escaped = True
                continue
            # A backslash in front of the quote is taken away here, every other one stays for the escapes.
            kept.append(sign if sign == quote or not escaped else "\\" + sign)
            escaped = False
        raise self._error(f"the value of {name} begins with {quote} and does not end with it")

    def _expanded(self, name: str, value: str) -> str:
        try:
            return expand(value, self._values)
        except InterpolationError as error:
            raise self._error(f"the value of {name} {error}") from None

    def _line_end(self) -> int:
        end = self._text.find("\n", self._at)
        return len(self._text) if end < 0 else end

    def _error(self, what: str) -> DotenvError:
        line = self._text.count("\n", 0, min(self._at, len(self._text))) + 1
        return DotenvError(f"line {line}: {what}")


def _unescaped(match: re.Match[str]) -> str:
    escape = match[0][1:]
    if escape == "$":
        return "$$"  # which the replacement of variables makes a single one
    if escape.startswith("0"):
        # Compose takes the 0 away, and then knows octal escapes of three digits only.
        return chr(int(escape[1:], 8)) if len(escape) == 4 and int(escape[1:], 8) < 256 else "\\" + escape[1:]
    return _PLAIN_ESCAPES.get(escape, match[0])
