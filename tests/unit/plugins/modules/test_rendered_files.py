# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module rendered_files, run as a process on real files."""

from __future__ import annotations

import os
import pathlib
import stat
from typing import Any

import pytest
from module_process import run_module

SECRET = "requirepass Abcdef0123456789"
DIGEST = "a" * 32


@pytest.fixture
def root(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "home" / "files"


def file(digest: str = DIGEST, name: str = "redis.conf", content: Any = SECRET, **options: Any) -> dict[str, Any]:
    return {"digest": digest, "name": name, "content": content, "mode": "0400", "uid": 999, "gid": 1000, **options}


def render(root: pathlib.Path, *files: dict[str, Any], check: bool = False, **options: Any) -> dict[str, Any]:
    return run_module("rendered_files", {"root": str(root), "files": list(files), **options}, check=check)


def rights(path: pathlib.Path) -> tuple[str, int, int]:
    found = path.stat()
    return f"{stat.S_IMODE(found.st_mode):04o}", found.st_uid, found.st_gid


def test_check_then_write_then_nothing(root: pathlib.Path) -> None:
    path = root / DIGEST / "redis.conf"
    predicted = render(root, file(), check=True)
    assert predicted["changed"]
    assert not root.exists()

    result = render(root, file())
    assert result["written"] == predicted["written"] == [str(root), str(root / DIGEST), str(path)]
    assert result["diff"] == predicted["diff"]
    assert path.read_text() == SECRET
    assert rights(path) == ("0400", 999, 1000)
    assert rights(root) == rights(root / DIGEST) == ("0711", os.geteuid(), os.getegid())

    before = path.stat()
    for check in (True, False):
        again = render(root, file(), check=check)
        assert (again["changed"], again["written"], again["corrected"]) == (False, [], [])
        assert again["diff"] == {"before": "", "after": ""}
    assert path.stat().st_ino == before.st_ino


def test_no_content_is_ever_shown(root: pathlib.Path) -> None:
    first = render(root, file())
    (root / DIGEST / "redis.conf").chmod(0o600)
    (root / DIGEST / "redis.conf").write_text("tampered Fedcba9876543210")
    second = render(root, file())
    failed = render(root, file(), file(content=SECRET + "x"))
    assert failed["failed"]
    for result in (first, second, failed):
        assert "Abcdef0123456789" not in result["output"]
        assert "Fedcba9876543210" not in result["output"]


def test_a_tampered_file_is_replaced(root: pathlib.Path) -> None:
    render(root, file())
    path = root / DIGEST / "redis.conf"
    path.write_text(SECRET[::-1])
    assert render(root, file(), check=True)["written"] == [str(path)]
    assert path.read_text() == SECRET[::-1]
    result = render(root, file())
    assert result["written"] == [str(path)]
    assert result["diff"]["before"] == f"{path}: other content\n"
    assert path.read_text() == SECRET
    assert not render(root, file())["changed"]


def test_a_link_in_a_files_place_is_replaced_and_its_target_left_alone(
    root: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    render(root, file())
    target = tmp_path / "target"
    target.write_text(SECRET)
    path = root / DIGEST / "redis.conf"
    path.unlink()
    path.symlink_to(target)
    assert render(root, file())["written"] == [str(path)]
    assert not path.is_symlink()
    assert rights(target)[1] == os.geteuid()


@pytest.mark.parametrize(("mode", "owner"), [(0o444, 999), (0o400, 0)])
def test_mode_and_owner_are_corrected(root: pathlib.Path, mode: int, owner: int) -> None:
    render(root, file())
    path = root / DIGEST / "redis.conf"
    path.chmod(mode)
    os.chown(path, owner, 1000)
    assert render(root, file(), check=True)["corrected"] == [str(path)]
    assert rights(path)[:2] == (f"{mode:04o}", owner)
    assert render(root, file())["corrected"] == [str(path)]
    assert rights(path) == ("0400", 999, 1000)


def test_folders_are_corrected(root: pathlib.Path) -> None:
    render(root, file())
    root.chmod(0o755)
    os.chown(root / DIGEST, 12345, 12345)
    result = render(root, file())
    assert result["corrected"] == [str(root), str(root / DIGEST)]
    assert rights(root) == rights(root / DIGEST) == ("0711", os.geteuid(), os.getegid())


def test_names_may_lie_in_folders(root: pathlib.Path) -> None:
    render(root, file(name="conf/d/a.conf"), file(name="b.conf"), directory_mode="0755")
    assert (root / DIGEST / "conf" / "d" / "a.conf").read_text() == SECRET
    assert rights(root / DIGEST / "conf" / "d")[0] == "0755"


def test_text_stays_as_it_is(root: pathlib.Path) -> None:
    content = '{"a": 1,   "ü": "\\n"}\r\n\n'
    render(root, file(content=content))
    assert (root / DIGEST / "redis.conf").read_bytes() == content.encode()


def test_what_a_killed_run_left_is_no_obstacle(root: pathlib.Path) -> None:
    (root / DIGEST).mkdir(parents=True)
    (root / DIGEST / ".redis.conf.new").write_text("half")
    render(root, file())
    assert os.listdir(root / DIGEST) == ["redis.conf"]


def test_the_same_file_may_be_named_twice(root: pathlib.Path) -> None:
    assert render(root, file(), file())["written"][-1] == str(root / DIGEST / "redis.conf")


def test_all_findings_in_one_error(root: pathlib.Path) -> None:
    result = render(
        root,
        file(digest="short"),
        file(name="../up"),
        file(name="/etc/passwd"),
        file(mode="rw"),
        file(mode="4755"),
        file(content={"a": 1}),
        file(name="x", content="one thing"),
        file(name="x", content="another thing"),
    )
    assert result["failed"]
    assert len(result["msg"].splitlines()) == 7
    for part in (
        "short/redis.conf: digest must be",
        f"{DIGEST}/../up: name must be a relative path",
        f"{DIGEST}//etc/passwd: name must be a relative path",
        "mode 'rw' must be three octal digits",
        "mode '4755' must be three octal digits",
        "content is a dict, expected text",
        f"{DIGEST}/x: two entries differ",
    ):
        assert part in result["msg"]
    assert not root.exists()


def test_the_file_systems_own_root_is_refused() -> None:
    result = render(pathlib.Path("/"), file(), check=True)
    assert "root '/' must be an absolute path below /" in result["msg"]


def test_a_folder_in_a_files_place_is_named(root: pathlib.Path) -> None:
    (root / DIGEST / "redis.conf").mkdir(parents=True)
    assert f"{root}/{DIGEST}/redis.conf is a folder where a file belongs" in render(root, file())["msg"]


def test_a_link_in_a_folders_place_is_refused(root: pathlib.Path, tmp_path: pathlib.Path) -> None:
    root.mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (root / DIGEST).symlink_to(tmp_path / "elsewhere")
    assert f"{root}/{DIGEST} is no folder" in render(root, file())["msg"]
    assert os.listdir(tmp_path / "elsewhere") == []


def test_prune_keeps_what_is_named(root: pathlib.Path) -> None:
    old, kept = "b" * 32, "c" * 32
    render(root, file(), file(digest=old), file(digest=kept))
    (root / "notes").mkdir()
    (root / ("d" * 32)).write_text("a file")
    (root / ("e" * 32)).symlink_to(root / kept)
    for check in (True, False):
        result = render(root, file(), prune=True, keep=[kept], check=check)
        assert result["changed"]
        assert result["pruned"] == [str(root / old)]
        assert (root / old).exists() is check
    assert sorted(os.listdir(root)) == sorted([DIGEST, kept, "notes", "d" * 32, "e" * 32])
    assert not render(root, file(), prune=True, keep=[kept])["changed"]


def test_nothing_is_pruned_unless_asked(root: pathlib.Path) -> None:
    render(root, file(digest="b" * 32))
    render(root, file(), keep=[])
    assert (root / ("b" * 32)).exists()
