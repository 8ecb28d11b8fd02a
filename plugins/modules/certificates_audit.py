#!/usr/bin/python
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: certificates_audit
short_description: Check all certificates of a host, their keys and their authority at once
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Reads the certificates and private keys of many services, and the certificate authority of the platform, in one
    call. Tells for each what state it is in and why, and which are to be issued.
  - Checks that each file can be parsed, that the key belongs to the certificate and is strong enough, that the names
    are those that the service is reached by, the dates, the signatures up to the authority, the purpose, and who may
    read the key or list its folder.
  - All findings are returned at once. Nothing is written, and no part of a key is returned.
  - A certificate lies at C(<root>/<name>-<number>/) as C(tls.crt), C(tls.key) and C(ca.crt). Each issue has a folder
    of its own with the next number, so that a new certificate is a new path.
attributes:
  check_mode:
    description: Can run in check mode without changing what would happen outside of it.
    support: full
    details:
      - Where the library cryptography is still to be installed, a certificate that is there has the state V(unknown) in
        check mode. Without check mode the module fails.
  diff_mode:
    description: Returns details on what has changed.
    support: none
    details: The module changes nothing.
options:
  root:
    description: Folder that the folders of the certificates lie in.
    type: path
    required: true
  certificates:
    description: The certificates that there should be.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the service.
        type: str
        required: true
      names:
        description:
          - DNS names that the service is reached by. A certificate of the platform's own has exactly these, an
            external one has these at least, where V(*) may stand for the first label.
        type: list
        elements: str
        default: []
      addresses:
        description: IP addresses that the service is reached by.
        type: list
        elements: str
        default: []
      uid:
        description: Numeric user that reads the key. Not checked when it is not given.
        type: int
      external:
        description: Files on the host of a certificate that somebody else issued, which is used in place of one's own.
        type: dict
        suboptions:
          certificate:
            description: The certificate, followed by those between it and its authority.
            type: path
            required: true
          key:
            description: Its private key, without a passphrase.
            type: path
            required: true
          authority:
            description: The certificate of the authority that clients trust.
            type: path
            required: true
  authority:
    description: The certificate authority, on the host that keeps it.
    type: dict
    suboptions:
      certificate:
        description: Its certificate.
        type: path
        required: true
      key:
        description: Its private key.
        type: path
        required: true
      passphrase:
        description: What opens the key.
        type: str
        required: true
  window_days:
    description: How many days before its end a certificate is to be replaced.
    type: int
    default: 30
  reissue:
    description:
      - Names that are to be issued anew whatever is found. V(ca) stands for the authority.
    type: list
    elements: str
    default: []
requirements:
  - cryptography >= 38
seealso:
  - module: community.crypto.x509_certificate_info
"""

EXAMPLES = r"""
---
- name: Check the certificates of a host
  sahool.platform.certificates_audit:
    root: /opt/sahool/certificates
    certificates:
      - name: kong
        names: [kong, localhost, api.example.com]
        addresses: [127.0.0.1]
        uid: 1000
  register: audit

- name: Check a certificate that somebody else issued
  sahool.platform.certificates_audit:
    root: /opt/sahool/certificates
    certificates:
      - name: kong
        names: [api.example.com]
        external:
          certificate: /etc/letsencrypt/live/api.example.com/fullchain.pem
          key: /etc/letsencrypt/live/api.example.com/privkey.pem
          authority: /etc/ssl/certs/ISRG_Root_X1.pem
"""

RETURN = r"""
certificates:
  description:
    - The certificates by name.
    - C(state) is V(valid); V(missing), not there yet; V(renew), to be replaced because of its dates or names; V(wrong),
      somebody has to look; or V(unknown), in check mode without the library.
    - C(findings) say why, each with C(field), C(found), C(expected), C(fix), C(effect) and the whole as C(message).
    - C(folder) is where it lies, C(next_folder) where the next one goes. C(fingerprint) and C(authority) are SHA-256
      of the certificate and of the authority beside it, C(serial) the serial number in decimal digits.
  returned: success
  type: dict
  sample:
    kong:
      state: renew
      external: false
      findings:
        - name: kong
          field: validity
          found: valid until 2026-12-01 10:00 UTC
          expected: more than 30 days
          fix: a new one is issued by the next run
          effect: renew
          message: >-
            kong: validity: found valid until 2026-12-01 10:00 UTC; expected more than 30 days; a new one
            is issued by the next run
      folder: /opt/sahool/certificates/kong-000001
      next_folder: /opt/sahool/certificates/kong-000002
      fingerprint: 5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592
      serial: "406733471043874521498"
      not_before: 2025-11-01 10:00 UTC
      not_after: 2026-12-01 10:00 UTC
      names: [127.0.0.1, kong, localhost]
      authority: 7d793037a0760186574b0282f2f435e77d793037a0760186574b0282f2f435e7
authority:
  description:
    - The same of the authority, with its certificate in PEM; V(null) when it was not asked for.
  returned: success
  type: dict
to_issue:
  description: Names of the platform's own certificates that are missing or to be replaced.
  returned: success
  type: list
  elements: str
  sample: [kong]
to_install:
  description: Names of external certificates that are not yet in place.
  returned: success
  type: list
  elements: str
wrong:
  description: What somebody has to look at, a line each.
  returned: success
  type: list
  elements: str
  sample:
    - "kong: key: found a key of another certificate; expected the key that belongs to the certificate; have it issued
      anew with -e certificates_reissue=kong"
notes:
  description: What will have to be done soon, a line each.
  returned: success
  type: list
  elements: str
"""

import datetime
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ansible_collections.sahool.platform.plugins.module_utils._certificates.audit import (
    MISSING,
    audit,
    audit_without_library,
    root_findings,
)
from ansible_collections.sahool.platform.plugins.module_utils._certificates.authority import (
    audit_authority,
    authority_without_library,
    lost_authority,
)
from ansible_collections.sahool.platform.plugins.module_utils._certificates.finding import NOTE, RENEW, WRONG
from ansible_collections.sahool.platform.plugins.module_utils._certificates.library import LIBRARY_ERROR
from ansible_collections.sahool.platform.plugins.module_utils._certificates.request import Terms, wanted_from


def audit_all(params: dict[str, t.Any], library: bool) -> dict[str, t.Any]:
    """Return the result of the module.

    :param library: whether certificates can be read at all.
    :raises ValueError: an address is none.
    """
    terms = Terms(
        params["root"],
        datetime.datetime.now(tz=datetime.timezone.utc),
        datetime.timedelta(days=params["window_days"]),
        frozenset(params["reissue"]),
    )
    wanted = [wanted_from(option) for option in params["certificates"]]
    look = audit if library else audit_without_library
    certificates = {one.name: look(one, terms) for one in wanted}
    own = [one.name for one in wanted if not one.external]
    authority = _authority(params["authority"], terms, library)
    findings = [finding.as_result() for finding in root_findings(terms.root)]
    if authority:
        findings += authority["findings"]
        if authority["state"] == MISSING and any(certificates[name]["folder"] for name in own):
            findings.append(lost_authority(params["authority"]["certificate"], terms))
    findings += [finding for found in certificates.values() for finding in found["findings"]]
    # Whoever asks for a new one has looked at the old one.
    looked = {name for name in terms.reissue if name == "ca" or name in own}
    due = [name for name, found in certificates.items() if found["state"] in (MISSING, RENEW)]
    return {
        "certificates": certificates,
        "authority": authority,
        "to_issue": [name for name in due if name in own],
        "to_install": [name for name in due if name not in own],
        "wrong": [one["message"] for one in findings if one["effect"] == WRONG and one["name"] not in looked],
        "notes": [one["message"] for one in findings if one["effect"] == NOTE],
    }


def _authority(option: dict[str, t.Any] | None, terms: Terms, library: bool) -> dict[str, t.Any] | None:
    if not option:
        return None
    if not library:
        return authority_without_library(option["certificate"])
    return audit_authority(option["certificate"], option["key"], option["passphrase"], terms)


def main() -> None:
    """Run the module."""
    external = {name: {"type": "path", "required": True} for name in ("certificate", "key", "authority")}
    module = AnsibleModule(
        argument_spec={
            "root": {"type": "path", "required": True},
            "certificates": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "name": {"type": "str", "required": True},
                    "names": {"type": "list", "elements": "str", "default": []},
                    "addresses": {"type": "list", "elements": "str", "default": []},
                    "uid": {"type": "int"},
                    # Paths of files, also that of the key.
                    "external": {
                        "type": "dict",
                        "options": {**external, "key": {"type": "path", "required": True, "no_log": False}},
                    },
                },
            },
            "authority": {
                "type": "dict",
                "options": {
                    "certificate": {"type": "path", "required": True},
                    "key": {"type": "path", "required": True, "no_log": False},
                    "passphrase": {"type": "str", "required": True, "no_log": True},
                },
            },
            "window_days": {"type": "int", "default": 30},
            "reissue": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    if LIBRARY_ERROR and not module.check_mode:
        module.fail_json(msg=missing_required_lib("cryptography"), exception=LIBRARY_ERROR)
    try:
        module.exit_json(changed=False, **audit_all(module.params, library=not LIBRARY_ERROR))
    except ValueError as error:
        module.fail_json(msg=f"addresses: {error}")
    except OSError as error:
        module.fail_json(msg=f"{error.filename or module.params['root']}: {error.strerror}")


if __name__ == "__main__":
    main()
