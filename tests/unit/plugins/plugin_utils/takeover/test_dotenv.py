# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parsing a ``.env``."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from dotenv_cases import INVALID, VALID

from ansible_collections.sahool.platform.plugins.filter.dotenv_values import dotenv_values
from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.dotenv import DotenvError, parse


@pytest.mark.parametrize("text", VALID)
def test_a_value_is_what_compose_makes_of_it(text):
    assert parse(text)["A"] == VALID[text]


@pytest.mark.parametrize("text", INVALID)
def test_what_compose_refuses_is_refused_by_line(text):
    with pytest.raises(DotenvError) as error:
        parse(text)
    assert INVALID[text] in str(error.value)
    assert str(error.value).startswith("line ")


def test_a_name_without_a_value_is_left_out():
    assert parse("A\nB=1\nC") == {"B": "1"}


def test_no_value_is_in_a_message():
    with pytest.raises(AnsibleFilterError) as error:
        dotenv_values("A='Secret7Value\n", path="/srv/.env")
    assert "/srv/.env: line 1" in str(error.value)
    assert "Secret7Value" not in str(error.value)
