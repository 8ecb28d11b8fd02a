# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lookup service_files, as a playbook calls it."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import pytest

from ansible_collections.sahool.platform.plugins.lookup.service_files import routes

COLLECTIONS = pathlib.Path(__file__).resolve().parents[4] / "playbooks" / "collections"
PLAY = """\
- name: Render
  hosts: localhost
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    of_the_play: true
    addresses: {redis: {port: 6379}, weather: {port: 8092}, worker: {port: null}}
    secrets: {A: !unsafe "p{{ of_the_play }}w"}
  tasks:
    - name: Each
      block:
        - name: Keep
          ansible.builtin.copy:
            content: "{{ [lookup('sahool.platform.service_files', item.services, templates=folder,
                          addresses=addresses, secrets=secrets)] | to_json }}"
            dest: "{{ folder }}/{{ item.name }}.json"
            mode: "0600"
          register: kept
          ignore_errors: true
          loop: "{{ cases }}"
      always:
        - name: Keep what went wrong
          ansible.builtin.copy:
            content: >-
              {{ dict(cases | map(attribute='name') | zip(kept.results | map(attribute='msg', default=''))) | to_json }}
            dest: "{{ folder }}/messages.json"
            mode: "0600"
"""
TEMPLATES = {
    "good.j2": "{{ service.port }} {{ sahool_secrets.A }} {{ addresses.redis.port }} {{ of_the_play is defined }}\n\n",
    "routes.j2": "{{ routes | to_json }}",
    "undefined.j2": "{{ service.port }} {{ nobody_set_this }}",
    "quoting.j2": "{{ {}[sahool_secrets.A] }}",
    "broken.j2": "{% if service.port %}never ends",
}


def entry(template: str | None, tier: str = "data_tier") -> dict[str, Any]:
    files = {"/etc/x.conf": {"template": template}} if template else {}
    return {"port": 6379, "tier": tier, "files": files}


CASES = {
    "good": {"redis": entry("good.j2"), "weather": entry(None, "application_tier")},
    "routes": {
        "redis": entry("routes.j2"),
        "weather": entry(None, "application_tier"),
        "worker": entry(None, "application_tier"),
    },
    "undefined": {"redis": entry("undefined.j2")},
    "broken": {"redis": entry("broken.j2")},
    "missing": {"redis": entry("missing.j2")},
    "quoting": {"redis": entry("quoting.j2")},
}


@pytest.fixture(scope="module", name="folder")
def fixture_folder(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Render every case in one run of ansible-playbook and return the folder with what came of it."""
    folder = tmp_path_factory.mktemp("templates")
    for name, text in TEMPLATES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "play.yml").write_text(PLAY, encoding="utf-8")
    (folder / "ansible.cfg").write_text("", encoding="utf-8")
    cases = [{"name": name, "services": services} for name, services in CASES.items()]
    (folder / "cases.json").write_text(json.dumps({"cases": cases, "folder": str(folder)}), encoding="utf-8")
    program = pathlib.Path(sys.executable).with_name("ansible-playbook")
    done = subprocess.run(
        [str(program), "-i", "localhost,", "-c", "local", "-e", f"@{folder / 'cases.json'}", str(folder / "play.yml")],
        env={
            **os.environ,
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "LC_ALL": "C.UTF-8",
        },
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (folder / "messages.json").is_file(), done.stdout + done.stderr
    return folder


def rendered(folder: pathlib.Path, case: str) -> Any:
    (found,) = json.loads((folder / f"{case}.json").read_text(encoding="utf-8"))
    return found


def message(folder: pathlib.Path, case: str) -> str:
    assert not (folder / f"{case}.json").exists()
    return json.loads((folder / "messages.json").read_text(encoding="utf-8"))[case]


def test_a_template_sees_its_service_addresses_and_secrets_and_no_variable_of_the_play(folder):
    text = "6379 p{{ of_the_play }}w 6379 False\n\n"
    assert rendered(folder, "good") == {"redis": {"/etc/x.conf": text}}


def test_the_gateway_proxies_the_applications_that_listen(folder):
    text = rendered(folder, "routes")["redis"]["/etc/x.conf"]
    assert json.loads(text) == [{"service": "weather", "path": "/weather"}]


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("undefined", ["redis: template undefined.j2 cannot be rendered", "nobody_set_this"]),
        ("broken", ["redis: template broken.j2 cannot be rendered"]),
        ("quoting", ["redis: template quoting.j2 cannot be rendered", "<A>"]),
        ("missing", ["redis: template ", "missing.j2 cannot be read: No such file"]),
    ],
)
def test_the_message_names_service_template_and_cause(folder, case, words):
    found = message(folder, case)
    assert [word for word in words if word not in found] == [], found


def test_no_secret_is_in_a_message(folder):
    assert "of_the_play }}w" not in (folder / "messages.json").read_text(encoding="utf-8")


def test_routes_keep_the_order_of_the_catalogue():
    services = {name: {"tier": "application_tier"} for name in ("b", "a")} | {"kong": {"tier": "gateway_tier"}}
    addresses = {name: {"port": 1} for name in services}
    assert [route["service"] for route in routes(services, addresses)] == ["b", "a"]
