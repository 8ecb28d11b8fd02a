# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make venv` on a machine that has git, make and python3, no pip, no ensurepip and no certificate authority."""

from __future__ import annotations

from pathlib import Path

import bare_machine
import pytest
import tree

CHECKOUT = "/srv/sahool-platform"


@pytest.fixture(
    scope="module", params=["bookworm", pytest.param("trixie", marks=pytest.mark.long)], ids=["bookworm", "trixie"]
)
def machine(request, tmp_path_factory):
    made = bare_machine.Machine.unpack(request.param, tmp_path_factory.mktemp(request.param) / "root")
    made.put_tree([*tree.files(), tree.SELF_LINK], CHECKOUT)
    yield made
    made.remove()


def test_the_machine_is_as_bare_as_it_claims(machine):
    answer = machine.run(
        "for program in pip pip3 curl wget ansible docker; do command -v $program; done;"
        "ls /usr/lib/python3*/EXTERNALLY-MANAGED /etc/ssl/certs/ca-certificates.crt;"
        "python3 -m ensurepip; python3 -m pip"
    )
    assert "EXTERNALLY-MANAGED" in answer.stdout
    assert "cannot access '/etc/ssl/certs/ca-certificates.crt'" in answer.stdout
    assert "No module named pip" in answer.stdout
    assert "/bin/" not in answer.stdout.replace("/bin/python3", "")


def test_without_a_network_one_sentence_says_so(machine):
    bundle = "/tmp/bundle.pem"
    machine.put(Path("/etc/ssl/certs/ca-certificates.crt"), bundle)
    answer = machine.run(f"make -C {CHECKOUT} venv", network=False, SSL_CERT_FILE=bundle)
    assert answer.returncode == 2
    assert "cannot be reached" in answer.stdout
    assert "Check network and proxy" in answer.stdout
    assert "Traceback" not in answer.stdout


def test_make_venv_sets_everything_up(machine):
    answer = machine.run(f"make -C {CHECKOUT} venv")
    assert answer.returncode == 0, answer.stdout
    assert "installing ca-certificates" in answer.stdout
    programs = f"{CHECKOUT}/.venv/bin"
    answer = machine.run(
        f"{programs}/ansible-playbook --version && {programs}/python -c 'import psycopg2, redis, docker'"
    )
    assert answer.returncode == 0, answer.stdout
    assert "ansible-playbook [core 2.19." in answer.stdout


def test_the_checkout_finds_its_own_collection_from_anywhere(machine):
    answer = machine.run(f"cd / && {CHECKOUT}/.venv/bin/ansible-playbook --syntax-check {CHECKOUT}/playbooks/host.yml")
    assert answer.returncode == 0, answer.stdout


def test_a_second_run_installs_nothing(machine):
    stamp = machine.root / CHECKOUT.lstrip("/") / ".venv" / "sahool-locks.json"
    before = stamp.stat().st_mtime_ns
    answer = machine.run(f"make -C {CHECKOUT} venv", network=False)
    assert answer.returncode == 0, answer.stdout
    assert "installing" not in answer.stdout
    assert stamp.stat().st_mtime_ns == before


def test_a_changed_lock_is_noticed(machine):
    answer = machine.run(f"echo '# changed' >> {CHECKOUT}/requirements.txt && make -C {CHECKOUT} venv")
    assert answer.returncode == 0, answer.stdout
    assert "installing requirements.txt" in answer.stdout
