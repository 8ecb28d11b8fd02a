# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Route matching and the upstream's path, held to what a real Kong did."""

from __future__ import annotations

import pytest

from serving.message import Headers, Request
from stand_in.kong.declarative import parse
from stand_in.kong.proxy import upstream_fields
from stand_in.kong.routes import Route, Upstream, match, upstream_path

FILE = """{"_format_version": "3.0", "services": [{"name": "echo", "url": "http://127.0.0.1:19080/base", "routes": [
  {"name": "echo", "paths": ["/echo"]},
  {"name": "ns", "paths": ["/ns"], "strip_path": false, "preserve_host": true}]}]}"""


@pytest.mark.parametrize("exchange", ["strip", "nostrip", "prefix"])
def test_a_proxied_request_reaches_the_upstream_as_it_does_behind_kong(vectors, exchange):
    recorded = vectors("pg-15-proxy")[exchange]
    asked, seen = recorded["request"], recorded["response"]["body"]
    fields = [("Host", asked["headers"].get("Host", "127.0.0.1:18000"))]
    target = asked["path"] + (f"?{asked['query']}" if asked["query"] else "")
    request = Request("GET", target, "HTTP/1.1", Headers(fields))

    route = match(parse(FILE).routes, request.path)

    path = upstream_path(route, request.path) + (f"?{request.query}" if request.query else "")
    assert path == seen["path"]
    sent = {name.lower(): value for name, value in upstream_fields(request, "127.0.0.1", 18000, route)}
    assert sent.pop("host") == seen["host"]
    assert sent.pop("connection") == "close"
    assert sent == seen["headers"]


def test_no_route_matches_an_unknown_path():
    assert match(parse(FILE).routes, "/unknown") is None


def test_the_longest_path_wins_whatever_the_order_of_the_file():
    text = """{"_format_version": "3.0", "services": [
      {"name": "a", "url": "http://a", "routes": [{"paths": ["/"]}]},
      {"name": "b", "url": "http://b", "routes": [{"paths": ["/fields"]}]},
      {"name": "c", "url": "http://c", "routes": [{"paths": ["/fields/north"]}]}]}"""
    routes = parse(text).routes
    found = [match(routes, path).upstream.host for path in ("/x", "/fields/x", "/fields/north/x")]
    assert found == ["a", "b", "c"]


# Kong 3.4's path handling v0: (route, service path, strip, asked, expected).
PATHS = [
    ("/s", "/", True, "/s", "/"),
    ("/s", "/", True, "/s/", "/"),
    ("/s", "/", True, "/s/healthz", "/healthz"),
    ("/s", "/", True, "/sx", "/x"),
    ("/s", "/base", True, "/s", "/base"),
    ("/s/", "/base", True, "/s/", "/base/"),
    ("/s", "/base/", True, "/s/a", "/base/a"),
    ("/s", "/base/", True, "/sa", "/base/a"),
    ("/s", "/base/", True, "/s", "/base"),
    ("/s", "/", False, "/s/a", "/s/a"),
    ("/s", "/base", False, "/s/a", "/base/s/a"),
    ("/", "/base", False, "/", "/base"),
]


@pytest.mark.parametrize(("route", "base", "strip", "asked", "expected"), PATHS)
def test_the_upstream_path_is_joined_as_kong_joins_it(route, base, strip, asked, expected):
    upstream = Upstream("h", 80, base, 1, 1)
    assert upstream_path(Route(route, strip, False, upstream), asked) == expected
