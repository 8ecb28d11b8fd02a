# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Digests of build contexts."""

from __future__ import annotations

import os
import pathlib
import re

import pytest

from ansible_collections.sahool.platform.plugins.plugin_utils._images.context import (
    ContextError,
    context_digest,
    context_files,
)


@pytest.fixture
def context(tmp_path: pathlib.Path) -> pathlib.Path:
    folder = tmp_path / "redis"
    (folder / "conf").mkdir(parents=True)
    (folder / "Dockerfile").write_text("FROM debian:trixie-slim\n")
    (folder / "conf" / "redis.conf").write_text("port 6379\n")
    (folder / "start.sh").write_text("#!/bin/sh\n")
    (folder / "start.sh").chmod(0o755)
    return folder


def test_the_digest_is_that_of_the_content_alone(context: pathlib.Path, tmp_path: pathlib.Path) -> None:
    before = context_digest(str(context))
    context.rename(tmp_path / "elsewhere")
    moved = tmp_path / "elsewhere"
    os.utime(moved / "Dockerfile", (1, 1))
    (moved / "Dockerfile").chmod(0o600)
    (moved / "__pycache__").mkdir()
    (moved / "__pycache__" / "x.pyc").write_bytes(b"\0")
    assert context_digest(str(moved)) == before
    assert re.fullmatch("[0-9a-f]{64}", before)


@pytest.mark.parametrize("change", ["content", "name", "executable", "new file", "removed file", "further", "moved"])
def test_every_change_is_a_changed_digest(context: pathlib.Path, change: str) -> None:
    before = context_digest(str(context))
    file = context / "conf" / "redis.conf"
    if change == "content":
        file.write_text("port 6380\n")
    elif change == "name":
        file.rename(context / "conf" / "other.conf")
    elif change == "executable":
        file.chmod(0o755)
    elif change == "new file":
        (context / "empty").touch()
    elif change == "removed file":
        file.unlink()
    elif change == "moved":
        file.rename(context / "redis.conf")
    assert context_digest(str(context), "wheel" if change == "further" else "") != before


def test_bytes_do_not_wander_between_files(context: pathlib.Path) -> None:
    (context / "a").write_text("xy")
    (context / "b").write_text("z")
    before = context_digest(str(context))
    (context / "a").write_text("x")
    (context / "b").write_text("yz")
    assert context_digest(str(context)) != before


def test_files_have_two_modes_only(context: pathlib.Path) -> None:
    assert [(file.name, file.mode) for file in context_files(str(context))] == [
        ("Dockerfile", "0644"),
        ("conf/redis.conf", "0644"),
        ("start.sh", "0755"),
    ]


def test_a_link_is_an_error(context: pathlib.Path) -> None:
    (context / "link").symlink_to("/etc/passwd")
    with pytest.raises(ContextError, match="link is a link or special file"):
        context_digest(str(context))


def test_a_folder_without_dockerfile_is_no_context(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ContextError, match="has no Dockerfile"):
        context_digest(str(tmp_path))
