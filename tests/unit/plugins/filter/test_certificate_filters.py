# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which certificates a host needs, what is wrong with the variables that say so, and what is due."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.sahool.platform.plugins.filter import certificate_findings as findings_file
from ansible_collections.sahool.platform.plugins.filter import certificate_requests as requests_file
from ansible_collections.sahool.platform.plugins.filter import certificates_due as due_file

(certificate_requests,) = requests_file.FilterModule().filters().values()
(certificate_findings,) = findings_file.FilterModule().filters().values()
(certificates_due,) = due_file.FilterModule().filters().values()

SERVICES: dict[str, dict[str, Any]] = {
    "postgres": {"certificate": {"uid": 999, "gid": 999, "files": {}}},
    "weather-service": {"certificate": None},
    "kong": {"certificate": {"uid": 1000, "gid": 1000, "files": {"certificate": "/a", "key": "/b"}}},
}
PLACEMENT = {"postgres": "core.example", "weather-service": "app.example", "kong": "app.example"}
FILES = {"certificate": "/etc/a.crt", "key": "/etc/a.key", "authority": "/etc/ca.crt"}


def requests(host="app.example", **options: Any) -> list[dict[str, Any]]:
    return certificate_requests(SERVICES, host=host, placement=PLACEMENT, project="sahool", **options)


def test_a_host_gets_certificates_of_its_own_services_for_all_their_names():
    known_as = ["app.example", "10.0.0.3", "", "10.0.0.3", "App.Example"]
    assert requests(known_as=known_as) == [
        {
            "name": "kong",
            "names": ["kong", "sahool-kong-1", "localhost", "app.example"],
            "addresses": ["10.0.0.3", "127.0.0.1", "::1"],
            "uid": 1000,
        }
    ]
    assert [one["name"] for one in requests("core.example")] == ["postgres"]
    assert requests("third.example") == []


def test_what_can_stand_in_no_certificate_is_left_out():
    (kong,) = requests(known_as=["under_score", "-a", "a" * 64, "fe80::1%eth0"])
    assert kong["names"] == ["kong", "sahool-kong-1", "localhost"]


def test_public_names_are_added():
    (kong,) = requests(names={"kong": ["API.example.com", "203.0.113.7", "2001:DB8::1"]})
    assert kong["names"][-1] == "api.example.com"
    assert kong["addresses"] == ["127.0.0.1", "::1", "203.0.113.7", "2001:db8::1"]


def test_of_an_external_one_only_the_public_names_are_asked():
    (kong,) = requests(names={"kong": ["api.example.com"]}, external={"kong": FILES}, known_as=["app.example"])
    assert (kong["names"], kong["addresses"], kong["external"]) == (["api.example.com"], [], FILES)


def test_only_what_was_chosen_gets_one_and_what_a_container_reads():
    assert [one["name"] for one in requests("core.example", chosen=["kong"])] == []
    assert [one["name"] for one in requests("core.example", chosen=["postgres"])] == ["postgres"]
    assert [one["name"] for one in requests(chosen=["postgres"])] == ["kong"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"chosen": "kong"}, "certificates_services: found 'kong'; expected a list of services; write it as [kong]"),
        ({"chosen": ["kongs"]}, "certificates_services: found 'kongs'; expected a service that runs"),
        ({"chosen": ["weather-service"]}, "expected a service that runs and has a certificate in the catalogue"),
        ({"names": ["kong"]}, "certificates_names: found a list; expected a dictionary"),
        ({"names": {"kongg": []}}, "did you mean 'kong'?"),
        ({"names": {"kong": "api.example.com"}}, "certificates_names.kong: found 'api.example.com'; expected a list"),
        ({"names": {"kong": ["https://api.example.com"]}}, "without scheme, port or path"),
        ({"names": {"kong": [7]}}, "certificates_names.kong: found the number 7; expected a DNS name"),
        ({"external": "kong"}, "certificates_external: found 'kong'; expected a dictionary"),
        (
            {"external": {"kong": "/a"}},
            "certificates_external.kong: found '/a'; expected a dictionary of certificate, key",
        ),
        ({"external": {"kong": {**FILES, "chain": "/x"}}}, "certificates_external.kong.chain: found an unknown key"),
        (
            {"external": {"kong": {**FILES, "key": None}}},
            "certificates_external.kong.key: found nothing; expected the absolute",
        ),
        ({"external": {"kong": {**FILES, "key": "a.key"}}}, "the absolute path of a file on the host of kong"),
        ({"external": {"nats": FILES}}, "certificates_external: found 'nats'"),
        (
            {"valid_days": 30},
            "certificates_valid_days: found 30; expected more than certificates_window_days, which is 30",
        ),
        ({"reissue": ["kongs"]}, "certificates_reissue: found 'kongs'"),
        ({"reissue": ["kong"], "external": {"kong": FILES}}, "'kong', whose certificate is external"),
    ],
)
def test_what_is_wrong_is_said_with_the_fix(options, says):
    found = certificate_findings(SERVICES, **options)
    assert len(found) == 1 and says in found[0], found


def test_variables_in_order_have_no_finding():
    assert certificate_findings(SERVICES) == []
    names = {"kong": ["*.example.com", "a", "203.0.113.7"]}
    external = {"kong": FILES}
    assert certificate_findings(SERVICES, chosen=["postgres"], names=names, external=external, reissue=["ca"]) == []


def found(folder=None, authority="A", external=False):
    return {
        "folder": folder,
        "next_folder": "/c/next",
        "fingerprint": "f" if folder else None,
        "serial": "7" if folder else None,
        "not_after": "then" if folder else None,
        "authority": authority,
        "external": external,
    }


def due(certificates, authority=None, **lists):
    audit = {"certificates": certificates, "to_issue": [], "to_install": [], **lists}
    return certificates_due(audit, authority=authority or {"state": "valid", "fingerprint": "A"})


def test_nothing_is_due_where_all_is_in_order():
    result = due({"kong": found("/c/1"), "nats": found("/c/2", "another", external=True)})
    assert (result["pending"], result["authority"]) == ([], False)
    assert result["result"]["kong"] == {"folder": "/c/1", "fingerprint": "f", "serial": "7", "not_after": "then"}


def test_what_is_due_goes_to_the_next_folder():
    result = due({"kong": found("/c/1"), "nats": found("/c/2", external=True)}, to_issue=["kong"], to_install=["nats"])
    assert (result["issue"], result["install"], result["pending"]) == (["kong"], ["nats"], ["kong", "nats"])
    assert result["result"]["kong"] == {"folder": "/c/next", "fingerprint": "", "serial": "", "not_after": ""}
    assert result["result"]["nats"]["folder"] == "/c/next"


def test_another_authority_issues_its_own_anew():
    result = due({"kong": found("/c/1", "another"), "nats": found("/c/2", "another", external=True)})
    assert (result["pending"], result["authority"]) == (["kong"], False)


@pytest.mark.parametrize("state", ["missing", "renew"])
def test_a_new_authority_issues_all_anew(state):
    result = due({"kong": found("/c/1")}, {"state": state, "fingerprint": "A"})
    assert (result["issue"], result["authority"]) == (["kong"], True)


def test_no_authority_is_made_for_external_ones_alone():
    result = due({"kong": found("/c/1", external=True)}, {"state": "missing", "fingerprint": None})
    assert (result["pending"], result["authority"]) == ([], False)
