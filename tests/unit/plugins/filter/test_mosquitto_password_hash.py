# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter against what Mosquitto's own program writes."""

from __future__ import annotations

import base64
import hashlib

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.sahool.platform.plugins.filter.mosquitto_password_hash import (
    FilterModule,
    mosquitto_password_hash,
)

# Written by `mosquitto_passwd -b -c file user secretpassword1`, Mosquitto 2.0.21.
RECORDED = (
    "$7$101$+fuWO0UnrXzsmZH4$QrXpTEmR5fvcj4WvpPNCgwijgW44U4fVyt5eWwrQhqert6TdAQ9cRzWCRV8oOtbhk7n6Udjo1+Zjbsr6lAT8Rg=="
)


def verified(entry: str, password: str) -> bool:
    """Check a password as the broker does (src/security_default.c, pw__digest)."""
    empty, kind, iterations, salt, digest = entry.split("$")
    assert (empty, kind) == ("", "7")
    expected = base64.b64decode(digest, validate=True)
    found = hashlib.pbkdf2_hmac("sha512", password.encode(), base64.b64decode(salt, validate=True), int(iterations))
    return found == expected


def test_the_check_of_this_test_agrees_with_mosquitto():
    assert verified(RECORDED, "secretpassword1")
    assert not verified(RECORDED, "secretpassword2")


@pytest.mark.parametrize("password", ["x", "pA1" * 12, "كلمة السر", "with:colon and $7$"])
def test_the_hash_verifies(password):
    assert verified(mosquitto_password_hash(password, "key"), password)


def test_the_parts_have_mosquittos_lengths():
    ours, theirs = mosquitto_password_hash("secretpassword1", "key").split("$"), RECORDED.split("$")
    assert ours[1:3] == theirs[1:3]
    assert [len(part) for part in ours[3:]] == [len(part) for part in theirs[3:]]


def test_the_same_input_gives_the_same_line():
    assert mosquitto_password_hash("password", "key") == mosquitto_password_hash("password", "key")


def test_another_key_or_password_gives_another_salt():
    salts = {mosquitto_password_hash(*pair).split("$")[3] for pair in (("a", "k"), ("b", "k"), ("a", "l"))}
    assert len(salts) == 3


def test_the_rounds_can_be_chosen():
    entry = mosquitto_password_hash("password", "key", iterations=1000)
    assert entry.startswith("$7$1000$")
    assert verified(entry, "password")


@pytest.mark.parametrize(
    ("password", "key"), [("", "key"), ("hunter2", ""), (None, "key"), (7, "key"), ("hunter2", None)]
)
def test_what_is_no_password_or_key_is_refused_without_showing_it(password, key):
    with pytest.raises(AnsibleFilterError, match="expected a text of at least one character") as refused:
        mosquitto_password_hash(password, key)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("iterations", [0, -1, 2**31, "101", True, 1.5])
def test_impossible_rounds_are_refused(iterations):
    with pytest.raises(AnsibleFilterError, match="expected a whole number from 1"):
        mosquitto_password_hash("password", "key", iterations)


def test_the_filter_is_found_by_its_name():
    assert FilterModule().filters() == {"mosquitto_password_hash": mosquitto_password_hash}
