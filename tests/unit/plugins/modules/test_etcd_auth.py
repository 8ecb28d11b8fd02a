# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module etcd_auth against a scripted etcd: which requests it sends, in which order, and what it tells.

The answers are those of etcd 3.5.16. Against the real server: tests/integration/images/test_image_etcd.py.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from module_process import run_module

PASSWORD = "CorrectHorse1"
HEADER = {"header": {"revision": "1"}}
STATUS_OFF = ("auth/status", {}, None, 200, {**HEADER, "authRevision": "1"})
STATUS_ON = ("auth/status", {}, None, 400, {"code": 3, "message": "etcdserver: user name is empty"})
LOGIN = ("auth/authenticate", {"name": "root", "password": PASSWORD}, None, 200, {**HEADER, "token": "t.1"})
LOGIN_REFUSED = (
    "auth/authenticate",
    {"name": "root", "password": PASSWORD},
    None,
    400,
    {"code": 3, "message": "etcdserver: authentication failed, invalid user ID or password"},
)
LIST = ("auth/user/list", {}, "t.1", 200, {**HEADER, "users": ["root"]})
NO_USER = ("auth/user/get", {"name": "root"}, None, 400, {"code": 9, "message": "etcdserver: user name not found"})
NO_ROLE = ("auth/role/get", {"role": "root"}, None, 400, {"code": 9, "message": "etcdserver: role name not found"})
BARE_USER = ("auth/user/get", {"name": "root"}, None, 200, HEADER)
FULL_USER = ("auth/user/get", {"name": "root"}, None, 200, {**HEADER, "roles": ["root"]})
ROLE = ("auth/role/get", {"role": "root"}, None, 200, HEADER)
ADD_ROLE = ("auth/role/add", {"name": "root"}, None, 200, HEADER)
ADD_USER = ("auth/user/add", {"name": "root", "password": PASSWORD}, None, 200, HEADER)
SET_PASSWORD = ("auth/user/changepw", {"name": "root", "password": PASSWORD}, None, 200, HEADER)
GRANT = ("auth/user/grant", {"user": "root", "role": "root"}, None, 200, HEADER)
ENABLE = ("auth/enable", {}, None, 200, HEADER)
PROVED = [STATUS_ON, LOGIN, LIST]

Exchange = tuple[str, dict[str, Any], "str | None", int, Any]


@contextlib.contextmanager
def etcd(exchanges: list[Exchange]) -> Iterator[int]:
    """Serve exactly these exchanges in this order; anything else, and a missing one, fails the test."""
    left, surprises = list(exchanges), []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = (self.path, document, self.headers.get("Authorization"))
            if not left or found != ("/v3/" + left[0][0], *left[0][1:3]):
                surprises.append(found)
                status, answer = 500, {"message": "not in the script"}
            else:
                status, answer = left.pop(0)[3:]
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert not surprises, f"unexpected requests: {surprises}"
    assert not left, f"requests that never came: {left}"


def run(port: int, *, check: bool = False, **options: Any) -> dict[str, Any]:
    result = run_module("etcd_auth", {"port": port, "password": PASSWORD, **options}, check=check)
    assert PASSWORD not in result["output"]
    return result


def test_a_new_server_gets_role_user_grant_and_authentication():
    with etcd([STATUS_OFF, NO_USER, NO_ROLE, ADD_ROLE, ADD_USER, GRANT, ENABLE, *PROVED]) as port:
        result = run(port)
    assert result["changed"] is True
    assert result["enabled"] is True
    assert result["actions"] == [
        "create role root",
        "create user root",
        "grant role root to user root",
        "enable authentication",
    ]
    assert result["diff"] == {
        "before": {"authentication": "off", "role root": "absent", "user root": "absent"},
        "after": {"authentication": "on", "role root": "present", "user root": "with role root"},
    }


def test_check_mode_only_reads_and_foretells():
    with etcd([STATUS_OFF, NO_USER, NO_ROLE]) as port:
        foretold = run(port, check=True)
    with etcd([STATUS_OFF, NO_USER, NO_ROLE, ADD_ROLE, ADD_USER, GRANT, ENABLE, *PROVED]) as port:
        done = run(port)
    for key in ("changed", "enabled", "actions", "diff"):
        assert foretold[key] == done[key]


@pytest.mark.parametrize("check", [False, True])
def test_a_server_that_asks_already_is_proved_and_left_alone(check):
    with etcd(PROVED) as port:
        result = run(port, check=check)
    assert (result["changed"], result["actions"]) == (False, [])
    assert result["diff"]["before"] == result["diff"]["after"]


def test_etcd_that_tells_its_state_to_everybody_is_understood_too():
    status = ("auth/status", {}, None, 200, {**HEADER, "enabled": True})
    with etcd([status, LOGIN, LIST]) as port:
        assert run(port)["changed"] is False


def test_an_interrupted_run_is_completed():
    with etcd([STATUS_OFF, BARE_USER, ROLE, SET_PASSWORD, GRANT, ENABLE, *PROVED]) as port:
        result = run(port)
    assert result["actions"] == [
        "set the password of user root",
        "grant role root to user root",
        "enable authentication",
    ]
    assert result["diff"]["before"]["user root"] == "without role root"


def test_a_user_from_before_gets_the_password_that_will_be_asked_for():
    with etcd([STATUS_OFF, FULL_USER, ROLE, SET_PASSWORD, ENABLE, *PROVED]) as port:
        result = run(port)
    assert result["actions"] == ["set the password of user root", "enable authentication"]


def test_another_password_is_an_error_that_says_what_to_do():
    with etcd([STATUS_ON, LOGIN_REFUSED]) as port:
        result = run(port)
    assert result["failed"] is True
    assert f"authentication is on at http://127.0.0.1:{port}" in result["msg"]
    assert "another password" in result["msg"]


def test_a_refused_step_is_named_with_etcds_reason():
    refused = ("auth/user/add", ADD_USER[1], None, 503, {"code": 14, "message": "etcdserver: no leader"})
    with etcd([STATUS_OFF, NO_USER, NO_ROLE, ADD_ROLE, refused]) as port:
        result = run(port)
    assert result["failed"] is True
    assert "could not create user root" in result["msg"]
    assert "503, etcdserver: no leader" in result["msg"]


def test_a_refusal_without_a_reason_is_no_state():
    with etcd([("auth/status", {}, None, 502, b"<html>Bad gateway</html>")]) as port:
        result = run(port)
    assert "status 502, no reason given" in result["msg"]


@pytest.mark.parametrize("body", [b"[]", b"not json", b"\xff"])
def test_what_answers_something_else_is_no_etcd(body):
    with etcd([("auth/status", {}, None, 200, body)]) as port:
        result = run(port)
    assert "expected etcd 3.4 or later" in result["msg"]


def test_nothing_listening_is_named():
    with etcd([]) as port:
        pass
    result = run(port, timeout=1)
    assert f"etcd at http://127.0.0.1:{port} gave no answer to auth/status" in result["msg"]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"password": ""}, "the password is empty"),
        ({"timeout": 0}, "expected more than 0 s"),
        ({"username": "admin"}, "root"),
    ],
)
def test_impossible_options_are_refused(options, text):
    with etcd([]) as port:
        arguments = {"port": port, "password": PASSWORD, **options}
        result = run_module("etcd_auth", arguments)
    assert result["failed"] is True
    assert text in result["msg"]
