# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One X.509 certificate: what the checks ask of it, whichever release of the library is there."""

from __future__ import annotations

import datetime
import typing as t

from .library import ed448, ed25519, hashes, rsa, serialization, x509

UTC = datetime.timezone.utc


class Certificate:
    """A certificate that was read."""

    def __init__(self, loaded: t.Any) -> None:
        self.loaded = loaded

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hexadecimal."""
        return self.loaded.fingerprint(hashes.SHA256()).hex()

    @property
    def serial(self) -> str:
        """Its serial number, as decimal digits."""
        return str(self.loaded.serial_number)

    @property
    def not_before(self) -> datetime.datetime:
        """When it begins to be valid."""
        aware = getattr(self.loaded, "not_valid_before_utc", None)  # from cryptography 42 on
        return aware if aware is not None else self.loaded.not_valid_before.replace(tzinfo=UTC)

    @property
    def not_after(self) -> datetime.datetime:
        """When it ends to be valid."""
        aware = getattr(self.loaded, "not_valid_after_utc", None)
        return aware if aware is not None else self.loaded.not_valid_after.replace(tzinfo=UTC)

    @property
    def names(self) -> set[str]:
        """The DNS names that it is for, in lower case."""
        alternative = self._extension(x509.SubjectAlternativeName)
        return {name.lower() for name in alternative.get_values_for_type(x509.DNSName)} if alternative else set()

    @property
    def addresses(self) -> set[str]:
        """The IP addresses that it is for."""
        alternative = self._extension(x509.SubjectAlternativeName)
        return {str(one) for one in alternative.get_values_for_type(x509.IPAddress)} if alternative else set()

    @property
    def is_authority(self) -> bool:
        """Whether it may sign others."""
        constraints = self._extension(x509.BasicConstraints)
        return bool(constraints and constraints.ca)

    @property
    def signs_certificates(self) -> bool:
        """Whether its key usage, if it says any, allows to sign others."""
        usage = self._extension(x509.KeyUsage)
        return usage is None or usage.key_cert_sign

    @property
    def is_for_servers(self) -> bool:
        """Whether it says that a server may show it."""
        usages = self._extension(x509.ExtendedKeyUsage)
        return bool(usages and x509.oid.ExtendedKeyUsageOID.SERVER_AUTH in list(usages))

    @property
    def is_self_issued(self) -> bool:
        """Whether issuer and subject are the same."""
        return self.loaded.issuer == self.loaded.subject

    @property
    def public_key(self) -> bytes:
        """Its public key, in a form that can be compared."""
        return public_bytes(self.loaded.public_key())

    @property
    def weakness(self) -> str | None:
        """Why its key is too weak for today; None when it is not."""
        key = self.loaded.public_key()
        if isinstance(key, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
            return None
        kind = "RSA" if isinstance(key, rsa.RSAPublicKey) else type(key).__name__.strip("_").replace("PublicKey", "")
        least = 2048 if kind == "RSA" else 256 if hasattr(key, "curve") else None
        size = getattr(key, "key_size", 0)
        return f"a key of {size} bits ({kind})" if least is None or size < least else None

    def _extension(self, kind: t.Any) -> t.Any:
        try:
            return self.loaded.extensions.get_extension_for_class(kind).value
        except x509.ExtensionNotFound:
            return None


def public_bytes(key: t.Any) -> bytes:
    """A public key in a form that can be compared."""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def day(moment: datetime.datetime) -> str:
    """A moment as people write it."""
    return moment.strftime("%Y-%m-%d %H:%M UTC")
