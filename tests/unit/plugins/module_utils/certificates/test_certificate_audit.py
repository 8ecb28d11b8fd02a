# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check of a certificate finds what it is there for, and nothing in one that is in order."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st
from issued_certificates import ADDRESSES, DAY, NAMES, NOW, Authority, Issue, key_pem, new_key, pem, uid

from ansible_collections.sahool.platform.plugins.module_utils._certificates.audit import audit
from ansible_collections.sahool.platform.plugins.module_utils._certificates.certificate import Certificate
from ansible_collections.sahool.platform.plugins.module_utils._certificates.names import covers, lacking
from ansible_collections.sahool.platform.plugins.module_utils._certificates.request import External, Terms, Wanted


@pytest.fixture
def root(tmp_path):
    """Return the folder of the certificates."""
    return tmp_path / "certificates"


@pytest.fixture
def issue(root):
    """Return the first certificate of kong, yet to be written."""
    return Issue(root / "kong-000001")


def terms(root, now=NOW, reissue=()):
    return Terms(str(root), now, 30 * DAY, frozenset(reissue))


def found(root, *, now=NOW, reissue=(), **changes: Any) -> dict[str, Any]:
    wanted = Wanted("kong", **{"names": NAMES, "addresses": ADDRESSES, "uid": uid(), **changes})
    return audit(wanted, terms(root, now, reissue))


def told(result):
    """Return field, effect and the sentence of each finding."""
    return [(one["field"], one["effect"], one["message"]) for one in result["findings"]]


def test_one_in_order_is_valid_and_described(root, issue):
    made = issue.authority.sign(issue.key)
    issue.write(made)
    result = found(root)
    assert (result["state"], result["findings"]) == ("valid", [])
    assert result["folder"] == str(root / "kong-000001")
    assert result["next_folder"] == str(root / "kong-000002")
    assert result["fingerprint"] == Certificate(made).fingerprint
    assert result["authority"] == Certificate(issue.authority.certificate).fingerprint
    assert (result["serial"], result["external"]) == (str(made.serial_number), False)
    assert (result["not_before"], result["not_after"]) == ("2026-11-16 12:00 UTC", "2027-09-22 12:00 UTC")
    assert result["names"] == ["127.0.0.1", "::1", "kong", "localhost"]


@pytest.mark.parametrize("kind", ["P-256", "RSA 2048", "Ed25519"])
def test_every_strong_key_will_do(root, kind):
    Issue(root / "kong-000001", authority=Authority(key=new_key(kind)), key=new_key(kind)).write()
    assert found(root)["state"] == "valid"


def test_none_is_missing(root):
    result = found(root)
    assert (result["state"], result["folder"], result["next_folder"]) == ("missing", None, str(root / "kong-000001"))


def test_the_folder_that_a_killed_run_left_is_used_by_the_next(root, issue):
    issue.write()
    (root / "kong-000002").mkdir()
    Issue(root / "kong-000002").put("tls.key", key_pem(new_key()), 0o400)
    result = found(root)
    assert (result["state"], result["folder"]) == ("valid", str(root / "kong-000001"))
    assert result["next_folder"] == str(root / "kong-000002")


def test_the_newest_whole_folder_counts_and_others_names_do_not(root, issue):
    issue.write(begin=NOW - 300 * DAY, end=NOW - DAY)
    Issue(root / "kong-000010", authority=issue.authority).write()
    Issue(root / "kong-admin-000011").write()
    (root / "kong-12").mkdir()
    result = found(root)
    assert (result["state"], result["folder"]) == ("valid", str(root / "kong-000010"))
    assert result["next_folder"] == str(root / "kong-000011")


# What is done to a certificate in order; field of the only finding, state, and what the sentence says.
WRONG: dict[str, tuple[Callable[[Issue], Any], str, str, str]] = {
    "no certificate": (lambda i: (i.folder / "tls.crt").unlink(), "", "missing", ""),
    "no key": (lambda i: (i.folder / "tls.key").unlink(), "key", "renew", "no file at"),
    "no authority": (lambda i: (i.folder / "ca.crt").unlink(), "authority", "renew", "no file at"),
    "garbage": (lambda i: i.put("tls.crt", b"garbage", 0o444), "certificate", "wrong", "no PEM certificate at"),
    "a broken certificate": (
        lambda i: i.put("tls.crt", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 0o444),
        "certificate",
        "wrong",
        "a certificate that cannot be parsed",
    ),
    "an endless file": (lambda i: i.put("tls.crt", b"x" * (2 << 20), 0o444), "certificate", "wrong", "1 MiB"),
    "a folder for a file": (
        lambda i: ((i.folder / "ca.crt").unlink(), (i.folder / "ca.crt").mkdir()),
        "authority",
        "wrong",
        "cannot be read (Is a directory)",
    ),
    "a garbage key": (
        lambda i: i.put("tls.key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", 0o400),
        "key",
        "wrong",
        "a key that cannot be parsed",
    ),
    "a certificate for a key": (lambda i: i.put("tls.key", b"hello", 0o400), "key", "wrong", "no PEM private key"),
    "a key with a passphrase": (
        lambda i: i.put("tls.key", key_pem(i.key, "secret"), 0o400),
        "key",
        "wrong",
        "a key with a passphrase",
    ),
    "a garbage authority": (lambda i: i.put("ca.crt", b"", 0o444), "authority", "wrong", "no PEM certificate"),
    "the key of another": (
        lambda i: i.put("tls.key", key_pem(new_key()), 0o400),
        "key",
        "wrong",
        "found a key of another certificate; expected the key that belongs to the certificate; have it issued anew",
    ),
    "another authority": (
        lambda i: i.put("ca.crt", pem(Authority("another").certificate), 0o444),
        "chain",
        "wrong",
        "no certificate that has signed 'CN=kong'",
    ),
    "an authority of the same name": (
        lambda i: i.put("ca.crt", pem(Authority().certificate), 0o444),
        "chain",
        "wrong",
        "no certificate that has signed",
    ),
    "a name too few": (lambda i: i.write(names=("kong",)), "names", "renew", "without localhost;"),
    "a name too many": (lambda i: i.write(names=(*NAMES, "evil")), "names", "renew", "with evil;"),
    "an address too few": (lambda i: i.write(addresses=("::1",)), "names", "renew", "without 127.0.0.1;"),
    "an address too many": (
        lambda i: i.write(addresses=(*ADDRESSES, "192.0.2.1")),
        "names",
        "renew",
        "with 192.0.2.1;",
    ),
    "no names at all": (lambda i: i.write(names=(), addresses=()), "names", "renew", "without 127.0.0.1, ::1, kong"),
    "not yet valid": (
        lambda i: i.write(begin=NOW + DAY),
        "validity",
        "wrong",
        "found a certificate from 2026-11-27 12:00 UTC on; expected one that is valid now (2026-11-26 12:00 UTC)",
    ),
    "expired": (lambda i: i.write(end=NOW), "validity", "renew", "expired on 2026-11-26 12:00 UTC"),
    "near its end": (
        lambda i: i.write(end=NOW + 30 * DAY),
        "validity",
        "renew",
        "found valid until 2026-12-26 12:00 UTC; expected more than 30 days",
    ),
    "one that may sign": (lambda i: i.write(ca=True), "purpose", "wrong", "may sign others (CA:TRUE)"),
    "not for servers": (lambda i: i.write(server=False), "purpose", "wrong", "expected extended key usage serverAuth"),
    "a key that all may read": (
        lambda i: (i.folder / "tls.key").chmod(0o644),
        "key mode",
        "wrong",
        "with mode 0644; expected 0600; chmod 0600",
    ),
    "a key that a group may read": (
        lambda i: (i.folder / "tls.key").chmod(0o440),
        "key mode",
        "wrong",
        "expected 0400",
    ),
    "a folder that all may list": (
        lambda i: i.folder.chmod(0o755),
        "folder mode",
        "wrong",
        "with mode 0755; expected 0711; chmod 0711",
    ),
    "a folder that others may change": (lambda i: i.folder.chmod(0o731), "folder mode", "wrong", "expected 0711"),
}


@pytest.mark.parametrize("case", WRONG)
def test_each_check_finds_what_it_is_there_for(root, issue, case):
    break_it, field, state, says = WRONG[case]
    break_it(issue.write())
    result = found(root)
    assert result["state"] == state
    if not field:
        assert result["findings"] == []
        return
    assert [(one["name"], one["field"]) for one in result["findings"]] == [("kong", field)], told(result)
    assert says in result["findings"][0]["message"]
    assert result["findings"][0]["effect"] == state


def test_an_extension_that_cannot_be_parsed_is_a_finding(root, issue):
    odd = x509.UnrecognizedExtension(x509.oid.ExtensionOID.SUBJECT_ALTERNATIVE_NAME, b"no ASN.1")
    issue.write(issue.authority.sign(issue.key, names=(), addresses=(), extension=odd))
    assert [one["found"].partition(" at ")[0] for one in found(root)["findings"]] == [
        "a certificate that cannot be parsed"
    ]


def test_the_day_before_the_window_is_not_in_it(root, issue):
    issue.write(end=NOW + 30 * DAY)
    before = NOW - DAY / 24
    assert found(root, now=before)["state"] == "valid"


@pytest.mark.parametrize("key", ["RSA 1024", "P-224"])
def test_a_weak_key_is_found(root, key):
    Issue(root / "kong-000001", key=new_key(key)).write()
    assert [one["field"] for one in found(root)["findings"]] == ["key strength"]


@pytest.mark.skipif(uid() != 0, reason="only root gives a file away")
def test_other_owners_are_found_by_root_who_alone_gives_files_away(root, issue):
    issue.write()
    os.chown(issue.folder / "tls.key", 1234, 0)
    os.chown(issue.folder, 1235, 0)
    messages = [one["message"] for one in found(root)["findings"]]
    assert len(messages) == 2
    assert f"folder owner: found {issue.folder} of uid 1235; expected uid 0; chown 0 {issue.folder}" in messages[0]
    assert "of uid 1234; expected uid 0, as which kong reads it" in messages[1]


def test_who_reads_the_key_need_not_be_known(root, issue):
    issue.write()
    assert found(root, uid=None)["state"] == "valid"
    assert [one["field"] for one in found(root, uid=uid() + 1)["findings"]] == ["key owner"]


def test_all_findings_come_at_once(root, issue):
    issue.write(names=("kong",), end=NOW - DAY, ca=True, server=False)
    issue.put("tls.key", key_pem(new_key()), 0o444)
    issue.put("ca.crt", pem(Authority("another").certificate), 0o444)
    fields = {one["field"] for one in found(root)["findings"]}
    assert fields == {"names", "validity", "key", "key mode", "purpose", "chain"}


def test_whoever_asks_for_a_new_one_gets_it_whatever_is_found(root, issue):
    issue.write(ca=True)
    result = found(root, reissue=["kong"])
    assert result["state"] == "renew"
    assert [one["field"] for one in result["findings"]] == ["certificate", "purpose"]
    assert found(root, reissue=["other"])["state"] == "wrong"


def test_a_chain_through_others_holds_and_breaks_where_it_is_broken(root):
    top = Authority("top")
    middle = Authority("middle", signer=top)
    below = Authority("below", signer=middle)
    issue = Issue(root / "kong-000001", authority=top, between=[below, middle])
    assert found_after(issue, root) == []
    issue.between = [below]
    assert "no certificate that has signed 'CN=below'" in found_after(issue, root)[0]
    for wrong, says in (
        ({"ca": False}, "'CN=middle', which is no authority"),
        ({"cert_sign": False}, "'CN=middle', which is no authority"),
        ({"end": NOW - DAY}, "'CN=middle', which is not valid at present"),
        ({"begin": NOW + DAY}, "'CN=middle', which is not valid at present"),
    ):
        unfit = Authority("middle", signer=top, key=middle.key, **wrong)
        issue.between = [below, unfit]
        assert says in found_after(issue, root)[0]


def found_after(issue, root):
    issue.write()
    return [one["message"] for one in found(root)["findings"]]


def test_an_expired_authority_is_found(root):
    Issue(root / "kong-000001", authority=Authority(end=NOW - DAY)).write()
    assert [one["field"] for one in found(root)["findings"]] == ["chain"]


def test_authorities_that_sign_each_other_end(root):
    first = Authority("first")
    second = Authority("second", signer=first)
    circle = Authority("first", signer=second, key=first.key)
    issue = Issue(root / "kong-000001", authority=Authority("another"), between=[second, circle])
    assert "in a row" in found_after(issue, root)[0]


# External certificates

PUBLIC = ("api.example.com",)


@pytest.fixture
def given_files(tmp_path):
    """Return an external certificate in order."""
    return Issue(tmp_path / "given").write(names=("*.example.com",), addresses=())


def external(root, issue, names=PUBLIC, addresses=(), **changes: Any):
    files = External(*(str(issue.folder / name) for name in ("tls.crt", "tls.key", "ca.crt")))
    return found(root, names=names, addresses=addresses, external=files, **changes)


def copied(root, issue, number=1):
    """Put the files in place, as the role does."""
    here = Issue(root / f"kong-{number:06d}")
    here.folder.mkdir(parents=True)
    here.folder.chmod(0o711)
    for name, mode in (("tls.key", 0o400), ("ca.crt", 0o444), ("tls.crt", 0o444)):
        here.put(name, (issue.folder / name).read_bytes(), mode)
    return here


def test_an_external_one_is_missing_then_valid_then_to_be_replaced(root, given_files):
    assert external(root, given_files)["state"] == "missing"
    copied(root, given_files)
    result = external(root, given_files)
    assert (result["state"], result["findings"], result["external"]) == ("valid", [], True)
    given_files.write(names=PUBLIC, addresses=())
    result = external(root, given_files)
    assert (result["state"], result["next_folder"]) == ("renew", str(root / "kong-000002"))
    assert "expected that of" in result["findings"][0]["message"]


def test_an_external_one_whose_authority_changed_is_replaced(root, given_files):
    copied(root, given_files)
    given_files.put("ca.crt", pem(given_files.authority.certificate) + pem(Authority("x").certificate), 0o444)
    assert external(root, given_files)["state"] == "renew"


def test_a_key_in_place_that_was_changed_is_replaced(root, given_files):
    here = copied(root, given_files)
    here.put("tls.key", key_pem(new_key()), 0o400)
    assert external(root, given_files)["state"] == "renew"


def test_the_copy_in_place_is_held_to_its_modes(root, given_files):
    here = copied(root, given_files)
    (here.folder / "tls.key").chmod(0o444)
    here.folder.chmod(0o755)
    assert [one["field"] for one in external(root, given_files)["findings"]] == ["folder mode", "key mode"]


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"names": ("*.example.org",)}, "names", "found *.example.org; expected api.example.com among them"),
        ({"names": ()}, "names", "found no name;"),
        ({"end": NOW - DAY}, "validity", "expired on"),
        ({"begin": NOW + DAY}, "validity", "on; expected one that is valid now"),
        ({"ca": True}, "purpose", "CA:TRUE"),
        ({"server": False}, "purpose", "serverAuth"),
        ({"issuer": "another"}, "chain", "no certificate that has signed"),
    ],
)
def test_an_external_one_that_is_wrong_is_refused_with_the_fix(root, given_files, wrong, field, says):
    given_files.write(**{"names": PUBLIC, "addresses": (), **wrong})
    result = external(root, given_files)
    assert (result["state"], [one["field"] for one in result["findings"]]) == ("wrong", [field])
    assert says in result["findings"][0]["message"]
    assert "correct the files of certificates_external.kong" in result["findings"][0]["message"]


def test_the_key_of_another_external_one_is_refused(root, given_files):
    given_files.put("tls.key", key_pem(new_key()), 0o400)
    assert told(external(root, given_files))[0][:2] == ("key", "wrong")


def test_files_that_are_not_there_are_refused(root, given_files):
    for name in ("tls.crt", "tls.key", "ca.crt"):
        (given_files.folder / name).unlink()
    result = external(root, given_files)
    assert (result["state"], len(result["findings"])) == ("wrong", 3)


def test_a_key_that_everybody_may_read_is_refused_and_one_of_a_group_is_not(root, given_files):
    (given_files.folder / "tls.key").chmod(0o640)
    assert external(root, given_files)["state"] == "missing"
    (given_files.folder / "tls.key").chmod(0o644)
    assert [one["field"] for one in external(root, given_files)["findings"]] == ["key mode"]


def test_an_external_one_near_its_end_is_only_said(root, given_files):
    given_files.write(names=PUBLIC, addresses=(), end=NOW + 20 * DAY)
    copied(root, given_files)
    result = external(root, given_files)
    assert (result["state"], told(result)[0][:2]) == ("valid", ("validity", "note"))


def test_without_a_name_to_hold_it_to_nothing_is_accepted(root, given_files):
    result = external(root, given_files, names=())
    assert result["state"] == "wrong"
    assert "set certificates_names, such as {kong: [*.example.com]}" in result["findings"][0]["message"]


def test_its_addresses_are_held_to_what_is_wanted(root, given_files):
    assert external(root, given_files, addresses=("192.0.2.1",))["state"] == "wrong"


# Names

LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)


@given(st.lists(LABEL, min_size=1, max_size=4))
def test_a_name_covers_itself_and_its_wildcard_one_label_and_no_more(labels):
    name = ".".join(labels)
    assert covers(name, name)
    assert covers(f"*.{name}", f"x.{name}")
    assert not covers(f"*.{name}", name)
    assert not covers(f"*.{name}", f"x.y.{name}")
    assert not covers(f"*.{name}", f".{name}")


@given(st.sets(LABEL), st.sets(LABEL))
def test_what_is_lacking_is_what_no_pattern_covers(wanted, given_names):
    assert set(lacking(sorted(wanted), given_names)) == wanted - given_names


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=400))
def test_whatever_stands_in_the_files_is_a_finding_and_no_crash(tmp_path_factory, content):
    root = tmp_path_factory.mktemp("any")
    issue = Issue(root / "kong-000001", authority=AUTHORITY, key=KEY).write()
    for name in ("tls.crt", "tls.key", "ca.crt"):
        issue.put(name, b"-----BEGIN CERTIFICATE-----\n" + content, 0o400)
    assert found(root)["state"] == "wrong"


AUTHORITY, KEY = Authority(), new_key()
