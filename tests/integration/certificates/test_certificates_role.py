# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role certificates from nothing to renewal. Each test begins where the one before it ended."""

from __future__ import annotations

import datetime
import pathlib
import shutil
import ssl
import subprocess

import pytest
from certificate_run import Certificates
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from issued_certificates import DAY, Authority, Issue, key_pem, new_key, pem

NOW = datetime.datetime.now(tz=datetime.timezone.utc)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates") / "home")


@pytest.fixture(scope="module")
def checked(here):
    """Return the first run in check mode."""
    return here.play("--check", "--diff"), here.home.exists()


@pytest.fixture(scope="module")
def first(here, checked):
    """Return the first run, as talkative as Ansible can be."""
    return here.play("-vvv", "--diff")


@pytest.fixture(autouse=True)
def issued(first):
    """Have the first run done before any test."""
    assert first.returncode == 0, first.output[-6000:]


def test_check_mode_says_what_would_be_issued_and_writes_nothing(checked):
    run, home_exists = checked
    assert (run.returncode, home_exists) == (0, False)
    assert "make the certificate authority on localhost" in run.output
    assert "issue certificates: redis, kong" in run.output


def test_the_first_run_issues_for_all_names_with_tight_modes(here, first):
    assert here.folders == ["kong-000001", "redis-000001"]
    kong = here.folder("kong-000001")
    ca = here.home / "state" / "ca"
    verified = subprocess.run(
        ["openssl", "verify", "-purpose", "sslserver", "-CAfile", str(ca / "ca.crt"), str(kong / "tls.crt")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stderr
    leaf = x509.load_pem_x509_certificate((kong / "tls.crt").read_bytes())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert set(names.get_values_for_type(x509.DNSName)) == {"kong", "t-certificates-kong-1", "localhost"}
    assert {str(one) for one in names.get_values_for_type(x509.IPAddress)} == {"127.0.0.1", "::1"}
    rights = {
        path: (f"{path.stat().st_mode & 0o7777:04o}", path.stat().st_uid)
        for path in (kong, kong / "tls.key", kong / "tls.crt", kong / "ca.crt", ca, ca / "ca.key")
    }
    assert list(rights.values()) == [
        ("0711", 0), ("0400", 1000), ("0444", 0), ("0444", 0), ("0700", 0), ("0600", 0),
    ]  # fmt: skip
    assert here.folder("redis-000001").joinpath("tls.key").stat().st_uid == 999
    # OpenSSL itself takes the pair, and no other.
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(kong / "tls.crt", kong / "tls.key")


def test_the_authority_s_key_is_encrypted(here):
    text = (here.home / "state" / "ca" / "ca.key").read_bytes()
    assert b"ENCRYPTED PRIVATE KEY" in text
    assert load_pem_private_key(text, here.passphrase.encode())


def test_no_key_is_shown_however_much_ansible_is_asked(here, first):
    keys = [path.read_text(encoding="ascii") for path in here.home.rglob("*.key")]
    assert len(keys) == 3
    lines = [line for key in keys for line in key.splitlines() if "PRIVATE KEY" not in line]
    assert [line for line in lines if line in first.output] == []
    assert here.passphrase not in first.output


def test_a_second_run_changes_nothing_and_only_looks(here):
    before = here.state()
    run = here.play()
    assert (run.returncode, run.changed) == (0, 0), run.output[-4000:]
    assert here.state() == before
    print(f"certificates without change: {run.seconds:.2f} s in the role's tasks")
    # One call looks at all of them; no task that makes, signs or writes is begun. Seconds depend on what else runs.
    assert "Make the key" not in run.output and "Sign" not in run.output and "Put " not in run.output


def sign_as_the_platform(here, folder, days):
    """Replace the certificate in *folder* by one that ends in *days*."""
    ca = here.home / "state" / "ca"
    authority = Authority(begin=NOW - DAY, end=NOW + DAY)
    authority.key = load_pem_private_key((ca / "ca.key").read_bytes(), here.passphrase.encode())
    certificate = x509.load_pem_x509_certificate((ca / "ca.crt").read_bytes())
    key = load_pem_private_key((folder / "tls.key").read_bytes(), None)
    issuer = certificate.subject.get_attributes_for_oid(x509.oid.NameOID.COMMON_NAME)[0].value
    names = ("kong", "t-certificates-kong-1", "localhost")
    made = authority.sign(key, names, begin=NOW - DAY, end=NOW + days * DAY, issuer=issuer)
    (folder / "tls.crt").write_bytes(pem(made))


def test_exactly_the_one_near_its_end_is_renewed(here):
    sign_as_the_platform(here, here.folder("kong-000001"), days=31)
    assert here.play().changed == 0
    sign_as_the_platform(here, here.folder("kong-000001"), days=29)
    foreseen = here.play("--check")
    assert "issue certificates: kong" in foreseen.output
    assert "redis" not in foreseen.output.partition("issue certificates: ")[2].partition("\n")[0]
    assert here.play().returncode == 0
    assert here.folders == ["kong-000001", "kong-000002", "redis-000001"]
    assert here.play().changed == 0


def test_a_key_that_was_tampered_with_is_named_with_the_fix_and_mended_on_request(here):
    key = here.folder("kong-000002") / "tls.key"
    key.unlink()
    key.write_bytes(key_pem(new_key()))
    key.chmod(0o444)
    before = here.state()
    refused = here.play()
    assert refused.returncode != 0
    assert "findings about certificates; nothing was started." in refused.output
    assert "kong: key: found a key of another certificate" in refused.output
    assert f"kong: key mode: found {key} with mode 0444" in refused.output
    assert "certificates_reissue=kong" in refused.output
    assert here.state() == before
    assert here.play("-e", "certificates_reissue=kong").returncode == 0
    assert here.folders[:3] == ["kong-000001", "kong-000002", "kong-000003"]
    assert here.play().changed == 0


def test_another_name_is_another_certificate(here):
    names = {"kong": ["api.example.com", "192.0.2.7"]}
    assert here.play(certificates_names=names).returncode == 0
    assert "kong-000004" in here.folders
    leaf = x509.load_pem_x509_certificate((here.folder("kong-000004") / "tls.crt").read_bytes())
    found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "api.example.com" in found.get_values_for_type(x509.DNSName)
    assert here.play(certificates_names=names).changed == 0


@pytest.fixture
def given(tmp_path):
    """Return an external certificate on the host."""
    authority = Authority(begin=NOW - DAY, end=NOW + 500 * DAY)
    issue = Issue(tmp_path / "given", authority=authority)
    return issue.write(names=("api.example.com",), addresses=(), begin=NOW - DAY, end=NOW + 90 * DAY)


def files(issue: Issue) -> dict[str, dict[str, str]]:
    names = {"certificate": "tls.crt", "key": "tls.key", "authority": "ca.crt"}
    return {"kong": {key: str(issue.folder / name) for key, name in names.items()}}


def test_an_external_certificate_is_used_as_it_is_and_refused_when_it_does_not_fit(here, given):
    variables = {"certificates_names": {"kong": ["api.example.com"]}, "certificates_external": files(given)}
    before = here.folders
    run = here.play("-vvv", **variables)
    assert run.returncode == 0, run.output[-4000:]
    assert here.folders == sorted([*before, "kong-000005"])
    placed = here.folder("kong-000005")
    assert (placed / "tls.crt").read_bytes() == (given.folder / "tls.crt").read_bytes()
    key = placed / "tls.key"
    assert (key.stat().st_mode & 0o7777, key.stat().st_uid) == (0o400, 1000)
    assert not [line for line in key.read_text().splitlines()[1:-1] if line in run.output]
    assert here.play(**variables).changed == 0

    given.put("tls.key", key_pem(new_key()), 0o400)
    state = here.state()
    refused = here.play(**{**variables, "certificates_names": {"kong": ["shop.example.com"]}})
    assert refused.returncode != 0
    assert "kong: key: found a key of another certificate" in refused.output
    assert "kong: names: found api.example.com; expected shop.example.com among them" in refused.output
    assert "correct the files of certificates_external.kong" in refused.output
    assert here.state() == state


def test_bad_variables_are_said_all_at_once(here):
    refused = here.play(certificates_names={"kongg": []}, certificates_external={"kong": {"key": "relative"}})
    assert refused.returncode != 0
    assert "did you mean 'kong'?" in refused.output
    assert "certificates_external.kong.certificate: found nothing" in refused.output
    assert "certificates_external.kong.key: found 'relative'" in refused.output


def test_an_authority_that_is_lost_is_not_replaced_unasked(here):
    shutil.rmtree(here.home / "state" / "ca")
    before = here.state()
    refused = here.play()
    assert refused.returncode != 0
    assert "ca: certificate: found no file at" in refused.output
    assert "certificates_reissue=ca" in refused.output
    assert here.state() == before
    assert here.play("-e", "certificates_reissue=ca").returncode == 0
    # All of them anew, since clients trust one authority.
    assert {"kong-000006", "redis-000002"} <= set(here.folders)
    assert here.play().changed == 0


def test_a_run_that_was_killed_between_key_and_certificate_is_taken_up(here):
    folder = here.folder("redis-000003")
    folder.mkdir(mode=0o711)
    shutil.copy(pathlib.Path(here.folder("redis-000002") / "tls.key"), folder / "tls.key")
    assert here.play().changed == 0
    assert here.play("-e", "certificates_reissue=redis").returncode == 0
    assert "redis-000004" not in here.folders
    assert here.play().changed == 0


HOSTS = """\
sahool:
  vars:
    ansible_connection: local
    ansible_become: false
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    sahool_environment: local
    secrets_generate: true
    secrets_file: FOLDER/secrets.yml
    certificates_services: [redis]
  children: {data_tier: {}, messaging_tier: {}, vector_tier: {}, ai_tier: {}, gateway_tier: {}, application_tier: {}}
data_tier: {hosts: {core: {sahool_home: FOLDER/core, sahool_private_address: 192.0.2.11}}}
messaging_tier: {hosts: {core: {}}}
vector_tier: {hosts: {core: {}}}
ai_tier: {hosts: {core: {}}}
gateway_tier: {hosts: {app.example: {sahool_home: FOLDER/app, sahool_private_address: 192.0.2.12}}}
application_tier: {hosts: {app.example: {}}}
"""


def test_several_hosts_share_one_authority_and_no_key(tmp_path):
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(HOSTS.replace("FOLDER", str(tmp_path)), encoding="utf-8")
    platform = Certificates(None, inventory)
    run = platform.play()
    assert run.returncode == 0, run.output[-4000:]
    listed = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.key"))
    assert listed == [
        "app/certificates/kong-000001/tls.key",
        "core/certificates/redis-000001/tls.key",
        "core/state/ca/ca.key",
    ]
    authority = (tmp_path / "core/state/ca/ca.crt").read_bytes()
    assert (tmp_path / "app/certificates/kong-000001/ca.crt").read_bytes() == authority
    leaf = x509.load_pem_x509_certificate((tmp_path / "app/certificates/kong-000001/tls.crt").read_bytes())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "app.example" in names.get_values_for_type(x509.DNSName)
    assert "192.0.2.12" in {str(one) for one in names.get_values_for_type(x509.IPAddress)}
    assert "changed=0" in platform.play().output.partition("PLAY RECAP")[2]
    # The host that keeps the authority has no part in this run.
    assert platform.play("--limit", "app.example", "-e", "certificates_reissue=kong").returncode == 0
    assert (tmp_path / "app/certificates/kong-000002/tls.crt").is_file()
