# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that hold secrets, on a real file system."""

from __future__ import annotations

import os
import pathlib
import subprocess
import tempfile
import typing as t

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.files import SecretFile, findings

READER = 12345


@pytest.fixture
def tmp_path() -> t.Iterator[pathlib.Path]:
    """A folder that everybody can pass through; pytest's own lie in one that others cannot."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o711)
        yield folder


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    folder.chmod(0o711)
    file = folder / "key"
    file.write_text("x")
    file.chmod(0o600)
    return file


def found(path: object, **wishes: t.Any) -> list[tuple[str, str, str]]:
    return [(item.severity, item.check, item.fix) for item in findings(SecretFile(str(path), **wishes))]


def read_by(path: pathlib.Path, user: int, group: int) -> bool:
    """Whether the kernel lets *user* read it."""
    done = subprocess.run(["cat", str(path)], user=user, group=group, extra_groups=[], capture_output=True, check=False)
    return done.returncode == 0


def test_a_private_file_is_fine(path: pathlib.Path) -> None:
    assert found(path, owner=str(os.getuid()), group="root", reader=os.getuid()) == []


def test_missing(path: pathlib.Path) -> None:
    assert [check for _severity, check, _fix in found(path.with_name("none"))] == ["file"]
    assert [check for _severity, check, _fix in found(path / "below")] == ["file"]
    assert found(path.with_name("none"), must_exist=False) == []


def test_kinds(path: pathlib.Path) -> None:
    link, pipe = path.with_name("link"), path.with_name("pipe")
    link.symlink_to(path)
    os.mkfifo(pipe)
    for other in (link, pipe, path.parent):
        assert [(severity, check) for severity, check, _fix in found(other)] == [("high", "file")]


@pytest.mark.parametrize(
    ("mode", "most", "fix"),
    [
        (0o640, 0o600, "chmod 0600"),
        (0o604, 0o600, "chmod 0600"),
        (0o4600, 0o600, "chmod 0600"),
        (0o666, 0o640, "chmod 0640"),
        (0o600, 0o400, "chmod 0400"),
        (0o400, 0o600, None),
    ],
)
def test_mode(path: pathlib.Path, mode: int, most: int, fix: str | None) -> None:
    path.chmod(mode)
    assert found(path, mode=most) == ([("high", "mode", f"{fix} -- {path}")] if fix else [])


def test_owner_and_group(path: pathlib.Path) -> None:
    os.chown(path, 1234, 1235)
    assert found(path, owner="1234", group="1235") == []
    assert found(path, owner="root", group="0") == [
        ("high", "owner", f"chown 0 -- {path}"),
        ("high", "owner", f"chgrp 0 -- {path}"),
    ]
    assert [severity for severity, _check, _fix in found(path, owner="nobody-of-that-name")] == ["unknown"]


@pytest.mark.parametrize("owner", [READER, 1])
@pytest.mark.parametrize("group", [READER, 1])
@pytest.mark.parametrize("mode", [0o600, 0o040, 0o004, 0o060, 0o044, 0o440])
def test_reading_is_what_the_kernel_says(path: pathlib.Path, owner: int, group: int, mode: int) -> None:
    os.chown(path, owner, group)
    path.chmod(mode)
    finds = found(path, mode=0o777, reader=READER, reader_group=READER)
    assert (finds == []) == read_by(path, READER, READER)
    assert finds in ([], [("high", "reading", f"chown {READER} -- {path}")])


def test_every_directory_on_the_way_counts(path: pathlib.Path, tmp_path: pathlib.Path) -> None:
    os.chown(path, READER, READER)
    assert found(path, reader=READER) == []
    path.parent.chmod(0o700)
    assert found(path, reader=READER) == [("high", "reading", f"chmod o+x -- {path.parent}")]
    assert not read_by(path, READER, READER)
    assert found(path, reader=0) == []

    # Also those behind a symbolic link.
    (tmp_path / "way").symlink_to(path.parent)
    assert found(tmp_path / "way" / "key", reader=READER) == [("high", "reading", f"chmod o+x -- {path.parent}")]


def test_the_directory(path: pathlib.Path) -> None:
    for mode, severity in ((0o755, "medium"), (0o713, "high"), (0o1777, "medium")):
        path.parent.chmod(mode)
        assert found(path) == [(severity, "directory", f"chmod o-rw -- {path.parent}")]
        assert found(path, private_directory=False) == []


@pytest.mark.parametrize("name", [b"new\nline", b"\xff\xfe", "blank é".encode(), b"quote'"])
def test_odd_names_give_one_printable_line(path: pathlib.Path, name: bytes) -> None:
    odd = os.path.join(os.fsencode(path.parent), name)
    with open(odd, "w"):
        os.chmod(odd, 0o644)
    (finding,) = findings(SecretFile(os.fsdecode(odd)))
    assert finding.line().isprintable()
    assert finding.check == "mode"


@pytest.mark.parametrize("odd", ["a\0b", "\ud800", "x" * 5000])
def test_impossible_paths_are_a_finding(odd: str) -> None:
    (finding,) = findings(SecretFile("/" + odd))
    assert (finding.severity, finding.check) == ("unknown", "file")
    assert finding.line().isprintable()
