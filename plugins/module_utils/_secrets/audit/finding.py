# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the audit says: one finding names the thing, what was found, what was expected and the fix."""

from __future__ import annotations

import os
import typing as t

SEVERITIES = ("high", "medium", "low", "unknown")


class Finding(t.NamedTuple):
    """One thing that is not as it should be; holds names, paths and numbers, never a value.

    :param severity: one of SEVERITIES; ``unknown`` is what could not be judged.
    :param check: what kind of check found it, one word.
    """

    severity: str
    check: str
    name: str
    found: str
    expected: str
    fix: str

    def line(self) -> str:
        """Return the finding as one line."""
        return "%s: %s: found %s, expected %s; %s" % (self.severity, self.name, self.found, self.expected, self.fix)


def shown(text: str | bytes) -> str:
    """Return a name or a path as one printable line: what a terminal or JSON could not take is escaped."""
    decoded = os.fsencode(text).decode("utf-8", "backslashreplace") if _is_path(text) else ascii(text)[1:-1]
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in decoded)


def _is_path(text: str | bytes) -> bool:
    """Whether *text* can be bytes of a file name; a lone surrogate that stands for no byte cannot."""
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return False
    return True


def counts(findings: t.Iterable[Finding]) -> dict[str, int]:
    """Return how many findings there are of each severity."""
    severities = [finding.severity for finding in findings]
    return {severity: severities.count(severity) for severity in SEVERITIES}


def failing(findings: t.Iterable[Finding], fail_on: str) -> bool:
    """Return whether a finding is as bad as *fail_on* or worse; ``unknown`` counts like ``low``."""
    if fail_on == "never":
        return False
    bad = SEVERITIES if fail_on == "low" else SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    return any(finding.severity in bad for finding in findings)


def summary(findings: t.Sequence[Finding]) -> str:
    """Return a headline, and one line for each finding."""
    by_severity = ", ".join("%d %s" % (number, severity) for severity, number in counts(findings).items() if number)
    noun = "finding" if len(findings) == 1 else "findings"
    headline = "%d %s (%s); nothing was changed." % (len(findings), noun, by_severity)
    return "\n".join([headline, *(finding.line() for finding in findings)])
