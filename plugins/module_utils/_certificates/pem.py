# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PEM files: certificates and keys out of them. No message quotes what stands in a file."""

from __future__ import annotations

import re
import typing as t

from .library import UnsupportedAlgorithm, serialization, x509

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
LARGEST = 1 << 20


class PemError(Exception):
    """A file is not what it should be; the text says what it is instead."""


def read(path: str) -> bytes:
    """The content of a file.

    :raises PemError: it is not there, or cannot be read.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise PemError("no file") from None
    except OSError as error:
        raise PemError(f"a file that cannot be read ({error.strerror})") from None
    if len(content) > LARGEST:
        raise PemError("a file of more than 1 MiB")
    return content


def certificates(content: bytes) -> list[t.Any]:
    """The certificates in *content*, in its order.

    :raises PemError: there is none, or one that is broken.
    """
    blocks = _CERTIFICATE.findall(content)
    if not blocks:
        raise PemError("no PEM certificate")
    try:
        found = [x509.load_pem_x509_certificate(block) for block in blocks]
        # The library parses these when they are asked for; whoever asks later shall not fail.
        for one in found:
            list(one.extensions)
            one.public_key()
    except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension):
        raise PemError("a certificate that cannot be parsed") from None
    return found


def private_key(content: bytes, passphrase: str | None = None) -> t.Any:
    """The private key in *content*.

    :raises PemError: it is none, or *passphrase* does not open it.
    """
    if b"PRIVATE KEY-----" not in content:
        raise PemError("no PEM private key")
    encrypted = b"ENCRYPTED" in content
    if encrypted and passphrase is None:
        raise PemError("a key with a passphrase")
    if not encrypted and passphrase is not None:
        raise PemError("a key without a passphrase")
    try:
        return serialization.load_pem_private_key(content, passphrase.encode() if passphrase is not None else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        what = "a key that the passphrase does not open" if encrypted else "a key that cannot be parsed"
        raise PemError(what) from None
