# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gates: what is taken, what is refused, and that option, documentation and field are one."""

from __future__ import annotations

from dataclasses import fields

import pytest
import yaml

from ansible_collections.sahool.platform.plugins.doc_fragments._gate import ModuleDocFragment
from ansible_collections.sahool.platform.plugins.module_utils._health.gate import GATE_OPTIONS, Gate, GateError


def test_absent_and_null_options_have_their_defaults():
    gate = Gate.from_params({"name": "a", "protocol": "tcp", "port": 1, "status": None, "text": None})
    assert gate == Gate("a", "tcp", port=1)
    assert gate.status == (200,)


def test_fields_options_and_documentation_are_the_same():
    documented = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]["services"]["suboptions"]
    assert [field.name for field in fields(Gate)] == list(GATE_OPTIONS)
    assert set(documented) == set(GATE_OPTIONS)
    for name, option in GATE_OPTIONS.items():
        for key in ("type", "elements", "choices", "default"):
            assert documented[name].get(key) == option.get(key), (name, key)
        assert documented[name].get("required", False) == option.get("required", False), name


def test_defaults_of_options_and_fields_agree():
    given = {name: option["default"] for name, option in GATE_OPTIONS.items() if "default" in option}
    assert Gate.from_params({**given, "name": "a", "protocol": "tcp", "port": 1}) == Gate("a", "tcp", port=1)


HTTP = {"protocol": "http", "port": 80}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "`protocol` is missing, it should be one of http, tcp"),
        ({"protocol": "tcp"}, "`port` is None, it should be 1 to 65535"),
        ({"protocol": "tcp", "port": 65536}, "`port` is 65536"),
        ({**HTTP, "consecutive": 0}, "`consecutive` is 0, it should be at least 1"),
        ({**HTTP, "timeout": 0}, "`timeout` is 0 s"),
        ({**HTTP, "min_interval": -1}, "`min_interval` is -1 s"),
        ({**HTTP, "deadline": 0}, "`deadline` is 0 s"),
        ({**HTTP, "path": "ready"}, "`path` is 'ready', it should begin with /"),
        ({**HTTP, "path": "/a\r\nHost: evil"}, "should begin with / and have no blanks"),
        ({**HTTP, "header": "X: evil", "password": "p"}, "should be the name of an HTTP header"),
        ({**HTTP, "header": "api-key"}, "`header` is given without the `password`"),
        ({**HTTP, "header": "api-key", "password": "a\r\nb"}, "`password` has a line break"),
        ({**HTTP, "text": "("}, "`text` is not a regular expression"),
        ({"protocol": "postgres", "port": 1}, "`username` is missing, postgres is asked with a login"),
        ({**HTTP, "colour": "red"}, "unknown gate option colour"),
    ],
)
def test_a_gate_that_cannot_be_asked_is_refused(options, problem):
    with pytest.raises(GateError, match=r"^service a: ") as caught:
        Gate.from_params({"name": "a", **options})
    assert problem in str(caught.value)


def test_all_problems_are_named_at_once():
    with pytest.raises(GateError) as caught:
        Gate.from_params({"name": "a", "protocol": "http", "path": "x", "consecutive": 0})
    assert str(caught.value).count(";") == 2


def test_a_gate_does_not_show_its_password():
    assert "S3cret" not in repr(Gate("a", password="S3cret"))


def test_what_is_expected_is_said_in_words():
    gate = Gate.from_params(
        {
            **HTTP,
            "name": "a",
            "path": "/r",
            "status": [200, 204],
            "json": {"status": ["ok", "ready"]},
            "reject_false": True,
            "identity_field": "service",
            "identity_container": True,
        }
    )
    assert gate.target == "http://127.0.0.1:80/r"
    assert gate.expected == (
        "status 200 or 204, status in the body is ok or ready, nothing in the body is false, service names a,"
        " from the container of this service"
    )


@pytest.mark.parametrize(
    ("options", "probed"),
    [
        ({"protocol": "tcp", "port": 1}, True),
        ({"one_shot": True}, False),
        ({"one_shot": True, "protocol": "tcp", "port": 1}, True),
        ({"one_shot": True, "protocol": "tcp", "port": 1, "wait_for_probe": False}, False),
    ],
)
def test_what_has_to_be_asked(options, probed):
    assert Gate.from_params({"name": "a", **options}).probed is probed
