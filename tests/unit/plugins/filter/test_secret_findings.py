# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a deployment from starting, and what is only said."""

from __future__ import annotations

import pytest

from ansible_collections.sahool.platform.plugins.filter.secret_findings import secret_findings
from ansible_collections.sahool.platform.plugins.module_utils._secrets.value import generate

POLICY = [
    {"name": "POSTGRES_PASSWORD", "consumers": ["url", "sql"], "user": "sahool"},
    {"name": "NATS_PASSWORD", "consumers": ["nats"]},
    {"name": "JWT_SECRET_KEY"},
]
GOOD = {policy["name"]: generate(32) for policy in POLICY}


def test_generated_values_are_good():
    assert [secret_findings(GOOD, policy=POLICY, stopping=stopping) for stopping in (True, False)] == [[], []]


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("POSTGRES_PASSWORD", None, "no value"),
        ("POSTGRES_PASSWORD", "", "an empty value"),
        ("POSTGRES_PASSWORD", 12345, "a int"),
        ("POSTGRES_PASSWORD", "change_this_secure_password_1234", "a placeholder"),
        ("POSTGRES_PASSWORD", "postgres", "a known default"),
        ("POSTGRES_PASSWORD", "abcdefghijklmnop/qrstuvwxyz12345", "a URL"),
        ("NATS_PASSWORD", "1234567890123456789012345678901k", "nats-server"),
    ],
)
def test_what_cannot_be_used_stops_and_is_named_without_its_value(name, value, part):
    (line,) = secret_findings({**GOOD, name: value}, policy=POLICY)
    assert line.startswith(f"{name}: found ") and part in line
    assert not value or str(value) not in line


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"POSTGRES_PASSWORD": "zK4vB9qLm2"}, "at least 24"),
        ({"JWT_SECRET_KEY": "zK4vB9qLm2xW7tRc8nYpD3sFg"}, "at least 32"),
        ({"POSTGRES_PASSWORD": GOOD["NATS_PASSWORD"]}, "one value for all 2"),
        ({"POSTGRES_PASSWORD": "zK4vB9qLm2xW7tsahoolD3sFgAq1"}, "the name of its user within"),
    ],
)
def test_what_is_weak_is_said_and_stops_nothing(changes, part):
    secrets = {**GOOD, **changes}
    assert secret_findings(secrets, policy=POLICY) == []
    assert part in " ".join(secret_findings(secrets, policy=POLICY, stopping=False))


def test_something_else_than_a_dictionary():
    assert "found no dictionary" in secret_findings("hunter2", policy=POLICY)[0]
    assert secret_findings("hunter2", policy=POLICY, stopping=False) == []
