# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The declarative file: what is served, and what is refused by name."""

from __future__ import annotations

import hashlib
import json

import pytest

from stand_in.face import ConfigurationError
from stand_in.kong.declarative import EMPTY_DIGEST, load, parse


def document(**service):
    given = {"name": "fields", "url": "http://fields:3000", "routes": [{"name": "fields", "paths": ["/fields"]}]}
    return json.dumps({"_format_version": "3.0", "services": [{**given, **service}]})


def test_defaults_are_kongs():
    route = parse(document()).routes[0]
    assert (route.path, route.strip_path, route.preserve_host) == ("/fields", True, False)
    upstream = route.upstream
    assert (upstream.host, upstream.port, upstream.path, upstream.read_timeout) == ("fields", 3000, "/", 60)


def test_the_digest_is_the_md5_of_the_text(tmp_path):
    file = tmp_path / "kong.json"
    file.write_text(document(), encoding="utf-8")
    assert load(str(file)).digest == hashlib.md5(document().encode(), usedforsecurity=False).hexdigest()


def test_without_a_file_nothing_is_loaded():
    configuration = load("")
    assert (configuration.routes, configuration.digest) == ([], EMPTY_DIGEST)


REFUSED = {
    "no JSON": ("{", "not JSON"),
    "no format version": ('{"services": []}', "_format_version"),
    "entities it does not serve": ('{"_format_version": "3.0", "plugins": []}', "plugins not served"),
    "a plugin of a service": (document(plugins=[]), "service fields: plugins not served"),
    "a url without a scheme": (document(url="fields:3000"), "service fields: url is 'fields:3000'"),
    "a TLS upstream": (document(url="https://fields"), "url is 'https://fields'"),
    "a port that is no number": (document(url="http://fields:x"), "names no host and port"),
    "a regular expression": (document(routes=[{"paths": ["~/a$"]}]), "route 0: path '~/a$' is no prefix path"),
    "no paths": (document(routes=[{"name": "r", "paths": []}]), "route r: paths is []"),
    "a route by host": (document(routes=[{"hosts": ["h"], "paths": ["/"]}]), "hosts not served"),
    "a TLS route": (document(routes=[{"protocols": ["https"], "paths": ["/"]}]), "holds no http"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_needs_the_real_kong_is_refused_by_name(case):
    text, said = REFUSED[case]
    with pytest.raises(ConfigurationError) as refused:
        parse(text)
    assert said in str(refused.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match=r"absent\.json: No such file"):
        load(str(tmp_path / "absent.json"))
