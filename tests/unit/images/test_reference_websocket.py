# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WebSocket frames (RFC 6455)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.websocket import (
    BINARY,
    CLOSE,
    MESSAGE_LIMIT,
    PING,
    TEXT,
    TOO_BIG,
    FrameError,
    accept_key,
    close_payload,
    encode,
    read_frame,
    unmask,
)


def reader(data: bytes):
    rest = [data]

    def read_exact(count: int) -> bytes:
        taken, rest[0] = rest[0][:count], rest[0][count:]
        assert len(taken) == count
        return taken

    return read_exact


def client_frame(first: int, payload: bytes, mask: bytes = b"\x01\x02\x03\x04") -> bytes:
    """Return a masked frame, made from the server's by its own head."""
    unmasked = encode(first & 0x0F, payload)
    head = bytes([first, unmasked[1] | 0x80]) + unmasked[2 : len(unmasked) - len(payload)]
    return head + mask + bytes(byte ^ mask[position % 4] for position, byte in enumerate(payload))


def test_the_accept_key_is_that_of_the_standards_example():
    # RFC 6455, section 1.3
    assert accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


@pytest.mark.parametrize("key", ["", "????", "dG9vIHNob3J0"])
def test_a_malformed_key_is_refused(key):
    with pytest.raises(FrameError):
        accept_key(key)


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65535, 65536])
def test_a_frame_of_every_length_form_reads_back(length):
    payload = bytes(range(256)) * 257
    frame = client_frame(0x80 | BINARY, payload[:length])
    assert read_frame(reader(frame)) == (True, BINARY, payload[:length])


@given(st.binary(max_size=200), st.binary(min_size=4, max_size=4))
def test_unmasking_twice_gives_the_payload_back(payload, mask):
    assert unmask(unmask(payload, mask), mask) == payload


def test_the_standards_masked_hello_reads_as_hello():
    # RFC 6455, section 5.7
    frame = bytes.fromhex("818537fa213d7f9f4d5158")
    assert read_frame(reader(frame)) == (True, TEXT, b"Hello")


REFUSED = {
    "not masked": encode(TEXT, b"x"),
    "reserved bit": client_frame(0xC0 | TEXT, b"x"),
    "unknown opcode": client_frame(0x83, b"x"),
    "ping in parts": client_frame(PING, b"x"),
    "long ping": client_frame(0x80 | PING, b"x" * 126),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_forbidden_frame_is_refused(case):
    with pytest.raises(FrameError) as refused:
        read_frame(reader(REFUSED[case]))
    assert refused.value.code == 1002


def test_a_frame_beyond_the_limit_is_refused_before_its_payload_is_read():
    head = bytes([0x80 | BINARY, 0xFF]) + (MESSAGE_LIMIT + 1).to_bytes(8, "big")
    with pytest.raises(FrameError) as refused:
        read_frame(reader(head))
    assert refused.value.code == TOO_BIG


def test_a_long_reason_still_fits_a_control_frame():
    assert len(encode(CLOSE, close_payload(1002, "x" * 500))) == 2 + 125
