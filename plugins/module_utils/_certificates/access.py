# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may read keys and list the folders that they lie in."""

from __future__ import annotations

import os
import stat

from .finding import Finding

READ_BY_OTHERS = 0o077
CHANGED_BY_OTHERS = 0o022
LISTED_BY_OTHERS = 0o066


def key_findings(name: str, path: str, uid: int | None, forbidden: int = READ_BY_OTHERS) -> list[Finding]:
    """Say who else may read the key *path*, and whether *uid* may not; None where any owner will do."""
    try:
        found = os.stat(path)
    except OSError:
        return []  # that it is not there is said by who reads it
    mode = stat.S_IMODE(found.st_mode)
    findings = []
    if mode & forbidden:
        findings.append(
            Finding(
                name,
                "key mode",
                f"{path} with mode {mode:04o}",
                f"{mode & ~forbidden & 0o600 or 0o400:04o}",
                f"chmod {mode & ~forbidden & 0o600 or 0o400:04o} {path}, and replace the key if others use this host",
            )
        )
    if uid is not None and found.st_uid != uid:
        findings.append(
            Finding(
                name,
                "key owner",
                f"{path} of uid {found.st_uid}",
                f"uid {uid}, as which {name} reads it",
                f"chown {uid} {path}",
            )
        )
    return findings


def folder_findings(name: str, path: str, closed: int = LISTED_BY_OTHERS) -> list[Finding]:
    """Say whether others may list or change the folder *path*, or whom it belongs to."""
    found = os.stat(path)
    mode, own = stat.S_IMODE(found.st_mode), os.geteuid()
    findings = []
    if mode & closed:
        findings.append(
            Finding(
                name,
                "folder mode",
                f"{path} with mode {mode:04o}",
                f"{mode & ~closed:04o}",
                f"chmod {mode & ~closed:04o} {path}",
            )
        )
    if found.st_uid != own:
        findings.append(
            Finding(name, "folder owner", f"{path} of uid {found.st_uid}", f"uid {own}", f"chown {own} {path}")
        )
    return findings
