# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""etcd and the module that switches its authentication on."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request

import pytest
from module_process import run_module
from server_platform import Platform, until

ALL_STEPS = ["create role root", "create user root", "grant role root to user root", "enable authentication"]


def run(servers, *, check=False, **options):
    """Run the module and return its result."""
    arguments = {"port": servers.port("etcd"), "password": servers.secrets["ETCD_ROOT_PASSWORD"], **options}
    return run_module("etcd_auth", arguments, check=check)


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

    planned = run(etcd, check=True)
    assert planned["changed"] is True
    assert planned["actions"] == ALL_STEPS
    assert planned["diff"]["before"]["authentication"] == "off"
    assert call(etcd, "kv/range", {"key": encoded("before")})["count"] == "1", "check mode changed nothing"

    done = run(etcd)
    assert (done["changed"], done["actions"]) == (True, ALL_STEPS)
    assert done["diff"] == planned["diff"]
    assert etcd.secrets["ETCD_ROOT_PASSWORD"] not in done["output"]

    for check in (False, True):
        again = run(etcd, check=check)
        assert (again["changed"], again["actions"]) == (False, [])
        assert again["diff"]["before"] == again["diff"]["after"]

    with pytest.raises(urllib.error.HTTPError) as refused:
        call(etcd, "kv/range", {"key": encoded("before")})
    assert b"user name is empty" in refused.value.read()
    credentials = {"name": "root", "password": etcd.secrets["ETCD_ROOT_PASSWORD"]}
    token = call(etcd, "auth/authenticate", credentials)["token"]
    assert call(etcd, "kv/range", {"key": encoded("before")}, token)["count"] == "1"

    wrong = run(etcd, password="wrongpassword")
    assert wrong["failed"] is True
    assert "another password" in wrong["msg"]
    assert "wrongpassword" not in wrong["output"]

    etcd.recreate("etcd")
    assert until(lambda: call(etcd, "auth/authenticate", credentials)["token"], 30), "users outlive the container"
    again = run(etcd)
    assert again["changed"] is False

    checked = etcd.run_inside("etcd", *etcd.services["etcd"]["healthcheck"]["test"][1:])
    assert checked.returncode == 0, "the health check needs no user: " + checked.stderr


def test_an_address_without_etcd_is_named(etcd):
    result = run(etcd, port=1, timeout=1)
    assert result["failed"] is True
    assert "http://127.0.0.1:1" in result["msg"]
