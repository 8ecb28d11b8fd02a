# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep secrets out of what other programs print."""

from __future__ import annotations

import re
import typing as t

_IN_URL = re.compile(r"(://[^:/@\s\"']*:)([^\s\"']+)@")
_SHORTEST = 6  # characters; a shorter value is a word like `true`, and replacing it would only garble
_NAMES = r"(?:password|passwd|passphrase|secret|api[_-]?key|private[_-]?key|access[_-]?key|credential)[\w-]*"
# "password=…", "DB_PASSWORD: …", '"client_secret": "…"', "--admin-password=…"
_BY_NAME = re.compile(r"""(?ix)((?:%s)["']?\s*[:=]\s*["']?)([^\s"',;&)}\]]+)""" % _NAMES)
# What such a name is followed by when it is only talked about.
_NO_SECRET = re.compile(r"(?i)(?:true|false|null|none|nil|unset|empty|missing|required|invalid|\*+|\$\{?\w+\}?|<.*)\Z")
_BEARER = re.compile(
    r"(?i)\b((?:authorization|proxy-authorization)\s*[:=]\s*[\"']?(?:\w+\s+)?|bearer\s+)([^\s\"',]{8,})"
)
_JWT = re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*")  # RFC 7519: a JSON object in base64url, twice, and a signature
_HIDDEN = "***"


class Redactor:
    """Replaces secrets by ``***``: those that are known, and what looks like one by its name or its form.

    :param secrets: values that must not be shown.
    """

    def __init__(self, secrets: t.Iterable[str]) -> None:
        values = {value for value in secrets if len(value) >= _SHORTEST}
        for value in list(values):
            values.update(match[2] for match in _IN_URL.finditer(value) if len(match[2]) >= _SHORTEST)
        # The longest first: one value may be a part of another.
        self._values = sorted(values, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for value in self._values:
            text = text.replace(value, _HIDDEN)
        text = _IN_URL.sub(lambda match: match[1] + _HIDDEN + "@", text)
        text = _BEARER.sub(lambda match: match[1] + _HIDDEN, text)
        text = _JWT.sub(_HIDDEN, text)
        return _BY_NAME.sub(_by_name, text)


def _by_name(match: re.Match[str]) -> str:
    return match[0] if _NO_SECRET.match(match[2]) else match[1] + _HIDDEN
