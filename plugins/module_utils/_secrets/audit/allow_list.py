# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known to be no secret: a baseline file of detect-secrets."""

from __future__ import annotations

import json
import os
import re
import typing as t

_EXCLUDE = "detect_secrets.filters.regex.should_exclude_"


class AllowListError(Exception):
    """The file is no baseline; the text says why."""


class AllowList:
    """The baseline at *path*; without one nothing is allowed.

    An entry allows its string in every file: the same string is no secret in a file of an old commit either. An entry
    that was audited as a real secret allows nothing. Of the filters, the patterns of what to leave out hold.

    :raises AllowListError: it cannot be read.
    """

    def __init__(self, path: str | None) -> None:
        self._name = os.path.basename(path) if path else ".secrets.baseline"
        content = _read(path) if path else {}
        try:
            self._allowed = {
                (entry["type"], entry["hashed_secret"])
                for entries in content.get("results", {}).values()
                for entry in entries
                if entry.get("is_secret") is not True
            }
            self._excluded = {
                kind: [
                    re.compile(pattern)
                    for entry in content.get("filters_used", ())
                    if entry["path"] == _EXCLUDE + kind
                    for pattern in entry["pattern"]
                ]
                for kind in ("file", "line", "secret")
            }
        except (AttributeError, KeyError, TypeError, re.error):
            raise AllowListError("a file of another form") from None

    def allows(self, path: str, line: str, kind: str, value: str, digest: str) -> bool:
        """Return whether a secret of type *kind* is known to be none."""
        return (
            (kind, digest) in self._allowed
            or os.path.basename(path) == self._name
            or self._excludes("file", path)
            or self._excludes("line", line)
            or self._excludes("secret", value)
        )

    def _excludes(self, kind: str, text: str) -> bool:
        return any(pattern.search(text) for pattern in self._excluded[kind])


def _read(path: str) -> dict[str, t.Any]:
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
    except OSError as error:
        raise AllowListError(error.strerror or "no file") from None
    except ValueError:
        raise AllowListError("a file that is no JSON") from None
    if not isinstance(content, dict):
        raise AllowListError("a file of another form")
    return content
