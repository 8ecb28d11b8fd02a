# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a body says about readiness and identity."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.sahool.platform.plugins.module_utils._health.body import first_false, judge, same
from ansible_collections.sahool.platform.plugins.module_utils._health.gate import Gate
from ansible_collections.sahool.platform.plugins.module_utils._health.http_exchange import Reply

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def judged(body, status=200, **options):
    gate = Gate.from_params({"name": "advisory-service", "protocol": "http", "port": 1, **options})
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return judge(gate, Reply(status, text, False))


READY = {"status": ["ok", "healthy"]}


@pytest.mark.parametrize(
    ("body", "options", "state", "detail"),
    [
        ({"status": "ok"}, {"json": READY}, "ready", ""),
        ({"status": "degraded"}, {"json": READY}, "not_ready", '`status` in the body is "degraded", expected "ok" or'),
        ({}, {"json": READY}, "not_ready", 'the body has no `status`, expected "ok" or "healthy"; the body says: {}'),
        (b"OK", {"json": READY}, "not_ready", "the body is not JSON; the body says: OK"),
        (b"", {"json": READY}, "not_ready", "the body is not JSON; the body is empty"),
        ({"a": [{"b": 1}]}, {"json": {"a.0.b": [1]}}, "ready", ""),
        ({"a.b": 1}, {"json": {"a.b": [1]}}, "ready", ""),
        ({"a": []}, {"json": {"a.0": [1]}}, "not_ready", "the body has no `a.0`, expected 1"),
        ({"a": None}, {"json": {"a": [None]}}, "ready", ""),
        ({"db": {"up": False}}, {"reject_false": True}, "not_ready", "`db.up` in the body is false"),
        ([1, {"x": [False]}], {"reject_false": True}, "not_ready", "`1.x.0` in the body is false"),
        (False, {"reject_false": True}, "not_ready", "the body is false"),
        ({"db": {"up": 0}}, {"reject_false": True}, "ready", ""),
        (b"plain text", {"reject_false": True}, "ready", ""),
        (b"all shards are ready", {"text": r"shards.*ready"}, "ready", ""),
        (b"not yet", {"text": r"^ready"}, "not_ready", "the body does not match '^ready'; the body says: not yet"),
    ],
)
def test_predicates(body, options, state, detail):
    answer = judged(body, **options)
    assert answer.state == state
    assert answer.detail.startswith(detail)


IDENTITY = {"identity_field": "service", "identity_accept": ["advisory-service", "agro_advisor"]}


@pytest.mark.parametrize(
    ("body", "status", "state", "identity"),
    [
        ({"service": "agro_advisor"}, 200, "ready", "agro_advisor"),
        ({"service": "agro_advisor"}, 503, "not_ready", "agro_advisor"),
        ({"service": "crop_health"}, 200, "wrong_service", "crop_health"),
        ({"service": "crop_health"}, 503, "wrong_service", "crop_health"),
        ({"service": ["agro_advisor"]}, 200, "wrong_service", "['agro_advisor']"),
        ({}, 200, "wrong_service", None),
        (b"<html>", 200, "wrong_service", None),
        (b"<html>", 502, "not_ready", None),
    ],
)
def test_identity_comes_before_status_and_its_absence_after(body, status, state, identity):
    answer = judged(body, status, **IDENTITY)
    assert (answer.state, answer.identity) == (state, identity)


def test_without_accepted_names_the_service_has_its_own():
    assert judged({"service": "advisory-service"}, identity_field="service").state == "ready"
    assert judged({"service": "agro_advisor"}, identity_field="service").state == "wrong_service"


@pytest.mark.parametrize(
    ("found", "accepted", "expected"),
    [
        (True, True, True),
        (True, 1, False),
        (1, True, False),
        (1, 1.0, True),
        (True, "True", True),
        (False, "true", False),
        (5, "5", True),
        ("5", 5, False),
        ("OK", "ok", False),
        (None, None, True),
        (None, "null", False),
    ],
)
def test_values_are_compared_as_json(found, accepted, expected):
    assert same(found, accepted) is expected


def holds_false(document):
    if isinstance(document, dict):
        return any(map(holds_false, document.values()))
    if isinstance(document, list):
        return any(map(holds_false, document))
    return document is False


@given(DOCUMENTS)
def test_a_false_is_found_wherever_it_is(document):
    assert (first_false(document) is not None) == holds_false(document)
