# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was recorded of releases, read from real folders."""

from __future__ import annotations

import json
import pathlib

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._release.records import ReleaseRecordError, read_records

FIRST, SECOND = "20261123T142100Z-1f2e3d4c", "20261123T150000Z-5a6b7c8d"


@pytest.fixture(name="home")
def fixture_home(tmp_path: pathlib.Path) -> pathlib.Path:
    """Return a folder in which two releases were recorded."""
    for identifier in (FIRST, SECOND):
        release = tmp_path / "releases" / identifier
        release.mkdir(parents=True)
        (release / "manifest.json").write_text(json.dumps({"id": identifier, "project": "sahool"}), encoding="utf-8")
    (tmp_path / "state" / "recorded").mkdir(parents=True)
    (tmp_path / "state" / "recorded" / "images.json").write_text('{"postgres": {"source": "build"}}', encoding="utf-8")
    (tmp_path / "state" / "recorded" / "volumes.json").write_text(
        '{"postgres": {"volumes": {"postgres_data": "stock_postgres_data"}}}', encoding="utf-8"
    )
    (tmp_path / "current").symlink_to(f"releases/{SECOND}")
    (tmp_path / "previous").symlink_to(f"releases/{FIRST}")
    return tmp_path


def test_what_was_recorded_is_read(home):
    assert read_records(str(home)) == {
        "current": SECOND,
        "previous": FIRST,
        "manifest": {"id": SECOND, "project": "sahool"},
        "recorded": {"postgres": {"source": "build"}},
        "volumes": {"postgres": {"volumes": {"postgres_data": "stock_postgres_data"}}},
    }


@pytest.mark.parametrize("below", ["", "no/such/folder"])
def test_before_the_first_release_there_is_nothing(tmp_path, below):
    nothing = {"current": None, "previous": None, "manifest": {}, "recorded": {}, "volumes": {}}
    assert read_records(str(tmp_path / below)) == nothing


def test_a_release_whose_folder_is_gone_is_still_named(home):
    (home / "releases" / SECOND / "manifest.json").unlink()
    (home / "releases" / SECOND).rmdir()
    assert (read_records(str(home))["current"], read_records(str(home))["manifest"]) == (SECOND, {})


@pytest.mark.parametrize("link", ["current", "previous"])
@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_link_that_is_none_is_refused(home, link, kind):
    (home / link).unlink()
    (home / link).mkdir() if kind == "folder" else (home / link).touch()
    with pytest.raises(ReleaseRecordError, match=rf"/{link} should be a symbolic link to a release .*; move it away"):
        read_records(str(home))


@pytest.mark.parametrize("record", ["current/manifest.json", "state/recorded/images.json"])
@pytest.mark.parametrize("content", [b"", b'{"id": ', b"\xff\xfe{}"])
def test_a_broken_record_is_refused_and_named(home, record, content):
    (home / record).write_bytes(content)
    with pytest.raises(ReleaseRecordError, match=rf"/{record} cannot be read: .*; restore it, or move it away"):
        read_records(str(home))


@pytest.mark.parametrize(("content", "found"), [("[]", "list"), ('"text"', "str"), ("null", "NoneType")])
def test_a_record_that_is_no_mapping_is_refused(home, content, found):
    (home / "state" / "recorded" / "images.json").write_text(content, encoding="utf-8")
    with pytest.raises(ReleaseRecordError, match=rf"images.json should hold a mapping and holds a {found}"):
        read_records(str(home))


def test_a_record_that_is_a_folder_is_refused(home):
    (home / "state" / "recorded" / "images.json").unlink()
    (home / "state" / "recorded" / "images.json").mkdir()
    with pytest.raises(ReleaseRecordError, match=r"images.json cannot be read: .*directory"):
        read_records(str(home))
