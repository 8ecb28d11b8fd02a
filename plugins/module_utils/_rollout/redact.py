# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep secrets out of what other programs print."""

from __future__ import annotations

import re
import typing as t

_IN_URL = re.compile(r"://[^:/@\s]*:([^@\s]+)@")
_SHORTEST = 6  # characters; a shorter value is a word like `true`, and replacing it would only garble


class Redactor:
    """Replaces known secrets, and passwords within known URLs, by ``***``.

    :param secrets: values that must not be shown.
    """

    def __init__(self, secrets: t.Iterable[str]) -> None:
        values = {value for value in secrets if len(value) >= _SHORTEST}
        for value in list(values):
            values.update(match for match in _IN_URL.findall(value) if len(match) >= _SHORTEST)
        # The longest first: one value may be a part of another.
        self._values = sorted(values, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for value in self._values:
            text = text.replace(value, "***")
        return _IN_URL.sub(lambda match: match[0].replace(match[1] + "@", "***@"), text)
