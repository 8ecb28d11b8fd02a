# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fingerprints of keys that gpg made, and of files that hold none."""

from __future__ import annotations

import base64

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.sahool.platform.plugins.filter.openpgp_fingerprints import openpgp_fingerprints
from ansible_collections.sahool.platform.plugins.plugin_utils._openpgp.fingerprint import KeyFileError, fingerprints

# A throw-away key with a subkey, and what `gpg --fingerprint` says of it.
KEY = """\
-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawSDNxYJKwYBBAHaRw8BAQdABnktV9JYpJCmbYmyJ4pkQbkdFZKMinGgvmmZ
a8VxcIm0F1N0YW5kLWluIDxub25lQGludmFsaWQ+iJAEExYIADgWIQRJtiKyDWxq
xO9oVZSXvctPK/dSpAUCawSDNwIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAK
CRCXvctPK/dSpOJWAQCOtrsRu8Q6OWMvELSODgygQxwfT5weEpUQHkfeYV7srQEA
k8krm6gJiGHZ2WEJJzezQrmAdpERiGtvBM1xdFWz8gW4OARrBIM3EgorBgEEAZdV
AQUBAQdA+e+ukN79bWLf4+mj4SFlCfCNaxUusE9cMrsL0stZimkDAQgHiHgEGBYI
ACAWIQRJtiKyDWxqxO9oVZSXvctPK/dSpAUCawSDNwIbDAAKCRCXvctPK/dSpLGj
AP45UU3RsNJs49T+DO4Euru+jKDxdcWclc3ckSPedBLxHAEAolS07oCGdonOnSBF
a8dawqfjDmW9wJBQOIjDZc+ZOg8=
=gh84
-----END PGP PUBLIC KEY BLOCK-----
"""
FINGERPRINT = "49B622B20D6C6AC4EF68559497BDCB4F2BF752A4"
HEADED = KEY.replace("BLOCK-----\n\n", "BLOCK-----\nComment: made by hand\n\n", 1)


def block(data: bytes) -> str:
    """Return *data* in ASCII armor, without headers and checksum."""
    inside = base64.b64encode(data).decode()
    return f"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n{inside}\n-----END PGP PUBLIC KEY BLOCK-----\n"


@pytest.mark.parametrize("text", [KEY, KEY.replace("\n", "\r\n"), HEADED, f"text before\n{KEY}text behind\n"])
def test_the_primary_key_counts_and_no_subkey(text):
    assert fingerprints(text) == [FINGERPRINT]


def test_every_key_of_a_file_is_told():
    assert fingerprints(KEY + KEY) == [FINGERPRINT, FINGERPRINT]


# Old packets with a length of one and two bytes and without one, a new packet with one, two and five.
@pytest.mark.parametrize(
    "head", [b"\x98\x06", b"\x99\x00\x06", b"\x9b", b"\xc6\x06", b"\xc6\xff\x00\x00\x00\x06", b"\x9a\x00\x00\x00\x06"]
)
def test_every_form_of_a_packet_is_read(head):
    expected = fingerprints(block(b"\x98\x06" + b"\x04" + b"ABCDE"))
    assert fingerprints(block(head + b"\x04" + b"ABCDE")) == expected


def test_a_long_packet_and_a_key_of_version_6():
    body = b"\x06" + b"A" * 299
    assert fingerprints(block(b"\xc6" + bytes([192 + (108 >> 8), 108]) + body)) == fingerprints(
        block(b"\x99\x01\x2c" + body)
    )
    assert len(fingerprints(block(b"\x99\x01\x2c" + body))[0]) == 64


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("<html>404</html>", "no PGP PUBLIC KEY BLOCK"),
        (KEY.replace("mDMEawSD", "!!!!!!!!"), "no base64"),
        (block(b"\xb4\x01A"), "without a public key"),
        (block(b"\x01\x02"), "no OpenPGP packet"),
        (block(b"\x99\x01\x00\x04"), "cut off"),
        (block(b"\xc6"), "cut off"),
        (block(b"\xc6\xe1\x04A"), "in parts"),
        (block(b"\x98\x02\x03A"), "of version 3, expected 4 or 6"),
        (block(b""), "without a public key"),
    ],
)
def test_what_is_no_key_is_said(text, part):
    with pytest.raises(KeyFileError, match=part):
        fingerprints(text)
    with pytest.raises(AnsibleFilterError, match="No public key can be read: found"):
        openpgp_fingerprints(text)
