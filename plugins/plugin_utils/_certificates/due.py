# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about the certificates of a host, and where they lie when it is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# States of the authority in which a new one is made.
NEW = ("missing", "renew")


def certificates_due(audit: Mapping[str, Any], authority: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is due.

    :param audit: what ``certificates_audit`` found on the host.
    :param authority: what it found of the authority, on the host that keeps it.
    :returns: ``issue``, ``install`` and ``pending`` (both together), names in the order of the audit; ``authority``,
        whether one is to be made; ``result``, service to ``folder``, ``fingerprint``, ``serial`` and ``not_after``, the
        latter three empty while they are not known.
    """
    found = audit["certificates"]
    made_anew = authority["state"] in NEW
    # An authority that was replaced issues all anew: clients trust one.
    issue = [
        name
        for name in found
        if not found[name]["external"]
        and (name in audit["to_issue"] or made_anew or found[name]["authority"] != authority["fingerprint"])
    ]
    install = list(audit["to_install"])
    return {
        "issue": issue,
        "install": install,
        "pending": issue + install,
        "authority": bool(issue) and made_anew,
        "result": {name: _place(one, name in issue or name in install) for name, one in found.items()},
    }


def _place(found: Mapping[str, Any], pending: bool) -> dict[str, Any]:
    known = ("fingerprint", "serial", "not_after")
    if pending:
        return {"folder": found["next_folder"], **dict.fromkeys(known, "")}
    return {"folder": found["folder"], **{key: found[key] or "" for key in known}}
