# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module secrets_audit: its options and results, and that it never shows a value."""

from __future__ import annotations

import base64
import json
import os
import pathlib
import typing as t
from urllib.parse import quote

import pytest
from git_repository import ENVIRONMENT, Repository
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from module_process import run_module
from service_call import call

from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.consumers import CONSUMERS
from ansible_collections.sahool.platform.plugins.module_utils._secrets.value import generate

VALUE = "Wq7/fH2m+Zx9Lp?K4vTn8Rb"  # pragma: allowlist secret
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
UNUSUAL = st.text("QXZqxz0123456789!$%&/\\\"'#@:+ äé\n\t", min_size=1, max_size=40)
# As values these would be masked in every finding.
WORDS = ["a", "e", "1", "0", "found", "expected", "high", "A", "B", "value", "characters", "sahool"]


def audit(**options: t.Any) -> dict[str, t.Any]:
    return call("secrets_audit", {"fail_on": "never", **options})


def lines(result: dict[str, t.Any]) -> list[str]:
    return [f"{item['severity']} {item['check']} {item['name']}" for item in result["findings"]]


def test_nothing_asked_is_nothing_found() -> None:
    result = run_module("secrets_audit", {})
    assert (result["changed"], result["findings"], result["messages"]) == (False, [], [])
    assert result["counts"] == {"high": 0, "medium": 0, "low": 0, "unknown": 0}
    assert set(result["checked"].values()) == {0}


@pytest.mark.parametrize("check", [True, False])
def test_all_findings_come_at_once_the_worst_first(tmp_path: pathlib.Path, check: bool) -> None:
    repo = Repository(tmp_path / "checkout")
    repo.commit(".env", f"A={VALUE}\n")
    (repo.path / ".env").chmod(0o644)
    repo.path.chmod(0o700)
    options = {
        "secrets": {"A": VALUE, "B": "admin", "C": VALUE},
        "policy": [
            {"name": "MISSING"},
            {"name": "A", "minimum_length": 25, "consumers": ["url", "nats"], "user": "wq7/f"},
        ],
        "created": {"A": "2020-01-01", "B": "2999-01-01"},
        "files": [{"path": str(repo.path / ".env")}, {"path": str(tmp_path / "none")}],
        "repository": str(repo.path),
    }
    result = run_module("secrets_audit", options, check=check, environment=ENVIRONMENT)
    assert result["failed"]
    assert not result["changed"]
    assert lines(result) == [
        "high presence MISSING",
        "high length A",
        "high characters A",
        "high characters A",
        "high default B",
        "high length B",
        "high entropy B",
        "high length C",
        "high reuse A, C",
        f"high mode {repo.path}/.env",
        f"high file {tmp_path}/none",
        f"high tracked {repo.path}/.env",
        "high tree A",
        "high tree C",
        "medium user A",
        "medium age A",
        "medium age B",
        "unknown age MISSING",
        "unknown age C",
    ]
    headline, *rest = result["msg"].split("\n")
    assert headline == "19 findings (14 high, 3 medium, 2 unknown); nothing was changed."
    assert rest == result["messages"]
    assert result["counts"] == {"high": 14, "medium": 3, "low": 0, "unknown": 2}
    assert result["checked"]["secrets"] == 4
    assert "2 findings are of severity unknown: something could not be judged" in json.dumps(result["warnings"])
    assert VALUE not in result["output"]
    for finding, message in zip(result["findings"], result["messages"]):
        assert set(finding) == {"severity", "check", "name", "found", "expected", "fix"}
        assert "\n" not in message
        assert all(finding[part] in message for part in ("name", "found", "expected", "fix"))


@pytest.mark.parametrize(
    ("options", "failing"),
    [
        ({"secrets": {"A": ""}}, {"high", "medium", "low"}),
        ({"created": {"A": "2020-01-01"}}, {"medium", "low"}),
        ({"created": {"A": None}}, {"low"}),
        ({"secrets": {"A": generate(32)}}, set()),
    ],
)
def test_fail_on(options: dict[str, t.Any], failing: set[str]) -> None:
    for fail_on in ("high", "medium", "low", "never"):
        assert bool(call("secrets_audit", {**options, "fail_on": fail_on}).get("failed")) == (fail_on in failing)
    assert bool(call("secrets_audit", options).get("failed")) == ("high" in failing)


def test_one_finding_is_one() -> None:
    assert call("secrets_audit", {"secrets": {"A": None}})["msg"].startswith(
        "1 finding (1 high); nothing was changed.\n"
    )


def test_lengths_by_default() -> None:
    good = {"A": generate(24), "JWT_SECRET_KEY": generate(32)}
    assert audit(secrets=good)["findings"] == []
    assert lines(audit(secrets={"A": generate(23)})) == ["high length A"]
    assert lines(audit(secrets={"JWT_SECRET_KEY": generate(31)})) == ["high length JWT_SECRET_KEY"]
    assert lines(audit(secrets=good, minimum_length=33)) == ["high length A", "high length JWT_SECRET_KEY"]
    policy = [{"name": "JWT_SECRET_KEY", "minimum_length": 16}]
    assert audit(secrets={"JWT_SECRET_KEY": generate(16)}, policy=policy)["findings"] == []


def test_generated_values_pass_all_consumers() -> None:
    policy = [{"name": "A", "consumers": list(CONSUMERS)}]
    assert audit(secrets={"A": generate(32)}, policy=policy)["findings"] == []


def test_maximum_age() -> None:
    assert lines(audit(created={"A": "2020-01-01"}, maximum_age=36500)) == []
    assert lines(audit(secrets={"A": generate(32)}, created={})) == ["unknown age A"]


@pytest.mark.parametrize(
    ("mode", "fine"), [("0644", True), ("644", True), (0o644, True), ("0640", False), (0o640, False)]
)
def test_mode(tmp_path: pathlib.Path, mode: object, fine: bool) -> None:
    path = tmp_path / "x"
    path.touch(0o644)
    os.chmod(path, 0o644)
    assert (lines(audit(files=[{"path": str(path), "mode": mode}])) == []) == fine


@pytest.mark.parametrize("mode", ["rw", "u=rw", "0888", 644, -1, ["0600"], "01777"])
def test_a_mode_that_is_none_is_refused(mode: object) -> None:
    result = audit(files=[{"path": "/x", "mode": mode}])
    assert result["msg"] == "files: mode is none; expected octal digits in quotes, such as '0600'"


def test_a_secret_that_the_policy_names_twice_is_refused() -> None:
    assert audit(policy=[{"name": "A"}, {"name": "A"}])["msg"] == "policy: A is named twice; leave one"


def test_an_allow_list_needs_a_repository() -> None:
    assert "repository" in audit(allow_list="/x")["msg"]


@pytest.mark.parametrize("secrets", ["no dictionary " + VALUE, [VALUE], 5, "A=" + VALUE])
def test_options_of_another_type_show_no_value_either(secrets: object) -> None:
    assert VALUE not in run_module("secrets_audit", {"secrets": secrets})["output"]


def test_words_as_values_do_not_garble_the_output(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "sahool"
    folder.mkdir(mode=0o700)
    for value in ("sahool", "a", "1", "characters", "expected", str(tmp_path), tmp_path.name, 1, 600):
        result = run_module("secrets_audit", {"secrets": {"A": value}, "files": [{"path": f"{folder}/.env"}]})
        assert f"high: {folder}/.env: found nothing, expected a file; create it, or correct the path" in result["msg"]
        assert "***" not in result["output"]
        assert result["counts"]["high"] >= 1
        assert result["invocation"]["module_args"]["secrets"] == HIDDEN
        assert result["invocation"]["module_args"]["files"][0]["path"] == f"{folder}/.env"


def test_a_value_that_is_none_is_masked_wherever_it_comes_from(tmp_path: pathlib.Path) -> None:
    value = generate(32)
    repo = Repository(tmp_path / "checkout")
    repo.commit(f"{value}/x.yml", "pass" + "word: Xq7fH2mZx9LpK4vT\n")
    result = run_module(
        "secrets_audit", {"secrets": {"A": value}, "repository": str(repo.path)}, environment=ENVIRONMENT
    )
    assert result["counts"]["high"] > 0
    assert value not in result["output"]


def test_impossible_options_end_in_findings() -> None:
    secrets = {"A\nB": "\ud800" * 30, "": "x", "C": 5, "D": [generate(32)], "E": {"F": generate(32)}}
    result = run_module(
        "secrets_audit",
        {"secrets": secrets, "repository": "/\0", "files": [{"path": "/a\0b"}, {"path": ""}], "created": {"A": [1]}},
    )
    assert "findings" in result
    assert "Traceback" not in result["output"]
    assert all("\n" not in message for message in result["messages"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.one_of(UNUSUAL, st.sampled_from(WORDS)), min_size=1, max_size=3), age=st.booleans())
def test_no_value_is_ever_shown(tmp_path: pathlib.Path, values: list[str], age: bool) -> None:
    repo = Repository(tmp_path / "checkout")
    for number, value in enumerate(values):
        repo.write(f"{number}.yml", f"password: {value}\n{json.dumps(value)}\n{quote(value)}\n")
    repo.commit_all()
    secrets = dict(zip("ABC", values))
    policy = [{"name": name, "consumers": list(CONSUMERS), "user": "sahool"} for name in secrets]
    result = audit(
        secrets=secrets,
        policy=policy,
        created={"A": "2020-01-01"} if age else None,
        files=[{"path": str(tmp_path / "x")}],
        repository=str(repo.path),
    )
    printed = json.dumps(result, ensure_ascii=False)
    for value in values:
        if len(value) >= 6 and value not in WORDS:
            for form in (value, json.dumps(value)[1:-1], quote(value), base64.b64encode(value.encode()).decode()):
                assert form not in printed
    assert result["findings"]
    assert "***" not in printed
