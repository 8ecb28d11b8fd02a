# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a plan cannot be made."""

from __future__ import annotations


class PlanError(ValueError):
    """A plan that cannot be made; carries every finding of the pass.

    :param findings: one sentence a finding: what was found where, and what to do.
    """

    def __init__(self, findings: list[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings
