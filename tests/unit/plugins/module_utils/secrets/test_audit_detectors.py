# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the detectors of detect-secrets find, and what they are told to leave."""

from __future__ import annotations

import hashlib
import json
import pathlib
import typing as t

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.allow_list import (
    AllowList,
    AllowListError,
)
from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.detectors import Detectors
from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.lines import Line

# Put together here, so that this file holds no secret itself.
KEY = "-----BEGIN RSA " + "PRIVATE KEY-----"
GITHUB = "ghp" + "_" + "a1B2" * 9
URL = "postgresql://sahool:" + "Wq7fH2mZx9LpK4vT" + "@host/db"
ASSIGNED = "pass" + "word: Wq7fH2mZx9LpK4vT"  # pragma: allowlist secret


def kinds(*texts: str | bytes, path: bytes = b"a.yml", allowed: AllowList | None = None) -> list[tuple[int, str]]:
    raw = [text.encode() if isinstance(text, str) else text for text in texts]
    lines = [Line(path, number, text, raw[number - 2] if number > 1 else b"") for number, text in enumerate(raw, 1)]
    found = Detectors(allowed or AllowList(None)).suspicious(lines)
    return [(line.number, kind) for line, kind, _digest in found]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (KEY, "Private Key"),
        (f"token {GITHUB}", "GitHub Token"),
        ("AKI" + "A" + "ZQ3DWXY7NVB2KLMT", "AWS Access Key"),
        (URL, "Basic Auth Credentials"),
        (ASSIGNED, "Secret Keyword"),
        (f'  "{ASSIGNED}"', "Secret Keyword"),
    ],
)
def test_each_is_found_in_its_own_line(text: str, kind: str) -> None:
    for texts in ([text], ["", text], ["plain", "", text, "plain"], ["a" * 3000, text, "b" * 3000]):
        assert (texts.index(text) + 1, kind) in kinds(*texts)


def test_neighbours_do_not_hide_one_another() -> None:
    texts = [KEY, GITHUB, GITHUB[:-1] + "z", KEY, URL, ASSIGNED, ASSIGNED, "x", GITHUB]
    alone = [(number, kind) for number, text in enumerate(texts, 1) for _one, kind in kinds(text)]
    assert sorted(kinds(*texts)) == sorted(alone)


@pytest.mark.parametrize("path", [b".env", b"config/.env.production", b"prod.env", b"deploy/env.example"])
def test_an_env_file_needs_no_quotes(path: bytes) -> None:
    assert kinds("POSTGRES_PASS" + "WORD=Wq7fH2mZx9LpK4vT", path=path) == [(1, "Secret Keyword")]


@pytest.mark.parametrize(
    "text",
    [
        'digest: "3b1f6c0a9f7e4d2c8b5a6f1e0d9c8b7a6f5e4d3c"',  # no high entropy
        "password: '{{ vault_password }}'",
        "password: x{{ vault_password }}y",
        "password: !vault |",
        "password: ${POSTGRES_PASSWORD}",
        "password: change_this_password",
        "password: <will-be-generated>",
        "password: get_secret('x')",
        ASSIGNED + "  # pragma: allowlist secret",
    ],
)
def test_what_is_no_secret(text: str) -> None:
    assert kinds(text) == []


def test_a_pragma_in_the_line_before() -> None:
    assert kinds("# pragma: allowlist nextline secret", ASSIGNED) == []
    assert kinds("# a comment", ASSIGNED) == [(2, "Secret Keyword")]


def test_binary_odd_and_long_lines() -> None:
    assert kinds(b"\0" + ASSIGNED.encode()) == []
    assert kinds(b"\xff\xfe " + ASSIGNED.encode()) == [(1, "Secret Keyword")]
    detectors = Detectors(AllowList(None))
    assert list(detectors.suspicious([Line(b"a.yml", 1, ASSIGNED.encode() + b" " * 5000)])) == []
    assert detectors.long_lines == 1


def test_messages_of_commits_are_not_guessed_at() -> None:
    assert list(Detectors(AllowList(None)).suspicious([Line(None, 0, ASSIGNED.encode())])) == []


def baseline(folder: pathlib.Path, **content: t.Any) -> str:
    path = folder / "baseline.json"
    path.write_text(json.dumps({"version": "1.5.0", **content}))
    return str(path)


def entry(**more: t.Any) -> dict[str, t.Any]:
    digest = hashlib.sha1(b"Wq7fH2mZx9LpK4vT", usedforsecurity=False).hexdigest()
    return {"type": "Secret Keyword", "filename": "x.yml", "hashed_secret": digest, **more}


def test_the_allow_list_holds_in_every_file(tmp_path: pathlib.Path) -> None:
    allowed = AllowList(baseline(tmp_path, results={"x.yml": [entry()]}))
    assert kinds(ASSIGNED, allowed=allowed) == []
    assert kinds(ASSIGNED + "x", allowed=allowed) == [(1, "Secret Keyword")]
    assert kinds(URL, allowed=allowed) == [(1, "Basic Auth Credentials")]


def test_what_was_audited_as_real_is_not_allowed(tmp_path: pathlib.Path) -> None:
    allowed = AllowList(baseline(tmp_path, results={"x.yml": [entry(is_secret=True)]}))
    assert kinds(ASSIGNED, allowed=allowed) == [(1, "Secret Keyword")]


@pytest.mark.parametrize(("kind", "pattern"), [("file", r"^a\.yml$"), ("line", "^password"), ("secret", "^Wq7")])
def test_patterns_of_the_allow_list(tmp_path: pathlib.Path, kind: str, pattern: str) -> None:
    rule = {"path": f"detect_secrets.filters.regex.should_exclude_{kind}", "pattern": [pattern]}
    allowed = AllowList(baseline(tmp_path, results={}, filters_used=[{"path": "x.y"}, rule]))
    assert kinds(ASSIGNED, allowed=allowed) == []
    assert kinds("my_" + ASSIGNED + "x".replace("x", ""), path=b"b.yml", allowed=allowed) == (
        [] if kind == "secret" else [(1, "Secret Keyword")]
    )


def test_the_allow_list_itself_is_no_secret(tmp_path: pathlib.Path) -> None:
    text = '"hashed_' + 'secret": "3b1f6c0a9f7e4d2c8b5a6f1e0d9c8b7a6f5e4d3c"'
    assert kinds(text, path=b"b.json") == [(1, "Secret Keyword")]
    assert kinds(text, path=b".secrets.baseline") == []
    assert kinds(text, path=b"x/baseline.json", allowed=AllowList(baseline(tmp_path))) == []


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "\udcff",
        '{"results": []}',
        '{"results": {"a": [{}]}}',
        '{"results": {"a": 1}}',
        '{"filters_used": [1]}',
        '{"filters_used": [{"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["("]}]}',
    ],
)
def test_another_file_is_refused(tmp_path: pathlib.Path, content: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(AllowListError):
        AllowList(str(path))


def test_no_file_is_refused(tmp_path: pathlib.Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(AllowListError):
            AllowList(str(path))
