# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be true of the certificate of a service."""

from __future__ import annotations

import typing as t

from .certificate import Certificate, day
from .chain import broken_chain
from .finding import NOTE, RENEW, WRONG, Finding
from .material import Material
from .names import lacking
from .request import Terms, Wanted


def leaf_findings(wanted: Wanted, material: Material, terms: Terms, fix: str) -> list[Finding]:
    """Return what is not as it should be.

    What the passing of time or a changed inventory does to a certificate of the platform's own, a new one mends;
    whatever else is found somebody has to look at, and all that is found in an external one.

    :param fix: what to do about what somebody has to look at.
    """
    leaf = material.leaf
    if leaf is None:
        return []
    findings = [*_names(wanted, leaf, fix), *_validity(wanted, leaf, terms, fix)]
    if material.public_key is not None and material.public_key != leaf.public_key:
        findings.append(
            Finding(wanted.name, "key", "a key of another certificate", "the key that belongs to the certificate", fix)
        )
    if leaf.weakness:
        expected = "an elliptic curve of 256 bits, or RSA of 2048, at least"
        findings.append(Finding(wanted.name, "key strength", leaf.weakness, expected, fix))
    if leaf.is_authority:
        expected = "one that may not (CA:FALSE)"
        findings.append(Finding(wanted.name, "purpose", "a certificate that may sign others (CA:TRUE)", expected, fix))
    if not leaf.is_for_servers:
        expected = "extended key usage serverAuth"
        findings.append(Finding(wanted.name, "purpose", "a certificate that is not for servers", expected, fix))
    broken = broken_chain(leaf, material.between, material.trusted, terms.now) if material.trusted else None
    if broken:
        expected = "signatures up to the authority in ca.crt"
        findings.append(Finding(wanted.name, "chain", broken, expected, fix))
    return findings


def _names(wanted: Wanted, leaf: Certificate, fix: str) -> t.Iterator[Finding]:
    if wanted.external:
        missing = lacking(wanted.names, leaf.names) + [one for one in wanted.addresses if one not in leaf.addresses]
        if not wanted.names and not wanted.addresses:
            example = sorted(leaf.names)[0] if leaf.names else "a name"
            expected = "the names by which clients reach it"
            fix = f"set certificates_names, such as {{{wanted.name}: [{example}]}}"
            yield Finding(wanted.name, "names", "nothing to hold the external certificate to", expected, fix)
        elif missing:
            found = _listed(leaf.names | leaf.addresses) or "no name"
            yield Finding(wanted.name, "names", found, f"{_listed(missing)} among them", fix)
        return
    given = leaf.names | leaf.addresses
    right = {*wanted.names, *wanted.addresses}
    if given != right:
        parts = [f"without {_listed(right - given)}"] if right - given else []
        parts += [f"with {_listed(given - right)}"] if given - right else []
        expected = "exactly the names and addresses that it is reached by"
        fix = "a new one is issued by the next run"
        yield Finding(wanted.name, "names", f"a certificate {' and '.join(parts)}", expected, fix, RENEW)


def _validity(wanted: Wanted, leaf: Certificate, terms: Terms, fix: str) -> t.Iterator[Finding]:
    own = not wanted.external
    if terms.now < leaf.not_before:
        expected = f"one that is valid now ({day(terms.now)})"
        clock = f"look at the clock of the host, or {fix}"
        yield Finding(wanted.name, "validity", f"a certificate from {day(leaf.not_before)} on", expected, clock)
    elif terms.now >= leaf.not_after:
        effect = RENEW if own else WRONG
        fix = "a new one is issued by the next run" if own else fix
        expected = f"one that is valid now ({day(terms.now)})"
        yield Finding(wanted.name, "validity", f"expired on {day(leaf.not_after)}", expected, fix, effect)
    elif terms.now >= leaf.not_after - terms.window:
        effect = RENEW if own else NOTE
        fix = "a new one is issued by the next run" if own else fix
        expected = f"more than {terms.window.days} days"
        yield Finding(wanted.name, "validity", f"valid until {day(leaf.not_after)}", expected, fix, effect)


def _listed(names: t.Iterable[str]) -> str:
    return ", ".join(sorted(names))
