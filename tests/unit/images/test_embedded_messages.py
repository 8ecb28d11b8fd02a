# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP messages and streams of the small server."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.message import (
    CHUNKED,
    UNTIL_CLOSE,
    Headers,
    MessageError,
    Response,
    parse_request,
    parse_response,
    render_response,
    request_framing,
    response_framing,
)
from serving.stream import Closed, Stream


def stream_of(data: bytes) -> Stream:
    near, far = socket.socketpair()
    far.sendall(data)
    far.close()
    return Stream(near)


def test_a_request_is_taken_apart():
    request = parse_request(b"GET /a/b?x=1&y HTTP/1.1\r\nHost: h\r\nx-two: 1\r\nX-Two:  2 ")
    assert (request.method, request.path, request.query) == ("GET", "/a/b", "x=1&y")
    assert request.headers.get("X-TWO") == "1, 2"
    assert request.keeps_alive()


def test_an_absolute_target_is_a_path():
    assert parse_request(b"GET http://h:1/a?b HTTP/1.1").target == "/a?b"


@pytest.mark.parametrize(
    ("version", "connection", "kept"),
    [("1.1", "", True), ("1.1", "Close", False), ("1.0", "", False), ("1.0", "keep-alive", True)],
)
def test_whether_a_connection_stays_is_up_to_version_and_header(version, connection, kept):
    head = f"GET / HTTP/{version}\r\nConnection: {connection}"
    assert parse_request(head.encode()).keeps_alive() is kept


@pytest.mark.parametrize(
    "head", [b"", b"GET /", b"GET / HTTP/2", b"GET x HTTP/1.1", b"GET / HTTP/1.1\r\nno colon", b"G / HTTP/1.1\r\n a: b"]
)
def test_a_malformed_head_is_refused(head):
    with pytest.raises(MessageError):
        parse_request(head)


def test_two_ways_to_frame_a_body_are_refused():
    with pytest.raises(MessageError):
        request_framing(Headers([("Transfer-Encoding", "chunked"), ("Content-Length", "3")]))


@pytest.mark.parametrize(
    ("method", "status", "fields", "framing"),
    [
        ("GET", 200, [("Content-Length", "3")], 3),
        ("GET", 200, [("Transfer-Encoding", "chunked")], CHUNKED),
        ("GET", 200, [], UNTIL_CLOSE),
        ("HEAD", 200, [("Content-Length", "3")], 0),
        ("GET", 204, [], 0),
        ("GET", 304, [("Content-Length", "3")], 0),
    ],
)
def test_the_body_of_a_response_ends_where_the_standard_says(method, status, fields, framing):
    assert response_framing(method, status, Headers(fields)) == framing


def test_an_answer_to_head_has_length_but_no_body():
    rendered = render_response(Response(200, b"abc"), "s", keep=True, head_only=True)
    assert b"Content-Length: 3" in rendered
    assert rendered.endswith(b"\r\n\r\n")


def test_a_rendered_response_reads_back():
    status, reason, headers = parse_response(render_response(Response(503, b"no"), "s", keep=False)[:-6])
    assert (status, reason, headers.get("Server"), headers.get("Connection")) == (
        503,
        "Service Unavailable",
        "s",
        "close",
    )


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=5))
def test_a_chunked_body_is_read_and_copied_whole(chunks):
    wire = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    assert stream_of(wire + b"next").read_body(CHUNKED, 10_000) == b"".join(chunks)
    copied = []
    stream = stream_of(wire + b"next")
    stream.copy_body(CHUNKED, copied.append)
    assert b"".join(copied) == wire
    assert stream.read_exact(4) == b"next"


@pytest.mark.parametrize("wire", [b"-1\r\n", b"zz\r\n"])
def test_a_chunk_size_that_is_none_is_refused(wire):
    with pytest.raises(MessageError):
        stream_of(wire).read_body(CHUNKED, 100)


def test_a_body_beyond_the_limit_is_refused_before_it_is_read():
    with pytest.raises(MessageError) as refused:
        stream_of(b"").read_body(101, 100)
    assert refused.value.status == 413


def test_a_connection_that_ends_early_says_so():
    with pytest.raises(Closed):
        stream_of(b"ab").read_exact(3)
