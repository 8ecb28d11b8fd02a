# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hash a password as Mosquitto's password file wants it."""

from __future__ import annotations

DOCUMENTATION = r"""
name: mosquitto_password_hash
short_description: Hash a password for Mosquitto's password file
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Returns what stands behind the user's name in a password file of Mosquitto 2, its C($7$) format,
    which is PBKDF2 with HMAC-SHA512.
  - The same input gives the same hash, so that a rendered file changes only when a password changes.
    The salt is derived from the password with the secret O(salt_key).
positional: _input, salt_key
options:
  _input:
    description: The password.
    type: string
    required: true
  salt_key:
    description:
      - A secret from which the salt is derived by HMAC-SHA256.
      - With a public value the salt would tell guessed passwords apart faster than the hash does.
    type: string
    required: true
  iterations:
    description:
      - Rounds of PBKDF2.
      - The default is that of C(mosquitto_passwd). The broker computes them at each login in its only thread, and a
        generated password of 32 characters needs no slowing down.
    type: integer
    default: 101
"""

EXAMPLES = r"""
---
- name: One line of a password file
  ansible.builtin.debug:
    msg: "sensor:{{ sensor_password | sahool.platform.mosquitto_password_hash(salt_key) }}"
"""

RETURN = r"""
_value:
  description: The hash, C($7$<iterations>$<salt>$<hash>), the last two in Base64.
  type: string
  sample: $7$101$3Sq7Z2vvZVZlcm9v$…
"""

import base64
import hashlib
import hmac
import typing as t

from ansible.errors import AnsibleFilterError

# mosquitto 2.0, src/password_mosq.h: SALT_LEN 12, EVP_sha512 with its 64 bytes.
SALT_BYTES = 12
MAX_ITERATIONS = 2**31 - 1


def mosquitto_password_hash(password: str, salt_key: str, iterations: int = 101) -> str:
    """Return the C($7$) hash of ``password``.

    :raises AnsibleFilterError: when the password or the key is no text or empty, or ``iterations`` is
        no whole number of at least 1; the message never holds the password.
    """
    for name, value in (("password", password), ("salt_key", salt_key)):
        if not isinstance(value, str) or not value:
            raise AnsibleFilterError(
                f"mosquitto_password_hash: the {name} is {'empty' if value == '' else type(value).__name__}; "
                "expected a text of at least one character"
            )
    if isinstance(iterations, bool) or not isinstance(iterations, int) or not 1 <= iterations <= MAX_ITERATIONS:
        raise AnsibleFilterError(
            f"mosquitto_password_hash: iterations is {iterations!r}; expected a whole number from 1 to {MAX_ITERATIONS}"
        )
    salt = hmac.new(salt_key.encode(), password.encode(), hashlib.sha256).digest()[:SALT_BYTES]
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, iterations)
    return f"$7${iterations}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., str]]:
        """Return name and function of each filter."""
        return {"mosquitto_password_hash": mosquitto_password_hash}
