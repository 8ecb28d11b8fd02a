# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a password is the one that PostgreSQL knows, told without logging in.

Servers as they come trust every connection from inside their container, so that a login there proves nothing.

Source: https://www.postgresql.org/docs/current/catalog-pg-authid.html and RFC 5802, section 3.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re

_VERIFIER = re.compile(r"SCRAM-SHA-256\$(?P<rounds>\d+):(?P<salt>[^$]+)\$(?P<stored>[^:]+):(?P<server>.+)")


def password_complaint(verifier: str, password: str) -> str | None:
    """Return why *password* would not open the database, None when it would.

    :param verifier: ``rolpassword`` of the role.
    """
    match = _VERIFIER.fullmatch(verifier.strip())
    if match is None:
        return (
            "PostgreSQL keeps the password of role sahool in another form than scram-sha-256, the only one that the "
            "platform's server accepts; set password_encryption there, then ALTER ROLE with the same password"
        )
    try:
        salt, stored = base64.b64decode(match["salt"], validate=True), base64.b64decode(match["stored"], validate=True)
    except binascii.Error:
        return "PostgreSQL keeps a verifier of role sahool that cannot be read; ALTER ROLE with the password once more"
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, int(match["rounds"]))
    client = hmac.new(salted, b"Client Key", hashlib.sha256).digest()
    if hmac.compare_digest(hashlib.sha256(client).digest(), stored):
        return None
    return (
        "the value of the .env, or of the inventory, is not the password that role sahool has in the database, which "
        "keeps the one that it was made with; find that one, or ALTER ROLE to the value of the .env"
    )
