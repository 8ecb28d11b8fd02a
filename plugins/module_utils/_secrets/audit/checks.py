# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All checks of one audit."""

from __future__ import annotations

import datetime
import typing as t

from . import age, files, repository, values
from .finding import SEVERITIES, Finding
from .request import policies, secret_files


def audit(params: t.Mapping[str, t.Any]) -> tuple[list[Finding], dict[str, int]]:
    """Return all findings, the worst first, and how much was looked at.

    :raises ValueError: an option cannot be used.
    """
    rules, wanted, secrets = policies(params), secret_files(params["files"]), params["secrets"]
    found = values.findings(secrets, rules)
    checked = {"secrets": len(rules), "ages": 0, "files": len(wanted)}
    if params["created"] is not None:
        names = [rule.name for rule in rules]
        now = datetime.datetime.now(datetime.timezone.utc)
        found += age.findings(names, params["created"], params["maximum_age"], now)
        checked["ages"] = len({*names, *params["created"]})
    for file in wanted:
        found += files.findings(file)
    numbers = {"tracked_files": 0, "commits": 0, "lines": 0, "values_searched": 0}
    if params["repository"] is not None:
        paths = [file.path for file in wanted]
        more, numbers = repository.findings(params["repository"], paths, secrets, params["allow_list"])
        found += more
    found.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    return found, {**checked, **numbers}
