# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role as a playbook runs it, on localhost, touching nothing."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[4]
PLAY = """\
- name: Check the catalogue
  hosts: localhost
  gather_facts: false
  roles:
    - role: sahool.platform.catalogue
  post_tasks:
    - name: Show what the role leaves
      ansible.builtin.debug:
        msg: "{{ [catalogue_result.services.keys() | list, catalogue_result.left_out.keys() | list,
                  catalogue_result.services.kong.port, catalogue_settings.environment] | to_json }}"
"""


@pytest.fixture(name="run")
def fixture_run(tmp_path):
    """Return a function that runs the role with variables and returns the finished process."""
    (tmp_path / "play.yml").write_text(PLAY, encoding="utf-8")
    (tmp_path / "ansible.cfg").write_text("", encoding="utf-8")

    def run(variables):
        (tmp_path / "variables.json").write_text(json.dumps(variables), encoding="utf-8")
        command = [
            str(pathlib.Path(sys.executable).with_name("ansible-playbook")),
            *("-i", "localhost,", "-c", "local", "-e", f"@{tmp_path / 'variables.json'}"),
            str(tmp_path / "play.yml"),
        ]
        environment = {
            **os.environ,
            "ANSIBLE_HOME": str(tmp_path / "home"),
            "ANSIBLE_CONFIG": str(tmp_path / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "playbooks" / "collections"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "LC_ALL": "C.UTF-8",
        }
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def test_the_role_leaves_the_services_and_tells_what_is_left_out(run):
    done = run({"sahool_services_optional": ["demo"], "sahool_port_offset": 1000, "sahool_environment": "local"})

    assert done.returncode == 0, done.stdout + done.stderr
    assert "changed=0" in done.stdout
    assert "Left out are 8 services" in done.stdout
    assert "field-ops: optional (deprecated) and not in sahool_services_optional" in done.stdout
    line = next(line for line in done.stdout.splitlines() if "postgres" in line)
    services, left_out, port, environment = json.loads(json.loads(line.partition(": ")[2]))
    assert (services[0], services[-1], len(services)) == ("postgres", "demo-data", 45)
    assert (left_out[0], len(left_out)) == ("ollama", 8)
    assert (port, environment) == (9000, "development")


def test_the_role_fails_with_all_findings_at_once(run):
    done = run(
        {
            "sahool_version": "latest",
            "sahool_services_exclude": ["pgbouncer"],
            "sahool_service_overrides": {"redis": {"tag": "7.4-alpine"}, "chat-service": {"prot": 1, "port": 8113}},
        }
    )

    assert done.returncode == 2
    for text in (
        "nothing was started",
        "platform: sahool_version: found 'latest'",
        "pgbouncer: selection: found named in sahool_services_exclude",
        "redis: tag: found '7.4-alpine'",
        "chat-service: prot: found an unknown key",
        "alert-service: port: found host port 8113, which belongs to chat-service",
        "weather-service: dependencies: found 'pgbouncer', which is left out",
    ):
        assert text in done.stdout
    assert "Select the services that run" not in done.stdout


def test_a_variable_of_the_wrong_type_is_refused(run):
    done = run({"sahool_services_exclude": {"kong": True}})

    assert done.returncode == 2
    assert "sahool_services_exclude" in done.stdout
