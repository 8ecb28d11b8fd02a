# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hosts on this machine, each with a tiny project, and a playbook that brings them up in phases."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "service_rollout"))

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent
NUMBERS = itertools.count(1)
SECRET = "vEryS3cretValue"

PLAY = """\
- name: Deploy
  hosts: all
  gather_facts: false
  vars:
    ansible_connection: "{{ connection | default('local') }}"
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  module_defaults:
    sahool.platform.service_rollout:
      project: "{{ rollout.project }}"
      model: "{{ rollout.model }}"
      deadline: "{{ rollout.deadline }}"
  tasks:
    - name: Bring up data
      sahool.platform.service_rollout:
        phase: 1 data
        waves: "{{ rollout.waves }}"
        services: "{{ rollout.services }}"

    - name: Read the phases while the run goes on
      ansible.builtin.set_fact:
        phases: "{{ lookup('sahool.platform.deployment_record', 'phases') }}"

    - name: Bring up what breaks
      sahool.platform.service_rollout:
        phase: 2 breaks
        waves: [[broken]]
        services: [{name: broken, protocol: redis, port: 1, password: "{{ secret }}"}]
      when: breaks is defined
      ignore_errors: true

    - name: Keep the record
      ansible.builtin.command: cp -r {{ lookup('sahool.platform.deployment_record', 'path') }} {{ kept }}
      run_once: true

    - name: Keep the phases
      ansible.builtin.copy:
        content: "{{ phases | to_json }}"
        dest: "{{ kept }}/phases-then.json"
        mode: "0600"
      run_once: true
"""


@pytest.fixture(scope="session")
def tiny_images():
    from tiny_project import build_images

    build_images()


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """The folder of collections into which the artefact of the working tree is installed."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    source = tmp_path_factory.mktemp("source")
    for name in listed:
        if name and (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, source / name)
    built, target = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("installed")
    galaxy = str(BIN / "ansible-galaxy")
    subprocess.run(
        [galaxy, "collection", "build", "--output-path", str(built), str(source)], check=True, capture_output=True
    )
    (archive,) = built.glob("*.tar.gz")
    subprocess.run(
        [galaxy, "collection", "install", "--offline", "-p", str(target), str(archive)],
        check=True,
        capture_output=True,
    )
    return target


@pytest.fixture
def bare(tmp_path):
    """An environment without anything of the checkout: no ansible.cfg, a home of its own."""
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "AWX_", "SAHOOL_"))}
    return {**kept, "HOME": str(home), "ANSIBLE_HOME": str(home / ".ansible"), "TERM": "xterm", "LC_ALL": "C.UTF-8"}


@pytest.fixture
def elsewhere(tmp_path):
    """A working directory that has nothing to do with the checkout."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


@pytest.fixture
def deployment(tiny_images, tmp_path):
    """The command that brings the two projects up; they are removed when the test is over."""
    from tiny_project import TinyProject

    projects = {
        host: TinyProject(f"t-progress-{os.getpid()}-{next(NUMBERS)}", tmp_path / host) for host in ("db", "web")
    }
    for project in projects.values():
        project.folder.mkdir()
    projects["db"].server("postgres", delay=1.5)
    projects["db"].server("redis")
    projects["db"].server("nats")
    projects["db"].plain("broken", f"echo the password is {SECRET}; exit 3")
    projects["web"].server("gateway", delay=1)
    hosts = {
        "db": {"rollout": projects["db"].arguments(["postgres", "redis"], ["nats"]), "breaks": True},
        "web": {"rollout": projects["web"].arguments(["gateway"])},
    }
    (tmp_path / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    (tmp_path / "play.yml").write_text(PLAY, encoding="utf-8")
    yield [
        str(BIN / "ansible-playbook"),
        "-i",
        str(tmp_path / "hosts.json"),
        str(tmp_path / "play.yml"),
        "-e",
        json.dumps({"kept": str(tmp_path / "kept"), "secret": SECRET}),
    ]
    for project in projects.values():
        project.remove()
