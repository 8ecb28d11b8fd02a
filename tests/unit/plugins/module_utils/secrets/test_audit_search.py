# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding given values in text, fast and in whatever form."""

from __future__ import annotations

import base64
import io
import json
import re
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.lines import Line, lines_of, pieces
from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.needles import Needles, can_be_searched
from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.scan import Scan

VALUE = 'Wq7/fH2m+Zx9"Lp é$K4vTn8'  # pragma: allowlist secret
VALUES = st.text(min_size=8, max_size=40).filter(can_be_searched).filter(lambda value: "\n" not in value)
AROUND = st.binary(max_size=40)


def form_of(text: bytes, **secrets: str) -> set[tuple[str, str]]:
    needles = Needles(secrets or {"A": VALUE})
    found = needles.within(text)
    assert needles.may_be_in(text) or not found
    assert len(found) == len(set(found))
    return set(found)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (f"password={VALUE}", "as it is"),
        (quote(VALUE), "URL-encoded"),
        (quote(VALUE, safe=""), "URL-encoded"),
        (re.sub("%..", lambda escape: escape[0].lower(), quote(VALUE)), "URL-encoded"),
        (quote_plus(VALUE), "URL-encoded"),
        (json.dumps({"a": VALUE}), "JSON-escaped"),
        (json.dumps({"a": VALUE}, ensure_ascii=False), "JSON-escaped"),
        (json.dumps({"a": VALUE}).replace("/", "\\/"), "JSON-escaped"),
        (base64.b64encode(VALUE.encode()).decode(), "in base64"),
        (base64.b64encode(VALUE.encode() + b"\n").decode(), "in base64"),
        (base64.b64encode(b"u:" + VALUE.encode()).decode(), "in base64"),
        (base64.b64encode(b"user:" + VALUE.encode() + b"@").decode(), "in base64"),
        (base64.urlsafe_b64encode(b"1234" + VALUE.encode()).decode(), "in base64"),
    ],
)
def test_forms(text: str, form: str) -> None:
    assert ("A", form) in form_of(text.encode())


@given(value=VALUES, before=AROUND, after=AROUND)
def test_a_value_is_found_wherever_it_stands(value: str, before: bytes, after: bytes) -> None:
    raw = value.encode()
    for text in (raw, json.dumps(value).encode(), quote(value).encode(), quote_plus(value).encode()):
        needles = Needles({"A": value})
        assert needles.may_be_in(before + text + after)
        assert needles.within(before + text + after)
    encoded = base64.b64encode(before + raw + after)
    assert needles.may_be_in(encoded)
    assert ("A", "in base64") in needles.within(encoded)


@given(value=VALUES, text=st.binary(max_size=200))
def test_what_is_not_there_is_not_found(value: str, text: bytes) -> None:
    if value.encode() not in text:
        assert ("A", "as it is") not in Needles({"A": value}).within(text)


def test_many_needles_in_much_text_do_not_confuse_the_words() -> None:
    secrets = {f"S{number}": f"{number:03d}abcdefghij{number:03d}KLMN" for number in range(100)}
    needles = Needles(secrets)
    text = b"lorem ipsum dolor sit amet " * 4000
    assert not needles.may_be_in(text)
    assert needles.may_be_in(text + secrets["S42"].encode())


@pytest.mark.parametrize("value", ["short12", "changeme", "postgres", None, 12345678, ["12345678"]])
def test_what_is_a_word_of_any_text_is_not_searched(value: object) -> None:
    needles = Needles({"A": value})
    assert needles.searched == 0
    assert not needles.may_be_in(b"12345678 changeme postgres short12" * 9)


def test_one_value_of_two_names_is_found_for_both() -> None:
    assert {name for name, _form in form_of(b"x" + VALUE.encode(), A=VALUE, B=VALUE)} == {"A", "B"}


def test_each_line_of_a_value_of_several_lines_is_found() -> None:
    key = "first\n" + "A1b2C3d4" * 4 + "\n" + "E5f6G7h8" * 4
    assert form_of(b"  E5f6G7h8E5f6G7h8E5f6G7h8E5f6G7h8  ", A=key) == {("A", "as it is")}
    assert form_of(b"first", A=key) == set()
    assert ("A", "JSON-escaped") in form_of(json.dumps(key).encode(), A=key)


def test_a_lone_surrogate_does_no_harm() -> None:
    assert Needles({"A": "\ud800" * 10}).searched in (0, 1)
    assert Needles({"A": "abcdefg\ud800hijklm"}).within(b"nothing") == []


def test_hiding() -> None:
    assert Needles({"A": "Wq7fH2mZx9Lp"}).hide(b"dir/Wq7fH2mZx9Lp.txt") == b"dir/***.txt"


def test_lines() -> None:
    found = [(line.number, line.text, line.before) for line in lines_of(b"p", io.BytesIO(b"a\r\nb\n\nc"))]
    assert found == [(1, b"a", b""), (2, b"b", b"a"), (3, b"", b"b"), (4, b"c", b"")]


def test_a_huge_line_comes_in_pieces_that_cut_nothing_in_two() -> None:
    needle = b"Wq7fH2mZx9LpK4vT"
    for position in range((1 << 20) - 20, (1 << 20) + 4):
        text = b"." * position + needle + b"." * ((1 << 20) + 100) + b"\nnext"
        parts = list(pieces(io.BytesIO(text)))
        assert [goes_on for _text, goes_on in parts] == [False, True, True, False]
        assert any(needle in part for part, _goes_on in parts)
        assert max(len(part) for part, _goes_on in parts) < 1.1 * (1 << 20)
        assert parts[-1][0] == b"next"


def test_the_oldest_commit_and_the_first_line_count() -> None:
    scan = Scan(Needles({"A": "Wq7fH2mZx9LpK4vT"}), None)
    text = b"Wq7fH2mZx9LpK4vT"
    scan.take([Line(b"p", 3, text), Line(b"p", 7, text)])
    scan.take([Line(b"p", 4, text, b"", "new"), Line(b"p", 5, text, b"", "old")])
    assert [tuple(place) for place in scan.in_tree.values()] == [(3, None)]
    assert [tuple(place) for place in scan.in_history.values()] == [(5, "old")]
    assert scan.lines == 4
