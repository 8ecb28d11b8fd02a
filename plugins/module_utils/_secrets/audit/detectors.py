# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The detectors of the library detect-secrets that find what nobody told us.

Those are used that say what they found: passwords by the name they are assigned to, private keys, passwords in URLs and
the tokens of known services. The two for high entropy are not: at their default limits they report every digest of a
lock file. No detector asks a service whether a token is valid.
"""

from __future__ import annotations

import bisect
import itertools
import os
import re
import typing as t

from .allow_list import AllowList
from .known import known_kind
from .lines import Line

_LONGEST = 4096  # bytes; the expressions of the library take quadratic time
_NOT_USED = {"Base64HighEntropyString", "HexHighEntropyString", "IPPublicDetector"}
_BY_KEYWORD = "KeywordDetector"
# Of no file type to the library, which would then want quotes around a value.
_ENV_FILE = re.compile(r"(?i)(?:\A|/)(?:\.?env(?:\.[^/]*)?|[^/]*\.env)\Z")
# What is filled in elsewhere, and what ansible-vault encrypted.
_NO_VALUE = re.compile(r"\{\{|\$\{|\A!vault|\A\$ANSIBLE_VAULT")


class LibraryMissing(Exception):
    """The library detect-secrets cannot be imported."""


class Detectors:
    """The detectors, and the library's own rules for what is no secret.

    :raises LibraryMissing: there is no library.
    """

    def __init__(self, allowed: AllowList) -> None:
        try:
            from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
            from detect_secrets.filters import allowlist, heuristic
            from detect_secrets.plugins.base import RegexBasedDetector
            from detect_secrets.plugins.keyword import DENYLIST
            from detect_secrets.util.code_snippet import CodeSnippet
        except ImportError as error:
            raise LibraryMissing(str(error.name)) from error
        self._allowed, self._allowlist, self._heuristic, self._snippet = allowed, allowlist, heuristic, CodeSnippet
        self.long_lines = 0
        # Each with the expressions without which it finds nothing.
        self._detectors: list[tuple[t.Any, list[re.Pattern[str]]]] = []
        kinds: t.Iterable[t.Any] = get_mapping_from_secret_type_to_class().values()
        for kind in kinds:
            if kind.__name__ == _BY_KEYWORD:
                self._detectors.append((kind(), [re.compile("|".join(DENYLIST), re.IGNORECASE)]))
            elif kind.__name__ not in _NOT_USED and issubclass(kind, RegexBasedDetector):
                # Looked for in many lines at once.
                cues = [re.compile(cue.pattern, cue.flags | re.MULTILINE) for cue in kind.denylist]
                self._detectors.append((kind(), cues))

    def suspicious(self, lines: t.Sequence[Line]) -> t.Iterator[tuple[Line, str, str]]:
        """Yield each secret in *lines*: its line, the name of its type, and its digest as an allow-list has it."""
        readable = [line for line in lines if line.path is not None and self._is_readable(line)]
        texts = [line.text.decode("utf-8", "replace") for line in readable]
        whole = "\n".join(texts)
        starts = [0, *itertools.accumulate(len(text) + 1 for text in texts)]
        for detector, cues in self._detectors:
            # A cue may match across lines, and then hide another in its later ones.
            near = {
                number
                for cue in cues
                for match in cue.finditer(whole)
                for number in range(bisect.bisect(starts, match.start()) - 1, bisect.bisect(starts, match.end()))
            }
            for number in sorted(near):
                if number < len(readable):
                    yield from self._secrets(detector, readable[number], texts[number])

    def _is_readable(self, line: Line) -> bool:
        if b"\0" in line.text:
            return False
        if len(line.text) > _LONGEST:
            self.long_lines += 1
            return False
        return True

    def _secrets(self, detector: t.Any, line: Line, text: str) -> t.Iterator[tuple[Line, str, str]]:
        path = os.fsdecode(line.path or b"")
        name = path + ".ini" if _ENV_FILE.search(path) else path
        for secret in detector.analyze_line(filename=name, line=text, line_number=line.number, context=None):
            if self._is_left_out(name, text, line) or self._is_no_secret(detector, secret.secret_value, text):
                continue
            if not self._allowed.allows(path, text, secret.type, secret.secret_value, secret.secret_hash):
                yield line, secret.type, secret.secret_hash

    def _is_left_out(self, name: str, text: str, line: Line) -> bool:
        rules = self._heuristic
        context = self._snippet([line.before.decode("utf-8", "replace"), text], 0, 1)
        return (
            rules.is_lock_file(name)
            or rules.is_swagger_file(name)
            or rules.is_non_text_file(name)
            or self._allowlist.is_line_allowlisted(name, text, context)
            or rules.is_indirect_reference(text)
        )

    def _is_no_secret(self, detector: t.Any, value: str, text: str) -> bool:
        rules = self._heuristic
        return bool(
            _NO_VALUE.search(value)
            or known_kind(value) == "a placeholder"
            or rules.is_sequential_string(value)
            or rules.is_potential_uuid(value)
            or rules.is_likely_id_string(value, text, detector)
            or rules.is_templated_secret(value)
            or rules.is_prefixed_with_dollar_sign(value)
            or rules.is_not_alphanumeric_string(value)
        )
