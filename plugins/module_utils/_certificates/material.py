# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three files of a certificate: read together, with a finding for each that is not what it should be."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .certificate import Certificate
from .finding import RENEW, WRONG, Finding
from .pem import PemError, certificates, private_key, read

MISSING = "no file"


@dataclass(frozen=True)
class Paths:
    """Where they lie."""

    certificate: str
    key: str
    authority: str


@dataclass(frozen=True)
class Material:
    """What was read.

    :param leaf: the first certificate of the file, *between* are the others.
    :param public_key: of the private key, which itself is not kept.
    :param content: of the certificate's file.
    """

    leaf: Certificate | None
    between: tuple[Certificate, ...]
    trusted: tuple[Certificate, ...]
    public_key: bytes | None
    content: bytes
    findings: tuple[Finding, ...]


def gather(name: str, paths: Paths, fix: str, mendable: bool) -> Material:
    """Read all three.

    :param fix: what to do about a file that is not what it should be.
    :param mendable: whether a file that is missing is mended by a new certificate.
    """
    findings: list[Finding] = []

    def attempt(field: str, path: str, expected: str, parse: t.Callable[[bytes], t.Any]) -> t.Any:
        try:
            return parse(read(path))
        except PemError as error:
            effect = RENEW if mendable and str(error) == MISSING else WRONG
            findings.append(Finding(name, field, f"{error} at {path}", expected, fix, effect))
            return None

    contents: list[bytes] = []

    def leaf_and_chain(content: bytes) -> list[Certificate]:
        contents.append(content)
        return [Certificate(one) for one in certificates(content)]

    chain = attempt("certificate", paths.certificate, "a certificate in PEM", leaf_and_chain) or []
    public_key = attempt("key", paths.key, "its private key in PEM, without a passphrase", _public_key)
    trusted = attempt(
        "authority",
        paths.authority,
        "the certificate of its authority in PEM",
        lambda content: [Certificate(one) for one in certificates(content)],
    )
    return Material(
        chain[0] if chain else None,
        tuple(chain[1:]),
        tuple(trusted or ()),
        public_key,
        b"".join(contents),
        tuple(findings),
    )


def _public_key(content: bytes) -> bytes:
    from .certificate import public_bytes

    return public_bytes(private_key(content).public_key())
