# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kong's stand-in over TLS: a real handshake, with the certificate that Kong's variables name."""

from __future__ import annotations

import datetime
import http.client
import socket
import ssl
import threading

import pytest
from issued_certificates import DAY, Authority, Issue, key_pem, new_key, pem
from test_embedded_server import PART

from serving.message import Request, Response, parse_request
from serving.server import Listener
from stand_in.face import ConfigurationError
from stand_in.kong.proxy import upstream_fields
from stand_in.kong.routes import Route, Upstream
from stand_in.kong.tls import server_context


def now():
    return datetime.datetime.now(tz=datetime.timezone.utc)


@pytest.fixture(scope="module")
def issue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls") / "kong-000001"
    authority = Authority(begin=now() - DAY, end=now() + 100 * DAY)
    return Issue(folder, authority=authority).write(begin=now() - DAY, end=now() + 90 * DAY)


def variables(issue, name="KONG_SSL_CERT"):
    return {name: str(issue.folder / "tls.crt"), f"{name}_KEY": str(issue.folder / "tls.key")}


@pytest.fixture
def listener(issue):
    """Return a server over TLS that says which scheme the request came by, and reads its body."""

    def handle(request, exchange):
        return Response(200, f"{exchange.scheme} {len(exchange.body())}".encode())

    made = Listener(0, handle, "test", server_context(variables(issue), "KONG_SSL_CERT"))
    threading.Thread(target=made.accept_forever, daemon=True).start()
    yield made
    made.sock.shutdown(socket.SHUT_RDWR)
    made.sock.close()


def trusting(authority):
    return ssl.create_default_context(cadata=pem(authority.certificate).decode())


def ask(listener, context, name="localhost", body=b""):
    connection = http.client.HTTPSConnection(name, listener.port, timeout=10, context=context)
    try:
        connection.request("POST", "/", body)
        return connection.getresponse().read()
    finally:
        connection.close()


def test_who_trusts_the_authority_alone_connects_by_name_and_by_address(listener, issue):
    assert ask(listener, trusting(issue.authority)) == b"https 0"
    assert ask(listener, trusting(issue.authority), "127.0.0.1", PART) == b"https 500000"


def test_another_name_and_another_authority_are_refused_by_the_client(listener, issue):
    context = trusting(issue.authority)
    with (
        socket.create_connection(("127.0.0.1", listener.port), 10) as connection,
        pytest.raises(ssl.SSLCertVerificationError, match="evil.example"),
    ):
        context.wrap_socket(connection, server_hostname="evil.example")
    with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer|self.signed"):
        ask(listener, trusting(Authority("another", begin=now() - DAY)))


def test_nothing_older_than_tls_1_2_is_spoken(listener, issue):
    context = trusting(issue.authority)
    assert listener.tls.minimum_version == ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert ask(listener, context) == b"https 0"


def test_a_client_that_does_not_shake_hands_keeps_nobody_out(listener, issue):
    with socket.create_connection(("127.0.0.1", listener.port), 10):
        assert ask(listener, trusting(issue.authority)) == b"https 0"


def test_without_a_certificate_there_is_no_tls():
    assert server_context({}, "KONG_SSL_CERT") is None


@pytest.mark.parametrize("missing", ["KONG_SSL_CERT", "KONG_SSL_CERT_KEY"])
def test_one_of_the_two_is_an_error(issue, missing):
    with pytest.raises(ConfigurationError, match="only one of the two"):
        server_context({name: path for name, path in variables(issue).items() if name != missing}, "KONG_SSL_CERT")


def test_files_that_cannot_be_used_are_named(issue, tmp_path):
    other = tmp_path / "other.key"
    other.write_bytes(key_pem(new_key()))
    for key in (str(other), "/no/such.key"):
        with pytest.raises(ConfigurationError, match=f"KONG_SSL_CERT_KEY {key}"):
            server_context({**variables(issue), "KONG_SSL_CERT_KEY": key}, "KONG_SSL_CERT")


def test_the_upstream_is_told_the_scheme():
    request: Request = parse_request(b"GET /a HTTP/1.1\r\nHost: x:8443")
    route = Route("/a", True, False, Upstream("up", 80, "/", 1, 1))
    fields = dict(upstream_fields(request, "192.0.2.1", 8443, route, "https"))
    assert (fields["X-Forwarded-Proto"], fields["X-Forwarded-Port"]) == ("https", "8443")
