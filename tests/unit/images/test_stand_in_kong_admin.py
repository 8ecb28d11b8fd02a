# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Admin API's answers, held to the shape of a real Kong 3.4.2 without a database."""

from __future__ import annotations

import json
import re

import pytest

from serving.message import Headers, Request
from stand_in.kong import admin, proxy


def ask(path, method="GET", digest="0" * 32):
    response = admin.answer(Request(method, path, "HTTP/1.1", Headers()), admin.Node(digest, "/kong.json"))
    return response, json.loads(response.body)


def shape(value):
    """Return ``value`` with every leaf replaced by what is compared: texts by their form, numbers by their type."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    if isinstance(value, str):
        return re.sub(r"[0-9a-f]{32}", "<digest>", re.sub(r"\d+\.\d\d", "<number>", value))
    return type(value).__name__


def test_status_has_the_shape_that_a_real_kong_has(vectors):
    recorded = vectors("dl-01-info")["get-status"]["response"]
    response, body = ask("/status")
    assert response.status == recorded["status"]
    assert shape(body) == shape(recorded["body"])


def test_an_empty_configuration_shows_as_zeros_as_it_does_in_kong(vectors):
    recorded = vectors("dl-01-info")["get-status"]["response"]["body"]
    assert ask("/status")[1]["configuration_hash"] == recorded["configuration_hash"]


def test_the_headers_are_those_of_kong_except_for_the_mark(vectors):
    recorded = vectors("dl-01-info")["get-status"]["response"]["headers"]
    headers = dict(ask("/status")[0].headers)
    assert headers.pop("X-Stand-In") == "sahool.platform stand-in for kong"
    recorded.pop("Server")
    assert headers == recorded


def test_the_fields_of_the_root_are_those_of_kong(vectors):
    recorded = vectors("dl-01-info")["get-root"]["response"]["body"]
    body = ask("/")[1]
    assert body.pop("stand_in") == "sahool.platform stand-in for kong"
    assert body["version"] == recorded["version"]
    assert body["tagline"] == recorded["tagline"]
    assert set(body) <= set(recorded)
    assert {key: type(body[key]) for key in body} == {key: type(recorded[key]) for key in body}


@pytest.mark.parametrize("path", ["/services", "/routes", "/config", "/services/nope"])
def test_what_only_the_real_kong_serves_is_said_to_be_so(path):
    response, body = ask(path)
    assert response.status == 501
    assert f"not {path}" in body["message"]


def test_an_unknown_path_is_not_found_as_in_kong(vectors):
    recorded = vectors("dl-01-info")["get-services-nope"]["response"]
    response, body = ask("/nope")
    assert (response.status, body) == (recorded["status"], recorded["body"])


def test_status_is_read_only():
    assert ask("/status", "POST")[0].status == 405


@pytest.mark.parametrize(
    ("exchange", "status", "message", "reached"),
    [
        ("no-route", 404, proxy.NO_ROUTE, False),
        ("dead-502", 502, proxy.BAD_UPSTREAM, True),
        ("slow-504", 504, proxy.SLOW_UPSTREAM, True),
    ],
)
def test_the_gateways_own_answers_read_as_kongs(vectors, exchange, status, message, reached):
    recorded = vectors("pg-15-proxy")[exchange]["response"]
    response = proxy.refusal(status, message, reached)
    assert (response.status, json.loads(response.body)) == (recorded["status"], recorded["body"])
    names = {name for name, _value in response.headers} - {"X-Stand-In"}
    assert names <= set(recorded["headers"])
