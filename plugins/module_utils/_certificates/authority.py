# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The platform's own certificate authority: its certificate, its key, the folder of both."""

from __future__ import annotations

import os
import typing as t

from .access import READ_BY_OTHERS, folder_findings, key_findings
from .audit import MISSING, UNKNOWN, VALID
from .certificate import Certificate, day, public_bytes
from .finding import NOTE, RENEW, WRONG, Finding, reissue
from .pem import PemError, certificates, private_key, read
from .request import Terms

NAME = "ca"


def audit_authority(certificate: str, key: str, passphrase: str | None, terms: Terms) -> dict[str, t.Any]:
    """Return what is found of the authority: its certificate is public, its key is only compared."""
    fix = f"restore it from a backup, or {reissue(NAME)}, after which every certificate is a new one"
    if not os.path.lexists(certificate):
        # A key alone is left over from a run that was killed before anything was signed.
        return _result(MISSING, [], None, b"")
    findings = [*folder_findings(NAME, os.path.dirname(key), READ_BY_OTHERS), *key_findings(NAME, key, os.geteuid())]
    found: Certificate | None = None
    content = b""
    try:
        content = read(certificate)
        found = Certificate(certificates(content)[0])
        findings += _certificate_findings(found, terms, fix)
    except PemError as error:
        findings.append(Finding(NAME, "certificate", f"{error} at {certificate}", "a certificate in PEM", fix))
    try:
        public_key = public_bytes(private_key(read(key), passphrase).public_key())
        if found and public_key != found.public_key:
            expected = "the key that belongs to its certificate"
            findings.append(Finding(NAME, "key", f"a key of another certificate at {key}", expected, fix))
    except PemError as error:
        expected = "its private key, which the secret CA_KEY_PASSPHRASE opens"
        findings.append(Finding(NAME, "key", f"{error} at {key}", expected, fix))
    if NAME in terms.reissue:
        return _result(RENEW, findings, found, content)
    state = WRONG if any(finding.effect == WRONG for finding in findings) else VALID
    return _result(state, findings, found, content)


def lost_authority(certificate: str, terms: Terms) -> dict[str, t.Any]:
    """The finding that certificates are there whose authority is not: a new one would be trusted by nobody."""
    fix = f"restore its folder from a backup, or {reissue(NAME)}, after which every certificate is a new one"
    effect = NOTE if NAME in terms.reissue else WRONG
    return Finding(
        NAME,
        "certificate",
        f"no file at {certificate}",
        "the authority of the certificates that are there",
        fix,
        effect,
    ).as_result()


def authority_without_library(certificate: str) -> dict[str, t.Any]:
    """Return what can be told of it by its place alone."""
    return _result(UNKNOWN if os.path.lexists(certificate) else MISSING, [], None, b"")


def _certificate_findings(found: Certificate, terms: Terms, fix: str) -> t.Iterator[Finding]:
    if not found.is_authority or not found.signs_certificates:
        expected = "one that may sign others (CA:TRUE)"
        yield Finding(NAME, "purpose", "a certificate that may not sign others", expected, fix)
    if found.weakness:
        yield Finding(NAME, "key strength", found.weakness, "an elliptic curve of 256 bits at least", fix)
    if terms.now < found.not_before:
        clock = "look at the clock of the host"
        yield Finding(
            NAME, "validity", f"valid from {day(found.not_before)} on", "an authority that is valid now", clock
        )
    elif terms.now >= found.not_after:
        expected = "an authority that is valid now"
        yield Finding(NAME, "validity", f"expired on {day(found.not_after)}", expected, reissue(NAME))
    elif terms.now >= found.not_after - terms.window:
        expected = f"more than {terms.window.days} days"
        yield Finding(NAME, "validity", f"valid until {day(found.not_after)}", expected, reissue(NAME), NOTE)


def _result(state: str, findings: t.Sequence[Finding], found: Certificate | None, content: bytes) -> dict[str, t.Any]:
    return {
        "state": state,
        "findings": [finding.as_result() for finding in findings],
        "fingerprint": found.fingerprint if found else None,
        "not_after": day(found.not_after) if found else None,
        "certificate": content.decode("ascii", "replace") if found else None,
    }
