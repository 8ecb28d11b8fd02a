# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a certificate leads to an authority that is trusted, signature by signature.

By hand: the library verifies chains from 42 on only, and Debian 12 has 38.
"""

from __future__ import annotations

import datetime
import typing as t

from .certificate import Certificate
from .library import InvalidSignature, UnsupportedAlgorithm, ec, ed448, ed25519, padding, rsa

LONGEST = 8


def broken_chain(
    leaf: Certificate,
    between: t.Sequence[Certificate],
    trusted: t.Sequence[Certificate],
    now: datetime.datetime,
) -> str | None:
    """Say where the way from *leaf* to one of *trusted* breaks; None when it does not.

    :param between: further certificates of the file, in any order.
    """
    current = leaf
    for _step in range(LONGEST):
        signer = next((one for one in trusted if _issued(one, current)), None)
        if signer is not None:
            return _unfit(signer, now)
        signer = next((one for one in between if _issued(one, current) and not one.is_self_issued), None)
        if signer is None:
            return f"no certificate that has signed '{_subject(current)}'"
        problem = _unfit(signer, now)
        if problem:
            return problem
        current = signer
    return f"more than {LONGEST} certificates in a row"


def _issued(signer: Certificate, signed: Certificate) -> bool:
    if signer.loaded.subject != signed.loaded.issuer:
        return False
    key, loaded = signer.loaded.public_key(), signed.loaded
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(
                loaded.signature, loaded.tbs_certificate_bytes, padding.PKCS1v15(), loaded.signature_hash_algorithm
            )
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(loaded.signature, loaded.tbs_certificate_bytes, ec.ECDSA(loaded.signature_hash_algorithm))
        elif isinstance(key, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
            key.verify(loaded.signature, loaded.tbs_certificate_bytes)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
        return False
    return True


def _unfit(signer: Certificate, now: datetime.datetime) -> str | None:
    if not signer.is_authority or not signer.signs_certificates:
        return f"a signature by '{_subject(signer)}', which is no authority"
    if not signer.not_before <= now < signer.not_after:
        return f"the authority '{_subject(signer)}', which is not valid at present"
    return None


def _subject(certificate: Certificate) -> str:
    return str(certificate.loaded.subject.rfc4514_string())
