# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy over the values of secrets."""

from __future__ import annotations

import base64
import configparser
import shlex
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.consumers import CONSUMERS
from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.known import known_kind
from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.strength import bits
from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.values import Policy, findings
from ansible_collections.sahool.platform.plugins.module_utils._secrets.value import generate
from ansible_collections.sahool.platform.plugins.plugin_utils._takeover import dotenv

GOOD = "Wq7fH2mZx9LpK4vTn8RbYc3D"  # pragma: allowlist secret
ASCII = st.text([chr(code) for code in range(1, 128)], min_size=1, max_size=12)


def checks(value: object, *, least: int = 24, **policy: object) -> list[str]:
    return [finding.check for finding in findings({"A": value}, [Policy("A", least, **policy)])]


def test_a_good_value_is_fine() -> None:
    assert checks(GOOD, consumers=list(CONSUMERS), user="sahool") == []


@given(st.integers(24, 64))
def test_generated_values_pass_everything(length: int) -> None:
    for _number in range(5):
        assert checks(generate(length), consumers=list(CONSUMERS), least=24) == []


def test_openssl_values_are_strong_enough() -> None:
    for _number in range(300):
        raw = generate(32).encode()[:24]
        assert checks(base64.b64encode(raw).decode()) == []
        assert checks(raw.hex()[:32]) == []


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, "no value"),
        ("", "an empty value"),
        (" \n", "an empty value"),
        (12345678, "a int"),
        (True, "a bool"),
        (["x"], "a list"),
        ({"x": "y"}, "a dict"),
    ],
)
def test_what_is_no_value_is_named_and_nothing_else_is_said(value: object, found: str) -> None:
    (finding,) = findings({"A": value}, [Policy("A", 24, ["url"])])
    assert (finding.severity, finding.check, finding.name, finding.found) == ("high", "presence", "A", found)


def test_a_secret_that_is_not_handed_over_is_missing() -> None:
    (finding,) = findings({}, [Policy("A", 24)])
    assert finding.line() == "high: A: found no value, expected one; set it"


def test_length() -> None:
    (finding,) = findings({"A": GOOD[:20]}, [Policy("A", 21)])
    assert (finding.check, finding.found, finding.expected) == ("length", "20 characters", "at least 21")
    assert checks(GOOD[:20], least=20) == []


@pytest.mark.parametrize(
    "value",
    [
        "abababababababababababab",  # a repeated part
        "GooseGooseGooseGooseGooseGoose",
        "abcdefghijklmnopqrstuvwxyz",  # steps of one
        "9876543210987654321098765432",
        "aaaaaaaaaaaaaaaaaaaaaaab",
    ],
)
def test_entropy(value: str) -> None:
    assert checks(value) == ["entropy"]


def test_bits_are_shannons() -> None:
    assert bits("") == bits("a") == 0
    assert bits("abac") == pytest.approx(4 * 1.5)  # two of four are a; the three steps all differ


@pytest.mark.parametrize(
    "value",
    [
        "change_this_password_in_production",
        "CHANGE_ME",
        "changeme",
        "Change-Me-Please-12345",
        "MUST_SET_IN_PRODUCTION_x1",
        "<will-be-generated>",
        "{{ vault_password }}",
        "${POSTGRES_PASSWORD}",
        "your_secret_key",
        "replace-with-a-key",
        "xxxxxxxxxxxxxxxx",
        "placeholder1",
    ],
)
def test_placeholders(value: str) -> None:
    assert known_kind(value) == "a placeholder"
    assert "default" in checks(value)


@pytest.mark.parametrize(
    "value",
    ["admin", "Admin123", "farmer123", "postgres", "sahool", "password", "default-secret", "minioadmin", "kong123!"],
)
def test_known_defaults(value: str) -> None:
    assert known_kind(value) == "a known default"
    assert checks(value) == ["default", "length", "entropy"]


def test_all_secrets_with_one_value_are_named_together() -> None:
    secrets = {"A": GOOD, "B": GOOD[::-1], "C": GOOD, "D": " ", "E": " "}
    policies = [Policy(name, 24) for name in secrets]
    (finding,) = [finding for finding in findings(secrets, policies) if finding.check == "reuse"]
    assert (finding.name, finding.found) == ("A, C", "one value for all 2")


def test_the_name_of_the_user() -> None:
    assert "user" in checks("Sahool_IoT", user="sahool_iot")
    (finding,) = findings({"A": "SAHOOL" + GOOD}, [Policy("A", 24, (), "sahool")])
    assert (finding.severity, finding.check) == ("medium", "user")
    assert checks("abc" + GOOD, user="abc") == []  # too short to be more than chance
    assert checks(GOOD, user="") == []


@pytest.mark.parametrize(
    ("consumer", "bad"),
    [
        ("url", ["/", "?", "#", "@", "[", "]", "%", " ", '"', "é", "\\", "\n"]),
        ("compose", ["$", "\n"]),
        ("nats", ["$", '"', " ", ".", "=", "/", "+"]),
        ("sql", ["'", '"', "\\", "\n"]),
        ("ini", ["'", '"', "\\", ";", "#", "%", " ", "\t", "\n"]),
        ("shell", ["$", "'", '"', "`", "!", "&", ";", " ", "*", "~", "(", "\n"]),
        ("env_file", ["'", '"', "`", "\\", "$", "#", "\n", "\r"]),
    ],
)
def test_each_consumer_has_its_own_rule(consumer: str, bad: list[str]) -> None:
    for character in bad:
        value = GOOD[:12] + character + GOOD[12:]
        (finding,) = findings({"A": value}, [Policy("A", 24, [consumer])])
        assert (finding.severity, finding.check) == ("high", "characters")
        assert f"({consumer})" in finding.found
        assert checks(value) == []


@pytest.mark.parametrize("value", ["1234567", "10k", "5G", "true", "OFF", "1e5", "-5x", "$x", "(x", '"x', "_x", ""])
def test_what_nats_takes_for_something_else_than_text(value: str) -> None:
    assert not CONSUMERS["nats"].takes(value)


def test_edges() -> None:
    assert not CONSUMERS["shell"].takes("-rf")
    assert not CONSUMERS["env_file"].takes(" a")
    assert not CONSUMERS["env_file"].takes("a ")


def test_several_consumers_are_each_named() -> None:
    assert checks(GOOD + "'$", consumers=["url", "compose", "sql", "compose"]) == ["characters", "characters"]


@given(ASCII)
def test_what_passes_for_a_url_is_read_back_from_one(value: str) -> None:
    if CONSUMERS["url"].takes(value):
        url = urlsplit(f"postgresql://user:{value}@host:5432/name")
        assert (url.username, url.password, url.hostname, url.port, url.path) == ("user", value, "host", 5432, "/name")


@given(ASCII)
def test_what_passes_for_a_shell_is_one_word(value: str) -> None:
    if CONSUMERS["shell"].takes(value):
        assert shlex.split(f"x {value}") == ["x", value]


@given(ASCII)
def test_what_passes_for_an_ini_file_is_read_back_from_one(value: str) -> None:
    if CONSUMERS["ini"].takes(value):
        parser = configparser.ConfigParser()
        parser.read_string(f"[a]\nb = {value}\n")
        assert parser["a"]["b"] == value


@given(ASCII)
def test_what_passes_for_an_env_file_is_read_back_from_one(value: str) -> None:
    if CONSUMERS["env_file"].takes(value):
        assert dotenv.parse(f"A={value}\n") == {"A": value}
