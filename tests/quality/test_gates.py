# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gates find what they are there for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import credentials
import dependencies
import licences
import names
import parts
import pytest
import shell

SHELLCHECK = shutil.which("shellcheck", path=str(Path(sys.executable).parent))
REPORT = '<testsuites><testsuite tests="{}" failures="{}" errors="{}" skipped="{}"/></testsuites>'


@pytest.mark.parametrize("path", ["plugins/module_utils/_utils/x.py", "tests/helpers.py", "roles/a/tasks/common.yml"])
def test_a_name_that_says_nothing_is_found(path):
    assert len(names.findings(["plugins/module_utils/_health/wait.py", path])) == 1


def test_a_missing_licence_is_found():
    good = "#!/usr/bin/python\n" + "\n".join(licences.HEADER)
    texts = {"good.py": good, "bad.py": "import os\n", "empty/__init__.py": "", "data.yml": "---\n"}
    assert licences.findings(list(texts), texts.__getitem__) == [
        "bad.py: the first lines lack the licence header; see tests/quality/licences.py"
    ]


def test_an_undeclared_collection_and_an_unused_one_are_found():
    texts = {
        "galaxy.yml": "dependencies: {ansible.posix: '*'}",
        "requirements.yml": "collections: [{name: ansible.posix}]",
        "roles/a/tasks/main.yml": "- name: A task\n  community.docker.docker_image_info:\n    name: x\n",
        "roles/a/vars/main.yml": 'a.b.c: 1\nb: "{{ x | ansible.builtin.combine({}) }}"\n',
    }
    found = dependencies.findings(list(texts), texts.__getitem__)
    assert [line.split(",")[0] for line in found] == [
        "roles/a/tasks/main.yml uses community.docker",
        "galaxy.yml names ansible.posix",
    ]


def test_shell_is_checked_in_scripts_by_shebang_and_in_templates():
    texts = {
        "run": "#!/usr/bin/env bash\necho $1\n",
        "job.sh.j2": "#!/bin/sh\n{% if a %}\ncp {{ source }} $1\n{% endif %}\n",
        "good.sh": '#!/bin/sh\necho "$1"\n',
        "x.py": "echo $1\n",
    }
    found = shell.findings(SHELLCHECK, list(texts), texts.__getitem__)
    assert [line.split(":")[:2] for line in found] == [["run", "2"], ["job.sh.j2", "3"]]


@pytest.mark.parametrize(
    ("numbers", "status", "expected"),
    [
        ((9, 0, 0, 0), 0, (9, 0)),
        ((9, 1, 2, 0), 1, (6, 3)),
        ((9, 0, 0, 1), 0, (8, 1)),  # a skipped test is no test
        ((9, 0, 0, 0), 2, (9, 1)),  # pytest broke off
    ],
)
def test_cases_are_counted(tmp_path, numbers, status, expected):
    report = tmp_path / "part.xml"
    report.write_text(REPORT.format(*numbers), encoding="utf-8")
    assert parts.counts(report, status) == expected


@pytest.mark.parametrize(("status", "expected"), [(0, (1, 0)), (1, (0, 1))])
def test_a_part_without_a_report_counts_as_one(tmp_path, status, expected):
    assert parts.counts(tmp_path / "none.xml", status) == expected


# Each of the two lanes waits for the other, so that both are content only when they run side by side.
MAKEFILE = """\
one two:
\t@touch $@-begun; \\
\tfor look in $$(seq 500); do test -e one-begun && test -e two-begun && exec echo from $@; sleep 0.01; done; false
three:
\t@test -e one-begun; echo from three; false
"""


def test_lanes_run_side_by_side_and_a_failure_is_counted(tmp_path, monkeypatch, capfd):
    (tmp_path / "Makefile").write_text(MAKEFILE)
    monkeypatch.setattr(parts, "ROOT", tmp_path)
    monkeypatch.setattr(parts, "RESULTS", tmp_path / "results")
    assert parts.main(["one/two", "three"]) == 1
    said = capfd.readouterr().out
    assert all(f"=== {part}\nfrom {part}\n" in said for part in ("one", "two", "three"))
    assert said.endswith("\n2 passed, 1 failed\n")


def test_a_credential_in_the_tree_or_in_the_history_is_found(tmp_path):
    # Put together here: this file is searched as well.
    token = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5"
    (tmp_path / ".secrets.baseline").write_text('{"results": {}, "filters_used": []}')
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run([*git, "init", "-q"], check=True)
    (tmp_path / "notes.txt").write_text(f"use {token}\n")
    for text in (f"use {token}\n", "use the other one\n"):
        (tmp_path / "notes.txt").write_text(text)
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-qm", "x"], check=True)
    (line,) = credentials.findings(tmp_path)
    assert "notes.txt" in line and token not in line
