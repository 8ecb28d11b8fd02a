# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret stands in the tracked files or in the history; what is known to be none is in .secrets.baseline.

What cannot be looked at, such as the older commits of a shallow clone, is no fault of the tree.
"""

from __future__ import annotations

import sys
from pathlib import Path


def findings(root: Path) -> list[str]:
    sys.path.insert(0, str(root / "playbooks" / "collections"))
    from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit import repository

    found, _numbers = repository.findings(str(root), [], {}, str(root / ".secrets.baseline"))
    return [finding.line() for finding in found if finding.severity != "unknown"]
