# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must not be seen in messages, and what must remain readable."""

from __future__ import annotations

import time

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._rollout.redact import Redactor

KNOWN = Redactor(["hunter2secret", "postgresql://u:abcdefgh@h/d", "true", "hunter2secret-longer"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("login hunter2secret failed", "login *** failed"),
        ("hunter2secret-longer", "***"),  # the longest first, or its end would remain
        ("password abcdefgh from the URL", "password *** from the URL"),
        ("this is true", "this is true"),  # too short to be told from a word
        ("redis://:q1@r:6379/0 postgres://a:p@ss@h/db", "redis://:***@r:6379/0 postgres://a:***@h/db"),
        ("DB_PASSWORD=foo bar", "DB_PASSWORD=*** bar"),
        ('{"client_secret": "abc", "b": 1}', '{"client_secret": "***", "b": 1}'),
        ("--admin-password=x1y2", "--admin-password=***"),
        ("api-key: 12345678", "api-key: ***"),
        ("Authorization: Bearer abcdef123456", "Authorization: Bearer ***"),
        ("authorization: Basic dXNlcjpwYXNz", "authorization: Basic ***"),
        ("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "token ***"),
    ],
)
def test_secrets_are_hidden(text, shown):
    assert KNOWN(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "FATAL:  password authentication failed for user sahool",
        "password: required",
        "POSTGRES_PASSWORD=${POSTGRES_PASSWORD}",
        "http://127.0.0.1:8080/a?x=1 refused",
        "the bearer of bad news",
        "secret_key: missing",
    ],
)
def test_what_only_talks_of_secrets_remains(text):
    assert KNOWN(text) == text


def test_what_is_redacted_stays_so_when_it_is_redacted_again():
    once = KNOWN("DB_PASSWORD=foo redis://:q1@r Authorization: Bearer abcdef123456")
    assert KNOWN(once) == once


def test_a_line_without_end_costs_no_time():
    began = time.process_time()
    for text in ("x" * 100_000, "://a:" * 20_000, "password" * 10_000, "eyJ" * 30_000):
        KNOWN(text[:4000])
    assert time.process_time() - began < 2
