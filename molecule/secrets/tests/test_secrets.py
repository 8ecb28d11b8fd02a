# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets and certificates as they lie on the machine: who can read them, and what another program makes of them."""

from __future__ import annotations

import re

import pytest
import yaml

# What the data tier has, and the user in the container that reads the key.
SERVERS = {"postgres": 999, "redis": 999, "pgbouncer": 70}


@pytest.fixture(scope="module")
def folders(machine, home):
    """Return the folder of each server's certificate."""
    listed = machine.check_output("ls -d %s/certificates/*/", str(home)).split()
    return {re.search(r"/([a-z-]+)-\d+/$", path)[1]: path.rstrip("/") for path in listed}


def test_secrets_are_of_one_form_and_for_root_alone(machine, home, secrets):
    file = machine.file(str(home / "state" / "secrets.yml"))
    assert (file.user, file.mode) == ("root", 0o600)
    assert len(secrets) >= 20
    assert [name for name, value in secrets.items() if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{31}", value)] == []


def test_the_ledger_dates_all_of_them_and_shows_none(machine, home, secrets):
    text = machine.file(str(home / "state" / "secrets_created.yml")).content_string
    ledger = yaml.safe_load(text)["sahool_secrets_created"]
    assert ledger.keys() == secrets.keys()
    assert [name for name, entry in ledger.items() if not re.fullmatch(r"\d{4}-\d\d-\d\d", entry["created"])] == []
    assert [name for name, value in secrets.items() if value in text] == []


def test_every_server_has_a_certificate(folders):
    assert folders.keys() == SERVERS.keys()


def test_the_authority_is_for_root_alone_and_its_key_is_encrypted(machine, home):
    folder = machine.file(str(home / "state" / "ca"))
    assert (folder.user, folder.mode) == ("root", 0o700)
    key = machine.file(str(home / "state" / "ca" / "ca.key"))
    assert key.mode == 0o600
    assert "BEGIN ENCRYPTED PRIVATE KEY" in key.content_string


@pytest.mark.parametrize("server", SERVERS)
def test_openssl_verifies_chain_name_and_key(machine, home, folders, server):
    folder = folders[server]
    ca = str(home / "state" / "ca" / "ca.crt")
    verified = machine.run(
        "openssl verify -purpose sslserver -verify_hostname %s -CAfile %s %s", server, ca, f"{folder}/tls.crt"
    )
    assert verified.rc == 0, verified.stderr
    other = machine.run(
        "openssl verify -purpose sslserver -verify_hostname other.example -CAfile %s %s", ca, f"{folder}/tls.crt"
    )
    assert other.rc != 0
    of_certificate = machine.check_output("openssl x509 -in %s -noout -pubkey", f"{folder}/tls.crt")
    assert machine.check_output("openssl pkey -in %s -pubout", f"{folder}/tls.key") == of_certificate


@pytest.mark.parametrize("server", SERVERS)
def test_only_the_user_in_the_container_reads_the_key(machine, home, folders, server):
    key = machine.file(f"{folders[server]}/tls.key")
    assert (key.uid, key.mode) == (SERVERS[server], 0o400)
    assert [machine.file(path).mode & 0o044 for path in (folders[server], str(home / "certificates"))] == [0, 0]
