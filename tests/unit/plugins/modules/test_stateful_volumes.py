# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module stateful_volumes without an engine: what stands in its way. With one: tests/integration/stateful_volumes."""

from __future__ import annotations

import pathlib
from typing import Any

from module_process import run_module

VOLUME = {"service": "redis", "volume": "p_redis_data", "key": "redis_data", "source": "build", "major": "8"}


def guard(check: bool = False, **options: Any) -> dict[str, Any]:
    return run_module("stateful_volumes", {"project": "p", "volumes": [VOLUME], **options}, check=check)


def stand_in(folder: pathlib.Path, body: str) -> str:
    """Write a stand-in for the Docker CLI."""
    path = folder / "stand-in-docker"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_a_missing_cli_is_named() -> None:
    assert "no-such-docker is not installed on this host" in guard(docker_cli="no-such-docker")["msg"]


def test_an_engine_that_does_not_answer_is_quoted(tmp_path: pathlib.Path) -> None:
    cli = stand_in(tmp_path, "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    result = guard(docker_cli=cli)
    assert result["failed"]
    assert result["msg"] == "docker volume ls failed: Cannot connect to the Docker daemon"


def test_check_mode_takes_a_machine_without_docker_for_one_without_volumes(tmp_path: pathlib.Path) -> None:
    dead = stand_in(tmp_path, "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    for cli in ("no-such-docker", dead):
        result = guard(check=True, docker_cli=cli)
        assert (result["volumes"], result["findings"]) == ({"p_redis_data": "absent"}, [])
        assert "No volume is taken to be on this host" in result["output"]
    refused = stand_in(tmp_path, "echo 'permission denied' >&2; exit 1")
    assert guard(check=True, docker_cli=refused)["failed"]


def test_accept_new_of_a_service_without_volume_is_refused(tmp_path: pathlib.Path) -> None:
    result = guard(accept_new=["nats"], docker_cli=stand_in(tmp_path, "exit 0"))
    assert result["msg"] == "accept_new names nats, expected names among redis"


def test_an_engine_without_volumes_is_asked_once(tmp_path: pathlib.Path) -> None:
    cli = stand_in(tmp_path, f'echo "$1 $2" >> {tmp_path}/calls')
    result = guard(docker_cli=cli)
    assert (result["changed"], result["volumes"], result["adopted"]) == (False, {"p_redis_data": "absent"}, [])
    assert (tmp_path / "calls").read_text() == "volume ls\n"
