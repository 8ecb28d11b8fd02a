# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real certificates and keys on the disk, right by themselves and wrong on request."""

from __future__ import annotations

import datetime
import ipaddress
import os
import pathlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

NOW = datetime.datetime(2026, 11, 26, 12, 0, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
NAMES = ("kong", "localhost")
ADDRESSES = ("127.0.0.1", "::1")
PASSPHRASE = "aPassphraseOfTheAuthority"


def new_key(kind: str = "P-256") -> Any:
    """Make a private key."""
    if kind == "Ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind.startswith("RSA"):
        return rsa.generate_private_key(65537, int(kind.partition(" ")[2]))
    return ec.generate_private_key({"P-256": ec.SECP256R1(), "P-224": ec.SECP224R1()}[kind])


def pem(loaded: Any) -> bytes:
    """The text of a certificate."""
    return loaded.public_bytes(serialization.Encoding.PEM)


def key_pem(key: Any, passphrase: str | None = None) -> bytes:
    """The text of a private key."""
    protection = (
        serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)


def name_of(common_name: str) -> x509.Name:
    """A subject."""
    return x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, common_name)])


@dataclass
class Authority:
    """One that signs; itself signed by *signer*, or by nobody else."""

    subject: str = "an authority"
    signer: Authority | None = None
    ca: bool = True
    begin: datetime.datetime = NOW - 100 * DAY
    end: datetime.datetime = NOW + 3000 * DAY
    cert_sign: bool = True
    key: Any = field(default_factory=new_key)

    def __post_init__(self) -> None:
        usage = x509.KeyUsage(False, False, False, False, False, self.cert_sign, True, False, False)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name_of(self.subject))
            .issuer_name(name_of(self.signer.subject if self.signer else self.subject))
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.begin)
            .not_valid_after(self.end)
            .add_extension(x509.BasicConstraints(self.ca, None), True)
            .add_extension(usage, True)
        )
        self.certificate = builder.sign(*signing(self.signer.key if self.signer else self.key))

    def sign(
        self,
        key: Any,
        names: Sequence[str] = NAMES,
        addresses: Sequence[str] = ADDRESSES,
        *,
        begin: datetime.datetime = NOW - 10 * DAY,
        end: datetime.datetime = NOW + 300 * DAY,
        ca: bool = False,
        server: bool = True,
        issuer: str | None = None,
        extension: Any = None,
    ) -> x509.Certificate:
        """Sign a certificate for *key*."""
        alternative = [x509.DNSName(one) for one in names]
        alternative += [x509.IPAddress(ipaddress.ip_address(one)) for one in addresses]
        usages = [x509.oid.ExtendedKeyUsageOID.SERVER_AUTH] if server else [x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = (
            x509.CertificateBuilder()
            .subject_name(name_of("kong"))
            .issuer_name(name_of(issuer or self.subject))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca, None), True)
            .add_extension(x509.ExtendedKeyUsage(usages), False)
        )
        if alternative:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternative), False)
        if extension:
            builder = builder.add_extension(extension, False)
        return builder.sign(*signing(self.key))


def signing(key: Any) -> tuple[Any, Any]:
    """The key, and the digest that it signs."""
    return key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()


@dataclass
class Issue:
    """A certificate with its key and its authority in a folder.

    :param between: certificates after the first in its file.
    """

    folder: pathlib.Path
    authority: Authority = field(default_factory=Authority)
    key: Any = field(default_factory=new_key)
    between: Sequence[Authority] = ()

    def write(self, certificate: x509.Certificate | None = None, **wrong: Any) -> Issue:
        """Write the three files, right but for what *wrong* says of the certificate."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)
        signer = self.between[0] if self.between else self.authority
        made = certificate or signer.sign(self.key, **wrong)
        chain = pem(made) + b"".join(pem(one.certificate) for one in self.between)
        self.put("tls.crt", chain, 0o444)
        self.put("tls.key", key_pem(self.key), 0o400)
        self.put("ca.crt", pem(self.authority.certificate), 0o444)
        return self

    def put(self, name: str, content: bytes, mode: int) -> pathlib.Path:
        """Write one of the files."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        path.write_bytes(content)
        path.chmod(mode)
        return path


def uid() -> int:
    """The user of the tests, who reads the keys."""
    return os.geteuid()
