# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module certificates_audit, run as a process on real certificates."""

from __future__ import annotations

import datetime
import pathlib

import pytest
from issued_certificates import PASSPHRASE, Authority, Issue, key_pem, new_key, pem, uid
from module_process import run_module

NOW = datetime.datetime.now(tz=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
LEAF = {"name": "kong", "names": ["kong", "LOCALHOST"], "addresses": ["127.0.0.1", "0:0:0:0:0:0:0:1"], "uid": uid()}


class Place:
    """A host's certificates and its authority."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.root = folder / "certificates"
        self.ca = folder / "ca"
        self.authority = Authority(begin=NOW - 10 * DAY, end=NOW + 3000 * DAY)

    def write(self, passphrase: str | None = PASSPHRASE) -> Place:
        self.ca.mkdir(mode=0o700)
        for name, content, mode in (
            ("ca.crt", pem(self.authority.certificate), 0o644),
            ("ca.key", key_pem(self.authority.key, passphrase), 0o600),
        ):
            (self.ca / name).write_bytes(content)
            (self.ca / name).chmod(mode)
        return self

    def issue(self, name: str = "kong", number: int = 1, days: int = 300) -> Issue:
        issue = Issue(self.root / f"{name}-{number:06d}", authority=self.authority).write(
            begin=NOW - DAY, end=NOW + days * DAY
        )
        self.root.chmod(0o711)
        return issue

    def audit(self, *certificates, check=False, authority=True, **options):
        files = {"certificate": str(self.ca / "ca.crt"), "key": str(self.ca / "ca.key"), "passphrase": PASSPHRASE}
        return run_module(
            "certificates_audit",
            {
                "root": str(self.root),
                "certificates": list(certificates or [LEAF]),
                **({"authority": files} if authority else {}),
                **options,
            },
            check=check,
        )


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


@pytest.mark.parametrize("check", [False, True])
def test_a_host_in_order_has_nothing_to_do_and_is_not_changed(place, tmp_path, check):
    place.write().issue()
    before = {path: (path.stat().st_mtime_ns, path.stat().st_mode) for path in tmp_path.rglob("*")}
    result = place.audit(check=check)
    assert result["wrong"] == result["notes"] == result["to_issue"] == result["to_install"] == []
    assert (result["changed"], result["certificates"]["kong"]["state"]) == (False, "valid")
    assert result["authority"]["state"] == "valid"
    assert result["authority"]["certificate"].encode() == pem(place.authority.certificate)
    assert result["authority"]["fingerprint"] == result["certificates"]["kong"]["authority"]
    assert {path: (path.stat().st_mtime_ns, path.stat().st_mode) for path in tmp_path.rglob("*")} == before


def test_a_bare_host_has_everything_to_do(place):
    result = place.audit(LEAF, {"name": "nats"})
    assert (result["to_issue"], result["wrong"]) == (["kong", "nats"], [])
    assert result["authority"]["state"] == "missing"


def test_only_what_is_due_is_issued(place):
    place.write().issue()
    place.issue("nats", days=10)
    result = place.audit(LEAF, {**LEAF, "name": "nats"})
    assert (result["to_issue"], result["wrong"]) == (["nats"], [])
    assert place.audit(LEAF, {**LEAF, "name": "nats"}, window_days=5)["to_issue"] == []


def test_an_external_one_is_installed_and_never_issued(place, tmp_path):
    given = Issue(tmp_path / "given").write(begin=NOW - DAY, end=NOW + 90 * DAY)
    files = {key: str(given.folder / name) for key, name in zip(("certificate", "key", "authority"), FILES)}
    result = place.audit({**LEAF, "external": files}, authority=False)
    assert (result["to_issue"], result["to_install"], result["authority"]) == ([], ["kong"], None)


FILES = ("tls.crt", "tls.key", "ca.crt")


def test_no_part_of_a_key_and_no_passphrase_is_returned(place):
    issue = place.write().issue()
    issue.put("tls.key", key_pem(new_key()), 0o444)
    result = place.audit()
    keys = key_pem(issue.key) + (place.ca / "ca.key").read_bytes() + (issue.folder / "tls.key").read_bytes()
    lines = [line for line in keys.decode().splitlines() if "PRIVATE KEY" not in line]
    assert [line for line in [*lines, PASSPHRASE] if line in result["output"]] == []
    assert len(result["wrong"]) == 2


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (lambda p: (p.ca / "ca.key").unlink(), "ca: key: found no file at"),
        (lambda p: (p.ca / "ca.key").write_bytes(key_pem(new_key(), PASSPHRASE)), "a key of another certificate at"),
        (lambda p: (p.ca / "ca.key").write_bytes(key_pem(p.authority.key, "x")), "the passphrase does not open"),
        (lambda p: (p.ca / "ca.key").write_bytes(key_pem(p.authority.key)), "a key without a passphrase"),
        (lambda p: (p.ca / "ca.key").chmod(0o640), "ca: key mode: found"),
        (lambda p: p.ca.chmod(0o750), "ca: folder mode: found"),
        (lambda p: p.root.chmod(0o755), "all: folder mode: found"),
        (lambda p: (p.ca / "ca.crt").write_bytes(b"x"), "ca: certificate: found no PEM certificate at"),
        (lambda p: (p.ca / "ca.crt").unlink(), "ca: certificate: found no file at"),
        (lambda p: replace(p, ca=False), "ca: purpose: found a certificate that may not sign others"),
        (lambda p: replace(p, cert_sign=False), "ca: purpose: found a certificate that may not sign others"),
        (lambda p: replace(p, end=NOW - DAY), "ca: validity: found expired on"),
        (lambda p: replace(p, begin=NOW + DAY), "ca: validity: found valid from"),
    ],
)
def test_an_authority_that_is_wrong_is_found_with_the_fix(place, break_it, says):
    place.write().issue()
    break_it(place)
    result = place.audit()
    assert [line for line in result["wrong"] if says in line], result["wrong"]
    if "all:" not in says and "mode" not in says and "valid from" not in says:
        assert "certificates_reissue=ca" in result["wrong"][0]


def replace(place, **wrong):
    made = Authority(key=place.authority.key, **{"begin": NOW - DAY, "end": NOW + DAY * 900, **wrong})
    (place.ca / "ca.crt").write_bytes(pem(made.certificate))


def test_a_weak_authority_is_found(place):
    place.authority = Authority(begin=NOW - DAY, end=NOW + 900 * DAY, key=new_key("RSA 1024"))
    assert any("ca: key strength: found a key of 1024 bits (RSA)" in line for line in place.write().audit()["wrong"])


def test_an_authority_near_its_end_is_said(place):
    place.authority = Authority(begin=NOW - DAY, end=NOW + 20 * DAY)
    result = place.write().audit(LEAF)
    assert (len(result["notes"]), result["wrong"]) == (1, [])


def test_an_authority_that_is_asked_for_anew_stops_nobody(place):
    place.write("another").issue()
    assert place.audit()["wrong"] != []
    result = place.audit(reissue=["ca"])
    assert (result["authority"]["state"], result["wrong"]) == ("renew", [])
    (place.ca / "ca.crt").unlink()
    result = place.audit(reissue=["ca"])
    assert (result["authority"]["state"], result["wrong"]) == ("missing", [])


def test_what_is_wrong_with_one_that_is_asked_for_anew_stops_nobody(place):
    issue = place.write().issue()
    issue.put("tls.key", b"garbage", 0o400)
    assert place.audit()["to_issue"] == []
    result = place.audit(reissue=["kong"])
    assert (result["to_issue"], result["wrong"]) == (["kong"], [])


def test_an_address_that_is_none_is_one_sentence(place):
    result = place.audit({**LEAF, "addresses": ["localhost"]})
    assert result["failed"] and "localhost" in result["msg"] and "Traceback" not in result["output"]


@pytest.mark.parametrize("check", [False, True])
def test_without_the_library_check_mode_tells_what_it_can(place, tmp_path, check, monkeypatch):
    place.write().issue()
    (tmp_path / "shadow" / "cryptography").mkdir(parents=True)
    (tmp_path / "shadow" / "cryptography" / "__init__.py").write_text("raise ImportError('none')", encoding="utf-8")
    collections = pathlib.Path(__file__).resolve().parents[4] / "playbooks" / "collections"
    monkeypatch.setattr("module_process.COLLECTIONS", f"{tmp_path / 'shadow'}:{collections}")
    result = place.audit(LEAF, {"name": "nats"}, check=check)
    if not check:
        assert result["failed"] and "cryptography" in result["msg"]
        return
    states = {name: found["state"] for name, found in result["certificates"].items()}
    assert states == {"kong": "unknown", "nats": "missing"}
    assert (result["to_issue"], result["authority"]["state"]) == (["nats"], "unknown")
