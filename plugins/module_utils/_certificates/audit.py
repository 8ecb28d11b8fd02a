# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything about one certificate: what state it is in, why, where it lies and where the next one goes."""

from __future__ import annotations

import os
import typing as t

from .access import folder_findings, key_findings
from .certificate import day
from .finding import RENEW, WRONG, Finding, reissue
from .folder import AUTHORITY, CERTIFICATE, KEY, Folders, folders_of
from .leaf import leaf_findings
from .material import Material, Paths, gather
from .request import External, Terms, Wanted

VALID = "valid"
MISSING = "missing"
UNKNOWN = "unknown"
# An external key may belong to a group, as ssl-cert on Debian; everybody may not read it.
READ_BY_EVERYBODY = 0o007


def audit(wanted: Wanted, terms: Terms) -> dict[str, t.Any]:
    """Return what is found of one certificate; no part of a key is in it."""
    folders = folders_of(terms.root, wanted.name)
    if wanted.external:
        return _external(wanted, wanted.external, folders, terms)
    asked = _asked(wanted.name, terms)
    if folders.current is None:
        return _result(wanted, MISSING, asked, folders, None)
    fix = reissue(wanted.name)
    material = gather(wanted.name, _paths(folders.current), fix, mendable=True)
    findings = [
        *material.findings,
        *folder_findings(wanted.name, folders.current),
        *key_findings(wanted.name, _paths(folders.current).key, wanted.uid),
        *leaf_findings(wanted, material, terms, fix),
    ]
    # Who asks for a new one has looked.
    state = RENEW if asked else _state(findings)
    return _result(wanted, state, [*asked, *findings], folders, material)


def audit_without_library(wanted: Wanted, terms: Terms) -> dict[str, t.Any]:
    """Return what can be told of a certificate by its place alone."""
    folders = folders_of(terms.root, wanted.name)
    return _result(wanted, MISSING if folders.current is None else UNKNOWN, [], folders, None)


def _external(wanted: Wanted, source: External, folders: Folders, terms: Terms) -> dict[str, t.Any]:
    fix = f"correct the files of certificates_external.{wanted.name}"
    material = gather(wanted.name, Paths(source.certificate, source.key, source.authority), fix, mendable=False)
    findings = [
        *material.findings,
        *key_findings(wanted.name, source.key, None, READ_BY_EVERYBODY),
        *leaf_findings(wanted, material, terms, fix),
    ]
    state = _state(findings)
    if folders.current is None:
        return _result(wanted, MISSING if state == VALID else state, findings, folders, material)
    here = gather(wanted.name, _paths(folders.current), "", mendable=True)
    if (here.content, _fingerprints(here)) != (
        material.content,
        _fingerprints(material),
    ) or here.public_key != material.public_key:
        replaced = Finding(
            wanted.name,
            "certificate",
            "another one in place",
            f"that of {source.certificate}",
            "the next run puts it in place",
            RENEW,
        )
        return _result(wanted, _state([*findings, replaced]), [*findings, replaced], folders, material)
    findings += folder_findings(wanted.name, folders.current)
    findings += key_findings(wanted.name, _paths(folders.current).key, wanted.uid)
    return _result(wanted, _state(findings), findings, folders, material)


def _fingerprints(material: Material) -> list[str]:
    return [one.fingerprint for one in material.trusted]


def _asked(name: str, terms: Terms) -> list[Finding]:
    if name not in terms.reissue:
        return []
    return [Finding(name, "certificate", "the wish for a new one", "the same", "the next run issues it", RENEW)]


def _paths(folder: str) -> Paths:
    return Paths(*(os.path.join(folder, name) for name in (CERTIFICATE, KEY, AUTHORITY)))


def _state(findings: t.Iterable[Finding]) -> str:
    effects = {finding.effect for finding in findings}
    return WRONG if WRONG in effects else RENEW if RENEW in effects else VALID


def _result(
    wanted: Wanted, state: str, findings: t.Sequence[Finding], folders: Folders, material: Material | None
) -> dict[str, t.Any]:
    leaf = material.leaf if material else None
    return {
        "state": state,
        "external": wanted.external is not None,
        "findings": [finding.as_result() for finding in findings],
        "folder": folders.current,
        "next_folder": folders.following,
        "fingerprint": leaf.fingerprint if leaf else None,
        "serial": leaf.serial if leaf else None,
        "not_before": day(leaf.not_before) if leaf else None,
        "not_after": day(leaf.not_after) if leaf else None,
        "names": sorted(leaf.names | leaf.addresses) if leaf else [],
        "authority": material.trusted[0].fingerprint if material and material.trusted else None,
    }


def root_findings(root: str) -> list[Finding]:
    """Say whether others may change the folder that all certificates lie in, or list it."""
    if not os.path.isdir(root):
        return []
    return folder_findings("all", root)
