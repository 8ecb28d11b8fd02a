# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module secrets_file, run as a process on real files."""

from __future__ import annotations

import json
import os
import pathlib
import stat
from typing import Any

import pytest
import yaml
from module_process import run_module

NAMES = ["POSTGRES_PASSWORD", "REDIS_PASSWORD"]
KNOWN = "KnownValue1234567890"


@pytest.fixture(params=["secrets.yml", "secrets.json"])
def path(tmp_path: pathlib.Path, request: pytest.FixtureRequest) -> pathlib.Path:
    return tmp_path / "state" / str(request.param)


def provide(path: pathlib.Path, *, check: bool = False, **options: Any) -> dict[str, Any]:
    return run_module("secrets_file", {"path": str(path), "names": NAMES, **options}, check=check)


def write(path: pathlib.Path, content: str, mode: int = 0o600) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    path.chmod(mode)


def test_check_then_generate_then_keep(path: pathlib.Path) -> None:
    predicted = provide(path, check=True)
    assert predicted["changed"]
    assert predicted["generated"] == NAMES
    assert not path.exists()

    first = provide(path)
    assert first["changed"]
    assert yaml.safe_load(path.read_text()) == first["secrets"]
    assert set(first["secrets"]) == set(NAMES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    before = path.stat()
    for check in (True, False):
        second = provide(path, check=check)
        assert not second["changed"]
        assert second["secrets"] == first["secrets"]
    assert path.stat().st_ino == before.st_ino
    assert os.listdir(path.parent) == [path.name]


def test_diff_and_placeholders_show_no_value(path: pathlib.Path) -> None:
    predicted = provide(path, check=True)
    result = provide(path)
    assert result["diff"] == {"before": "", "after": "POSTGRES_PASSWORD: new\nREDIS_PASSWORD: new\n"}
    assert not set(predicted["secrets"].values()) & set(result["secrets"].values())


def test_what_stands_in_the_file_stays(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "secrets.yml"
    original = f"# mine\nREDIS_PASSWORD: {KNOWN}   # from the vault\nUNKNOWN: [1, 2]\nFREE: 'p@ss word'"
    write(path, original)
    result = provide(path)
    assert result["generated"] == ["POSTGRES_PASSWORD"]
    assert result["secrets"]["REDIS_PASSWORD"] == KNOWN
    assert path.read_text() == f"{original}\nPOSTGRES_PASSWORD: {result['secrets']['POSTGRES_PASSWORD']}\n"


def test_what_stands_in_a_json_file_stays(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "secrets.json"
    write(path, json.dumps({"REDIS_PASSWORD": KNOWN, "UNKNOWN": [1, 2]}))
    result = provide(path)
    assert json.loads(path.read_text()) == {**result["secrets"], "UNKNOWN": [1, 2]}


def test_length(path: pathlib.Path) -> None:
    assert {len(value) for value in provide(path, length=48)["secrets"].values()} == {48}
    assert "length is 8, expected at least 16" in provide(path, length=8)["msg"]


def test_all_missing_names_in_one_error(path: pathlib.Path) -> None:
    result = provide(path, generate=False)
    assert result["failed"]
    assert f"{path} lacks POSTGRES_PASSWORD, REDIS_PASSWORD" in result["msg"]
    assert not path.exists()


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o700])
def test_a_file_that_others_may_read_is_refused(path: pathlib.Path, mode: int) -> None:
    write(path, json.dumps({"REDIS_PASSWORD": KNOWN}), mode)
    result = provide(path)
    assert f"{path} has mode {mode:04o}, expected 0600" in result["msg"]
    assert f"chmod 0600 {path}" in result["msg"]
    assert KNOWN not in result["output"]


def test_a_file_of_somebody_else_is_refused(path: pathlib.Path) -> None:
    write(path, json.dumps({"REDIS_PASSWORD": KNOWN}))
    os.chown(path, 12345, 12345)
    assert f"{path} belongs to user 12345, expected {os.geteuid()}" in provide(path)["msg"]


def test_a_link_is_refused(path: pathlib.Path, tmp_path: pathlib.Path) -> None:
    write(tmp_path / "elsewhere", json.dumps({"REDIS_PASSWORD": KNOWN}))
    path.parent.mkdir()
    path.symlink_to(tmp_path / "elsewhere")
    assert "is no regular file" in provide(path)["msg"]


def test_all_unfit_values_in_one_error_without_showing_them(path: pathlib.Path) -> None:
    write(path, json.dumps({"POSTGRES_PASSWORD": "", "REDIS_PASSWORD": "Sw0rd\nfish"}))
    result = provide(path)
    assert "- POSTGRES_PASSWORD is empty" in result["msg"]
    assert "- REDIS_PASSWORD holds a line break" in result["msg"]
    assert "Sw0rd" not in result["output"]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ('["KnownValue1234567890"]', "holds a list, expected a mapping"),
        ('{"REDIS_PASSWORD": "KnownValue1234567890"', "look at line 1"),
        ("'KnownValue1234567890", "is no "),
    ],
)
def test_a_file_of_another_form_is_refused_without_quoting_it(path: pathlib.Path, content: str, part: str) -> None:
    write(path, content)
    result = provide(path)
    assert result["failed"]
    assert part in result["msg"]
    assert KNOWN not in result["output"]
    assert path.read_text() == content


def test_a_yaml_file_in_braces_cannot_be_extended(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "secrets.yml"
    write(path, f"{{REDIS_PASSWORD: {KNOWN}}}\n")
    result = provide(path)
    assert "one 'NAME: value' a line, without braces" in result["msg"]
    assert os.listdir(tmp_path) == ["secrets.yml"]


def test_bytes_that_are_no_text_are_refused(path: pathlib.Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe")
    path.chmod(0o600)
    assert f"{path} is no UTF-8 text" in provide(path)["msg"]


def test_unfit_names_are_refused(path: pathlib.Path) -> None:
    assert "found A-B, 1A" in provide(path, names=["A-B", "GOOD", "1A"])["msg"]


@pytest.mark.parametrize("check", [True, False])
def test_values_that_are_known_are_taken_and_the_others_made(path: pathlib.Path, check: bool) -> None:
    known = {"POSTGRES_PASSWORD": KNOWN, "UNRELATED": "x/y"}
    result = provide(path, check=check, known=known)
    assert (result["imported"], result["generated"]) == (["POSTGRES_PASSWORD"], ["REDIS_PASSWORD"])
    assert result["secrets"]["POSTGRES_PASSWORD"] == KNOWN
    assert result["diff"]["after"] == "POSTGRES_PASSWORD: imported\nREDIS_PASSWORD: new\n"
    assert path.exists() != check
    if not check:
        assert not provide(path, known=known)["changed"]
        assert provide(path)["secrets"] == result["secrets"]


def test_known_values_fill_a_file_that_may_not_be_added_to(path: pathlib.Path) -> None:
    both = {"POSTGRES_PASSWORD": KNOWN, "REDIS_PASSWORD": KNOWN}
    assert provide(path, generate=False, known=both)["imported"] == NAMES
    assert provide(path, generate=False)["secrets"] == both


@pytest.mark.parametrize("check", [True, False])
def test_a_file_with_another_value_than_the_known_one(path: pathlib.Path, check: bool) -> None:
    provide(path, known={"POSTGRES_PASSWORD": KNOWN})
    before = path.read_text()
    result = provide(path, check=check, known={"POSTGRES_PASSWORD": "AnotherValue123456", "REDIS_PASSWORD": "Third123"})
    assert f"{path} has other values of POSTGRES_PASSWORD, REDIS_PASSWORD than those" in result["msg"]
    assert KNOWN not in result["output"]
    assert path.read_text() == before


def test_a_known_value_that_is_unfit(path: pathlib.Path) -> None:
    result = provide(path, known={"POSTGRES_PASSWORD": "a\nb"})
    assert "known has values that cannot be used:\n- POSTGRES_PASSWORD holds a line break" in result["msg"]
    assert not path.exists()


@pytest.mark.parametrize("value", ["a/b+c=", "'x' #y", '"\\$z', "1234", "null", "- a", "ü: ñ", "%x!"])
def test_a_known_value_is_kept_as_it_is_whatever_its_characters(path: pathlib.Path, value: str) -> None:
    assert provide(path, known={"POSTGRES_PASSWORD": value})["secrets"]["POSTGRES_PASSWORD"] == value
    again = provide(path)
    assert (again["changed"], again["secrets"]["POSTGRES_PASSWORD"]) == (False, value)


def test_runs_at_the_same_time_agree(path: pathlib.Path) -> None:
    import concurrent.futures

    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
        results = list(pool.map(lambda _number: provide(path), range(4)))
    assert len({json.dumps(result["secrets"], sort_keys=True) for result in results}) == 1
    assert sum(result["changed"] for result in results) == 1
