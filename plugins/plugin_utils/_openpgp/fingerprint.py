# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fingerprints of the keys in a file: a key is trusted by its fingerprint, not by where it came from.

No gpg is needed: a bare machine has none. Source: https://www.rfc-editor.org/rfc/rfc9580#section-5.5.4 (fingerprints),
section 4.2 (packets) and 6.2 (ASCII armor).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator

_BLOCK = re.compile(
    r"-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n(?P<inside>.*?)-----END PGP PUBLIC KEY BLOCK-----", re.DOTALL
)
_PUBLIC_KEY = 6


class KeyFileError(Exception):
    """The text holds no key that can be read."""


def fingerprints(text: str) -> list[str]:
    """Return the fingerprint of every primary key in *text*, in capitals and without blanks.

    :raises KeyFileError: there is none, or one cannot be read.
    """
    blocks = [match["inside"] for match in _BLOCK.finditer(text)]
    if not blocks:
        raise KeyFileError("found no PGP PUBLIC KEY BLOCK")
    found = [_fingerprint(body) for block in blocks for tag, body in _packets(_unarmored(block)) if tag == _PUBLIC_KEY]
    if not found:
        raise KeyFileError("found a block without a public key")
    return found


def _unarmored(inside: str) -> bytes:
    """Return the bytes of a block: behind the headers' empty line, without the checksum, which begins with ``=``."""
    headers, _empty, body = inside.replace("\r\n", "\n").partition("\n\n")
    lines = (body if body else headers).split("\n")
    try:
        return base64.b64decode("".join(line for line in lines if not line.startswith("=")), validate=True)
    except binascii.Error as error:
        raise KeyFileError(f"found a block that is no base64 ({error})") from error


def _packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        head = data[at]
        if not head & 0x80:
            raise KeyFileError("found something that is no OpenPGP packet")
        tag, size, length = _new_header(data, at) if head & 0x40 else _old_header(data, at)
        if at + size + length > len(data):
            raise KeyFileError("found a key that is cut off")
        yield tag, data[at + size : at + size + length]
        at += size + length


def _new_header(data: bytes, at: int) -> tuple[int, int, int]:
    """Return tag, size of the header and length of the body."""
    tag, first = data[at] & 0x3F, _byte(data, at + 1)
    if first < 192:
        return tag, 2, first
    if first < 224:
        return tag, 3, ((first - 192) << 8) + _byte(data, at + 2) + 192
    if first == 255:
        return tag, 6, int.from_bytes(data[at + 2 : at + 6], "big")
    raise KeyFileError("found a packet in parts, which a key is never")


def _old_header(data: bytes, at: int) -> tuple[int, int, int]:
    tag, kind = (data[at] >> 2) & 0x0F, data[at] & 0x03
    if kind == 3:
        return tag, 1, len(data) - at - 1
    size = 1 << kind
    return tag, 1 + size, int.from_bytes(data[at + 1 : at + 1 + size], "big")


def _byte(data: bytes, at: int) -> int:
    if at >= len(data):
        raise KeyFileError("found a key that is cut off")
    return data[at]


def _fingerprint(body: bytes) -> str:
    version = body[0] if body else 0
    if version == 4:
        # SHA-1 is what the format says; forging a key to a given fingerprint needs a second preimage.
        return hashlib.sha1(b"\x99" + len(body).to_bytes(2, "big") + body, usedforsecurity=False).hexdigest().upper()
    if version == 6:
        return hashlib.sha256(b"\x9b" + len(body).to_bytes(4, "big") + body).hexdigest().upper()
    raise KeyFileError(f"found a key of version {version}, expected 4 or 6")
