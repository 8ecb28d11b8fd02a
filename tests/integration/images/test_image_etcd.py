# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""etcd and the module that switches its authentication on."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import urllib.error
import urllib.request

import pytest
from server_images import ROOT
from server_platform import Platform, until

MODULE = "sahool.platform.etcd_auth"
ALL_STEPS = ["create role root", "create user root", "grant role root to user root", "enable authentication"]


def run_module(servers, *flags, **options):
    """Run the module by Ansible as a user would; return its result and everything that was printed."""
    arguments = {"port": servers.port("etcd"), "password": servers.secrets["ETCD_ROOT_PASSWORD"], **options}
    done = subprocess.run(
        [
            "ansible", "localhost", "-i", "localhost,", "-c", "local", "-m", MODULE, "-a", json.dumps(arguments),
            "-e", '{"ansible_python_interpreter": "{{ ansible_playbook_python }}"}', *flags,
        ],
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "playbooks/collections"),
            "ANSIBLE_LOAD_CALLBACK_PLUGINS": "true",
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        },
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )
    document = json.loads(done.stdout[done.stdout.index("{") :])
    return document["plays"][0]["tasks"][0]["hosts"]["localhost"], done.stdout + done.stderr


def call(servers, path, document, token=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:{servers.port('etcd')}/v3/{path}",
        json.dumps(document).encode(),
        {"Authorization": token} if token else {},
    )
    with urllib.request.urlopen(request, timeout=5) as reply:
        return json.load(reply)


def encoded(text):
    return base64.b64encode(text.encode()).decode()


@pytest.fixture(scope="module")
def etcd(servers: Platform) -> Platform:
    def healthy():
        with urllib.request.urlopen(f"http://127.0.0.1:{servers.port('etcd')}/health", timeout=5) as reply:
            return json.load(reply)["health"] == "true"

    until(healthy, 30)
    return servers


def test_authentication_is_switched_on_once(etcd):
    call(etcd, "kv/put", {"key": encoded("before"), "value": encoded("1")})

    planned, _ = run_module(etcd, "--check", "--diff")
    assert planned["changed"] is True
    assert planned["actions"] == ALL_STEPS
    assert planned["diff"]["before"]["authentication"] == "off"
    assert call(etcd, "kv/range", {"key": encoded("before")})["count"] == "1", "check mode changed nothing"

    done, printed = run_module(etcd, "--diff")
    assert (done["changed"], done["actions"]) == (True, ALL_STEPS)
    assert done["diff"] == planned["diff"]
    assert etcd.secrets["ETCD_ROOT_PASSWORD"] not in printed

    for flags in ([], ["--check"]):
        again, _ = run_module(etcd, *flags, "--diff")
        assert (again["changed"], again["actions"]) == (False, [])
        assert again["diff"]["before"] == again["diff"]["after"]

    with pytest.raises(urllib.error.HTTPError) as refused:
        call(etcd, "kv/range", {"key": encoded("before")})
    assert b"user name is empty" in refused.value.read()
    credentials = {"name": "root", "password": etcd.secrets["ETCD_ROOT_PASSWORD"]}
    token = call(etcd, "auth/authenticate", credentials)["token"]
    assert call(etcd, "kv/range", {"key": encoded("before")}, token)["count"] == "1"

    wrong, printed = run_module(etcd, password="wrongpassword")
    assert wrong["failed"] is True
    assert "another password" in wrong["msg"]
    assert "wrongpassword" not in wrong["msg"]

    etcd.recreate("etcd")
    assert until(lambda: call(etcd, "auth/authenticate", credentials)["token"], 30), "users outlive the container"
    again, _ = run_module(etcd)
    assert again["changed"] is False

    checked = etcd.run_inside("etcd", *etcd.services["etcd"]["healthcheck"]["test"][1:])
    assert checked.returncode == 0, "the health check needs no user: " + checked.stderr


def test_an_address_without_etcd_is_named(etcd):
    result, _ = run_module(etcd, port=1, timeout=1)
    assert result["failed"] is True
    assert "http://127.0.0.1:1" in result["msg"]
