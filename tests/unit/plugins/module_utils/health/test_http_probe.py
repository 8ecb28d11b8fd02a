# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP probe against servers that answer, and servers that do not want to."""

from __future__ import annotations

import base64
import shutil
import ssl
import subprocess
import time

import pytest
from evil_servers import answering, closing_at_once, dripping, http_answer, receive, silent

OK = http_answer(b'{"status": "ok", "service": "svc"}')


def test_a_good_answer_is_ready(asked):
    answer = asked(answering(OK), json={"status": ["ok"]}, identity_field="service")
    assert (answer.state, answer.detail, answer.identity) == ("ready", "", "svc")


@pytest.mark.parametrize(
    "wire",
    [
        pytest.param(b'HTTP/1.0 200 OK\r\n\r\n{"status": "ok"}', id="HTTP/1.0 without a length"),
        pytest.param(
            b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"status\r\n8\r\n": "ok"}\r\n0\r\n\r\n',
            id="chunked",
        ),
        pytest.param(
            b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"status": "ok"}',
            id="an interim answer first",
        ),
        pytest.param(
            b'HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n\xef\xbb\xbf{"status": "ok"}', id="a byte order mark"
        ),
    ],
)
def test_every_form_of_answer_is_understood(asked, wire):
    assert asked(answering(wire), json={"status": ["ok"]}).state == "ready"


def test_a_server_that_keeps_the_connection_open_costs_no_time(asked):
    began = time.monotonic()
    assert asked(answering(OK, keep_open=True), timeout=5).state == "ready"
    assert time.monotonic() - began < 1


def test_a_redirect_is_an_answer_and_is_not_followed(asked, start):
    target = start(answering(OK))
    elsewhere = f"Location: http://127.0.0.1:{target.port}/\r\n"
    answer = asked(answering(http_answer(b"", "302 Found", elsewhere)))
    assert answer.state == "not_ready"
    assert answer.detail.startswith("status 302, expected 200")
    assert target.connections == 0


@pytest.mark.parametrize(
    ("serve", "detail"),
    [
        (silent, "no complete answer within 0.3 s"),
        (dripping(), "no complete answer within 0.3 s"),
        (dripping(b"HTTP/1.1 200 OK\r\nX: "), "no complete answer within 0.3 s"),
        (dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"), "no complete answer within 0.3 s"),
        (
            dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
            "no complete answer within 0.3 s",
        ),
        (closing_at_once, "the connection was closed without an answer"),
        (
            answering(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"),
            "the connection was closed in the middle of the answer",
        ),
        (
            answering(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"),
            "the connection was closed in the middle of the answer",
        ),
        (
            answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nshort"),
            "the connection was closed in the middle of the answer",
        ),
    ],
)
def test_an_answer_that_does_not_end_well_is_not_ready_in_time(asked, serve, detail):
    began = time.monotonic()
    answer = asked(serve, timeout=0.3)
    assert time.monotonic() - began < 0.6
    assert answer.state == "not_ready"
    # A server that closes before it has read the request resets the connection.
    also = "the connection was reset" if serve is closing_at_once else detail
    assert answer.detail in (detail, also)


def test_a_body_without_end_is_cut(asked):
    def serve(connection):
        receive(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"[" * 65536)

    began = time.monotonic()
    assert asked(serve, timeout=5).state == "ready"  # nothing was asked of the body
    answer = asked(serve, timeout=5, json={"status": ["ok"]})
    assert time.monotonic() - began < 3
    assert answer.detail == "the body is longer than 1048576 bytes, expected a short JSON document"


def test_a_body_nested_without_end_is_not_json(asked):
    assert asked(answering(http_answer(b"[" * 100_000)), json={"a": [1]}).detail.startswith("the body is not JSON")


def test_a_body_that_is_no_text_can_still_be_shown(asked):
    answer = asked(answering(http_answer(b"\xff\xfe\x00\x01broken", "500 Oops")))
    assert answer.detail == "status 500, expected 200; the body says: \ufffd\ufffd broken"


def test_what_does_not_speak_http_is_a_wrong_service(asked):
    answer = asked(answering(b"SSH-2.0-OpenSSH_9.9\r\n"))
    assert answer.state == "wrong_service"
    assert "does not speak HTTP" in answer.detail


def test_nothing_there_is_unreachable(start, asked):
    port = start(silent).port
    answer = asked(silent, port=port, host="127.0.0.2")
    assert (answer.state, answer.detail) == ("unreachable", "connection refused")


@pytest.mark.parametrize(
    ("options", "header"),
    [
        ({"password": "S3cret!", "header": "api-key"}, "api-key: S3cret!"),
        ({"password": "S3cret!"}, "Authorization: Bearer S3cret!"),
        (
            {"username": "u", "password": "S3cret!"},
            "Authorization: Basic " + base64.b64encode(b"u:S3cret!").decode(),
        ),
    ],
)
def test_credentials_are_sent_and_never_shown(asked, options, header):
    seen = []

    def serve(connection):
        seen.append(receive(connection).decode())
        connection.sendall(http_answer(b"denied for S3cret!", "401 Unauthorized"))

    answer = asked(serve, path="/ready?x=1", **options)
    assert seen[0].startswith("GET /ready?x=1 HTTP/1.1\r\n")
    assert f"\r\n{header}\r\n" in seen[0]
    assert answer.detail == "status 401, expected 200; the body says: denied for ***"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    openssl = shutil.which("openssl")
    assert openssl, "the openssl program makes the certificate of this test; install Debian's openssl"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=svc", *files],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


def test_tls_is_spoken_and_bounded(asked, certificate):
    def serve(connection):
        with certificate.wrap_socket(connection, server_side=True) as tls:
            answering(OK)(tls)

    def drip(connection):
        with certificate.wrap_socket(connection, server_side=True) as tls:
            receive(tls)
            dripping(b"HTTP/1.1 200 OK\r\nX: ")(tls)

    assert asked(serve, scheme="https", json={"status": ["ok"]}).state == "ready"
    began = time.monotonic()
    for evil in (drip, silent):
        answer = asked(evil, timeout=0.3, scheme="https")
        assert (answer.state, answer.detail) == ("not_ready", "no complete answer within 0.3 s")
    assert time.monotonic() - began < 1.2
