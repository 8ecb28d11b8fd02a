# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parser of ``.env`` files and Compose itself say the same of the same files."""

from __future__ import annotations

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from compose_versions import PINNED, TRIXIE, folder_of
from dotenv_cases import INVALID, VALID


@pytest.fixture(scope="module", params=[TRIXIE, PINNED])
def docker_config(request, tmp_path_factory):
    """Return the folder that makes the Docker client take one version of Compose."""
    return folder_of(request.param, tmp_path_factory.mktemp("compose"))


def compose(folder, docker_config, *files):
    """Return what Compose makes of a model with one service for each of *files*."""
    services = {f"s{number}": {"image": "none", "env_file": [str(file)]} for number, file in enumerate(files)}
    model = folder / "compose.json"
    model.write_text(json.dumps({"name": "t-takeover-dotenv", "services": services}))
    return subprocess.run(
        ["docker", "compose", "-f", str(model), "config", "--format", "json"],
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "DOCKER_CONFIG": str(docker_config)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_valid_files(tmp_path, docker_config):
    files = []
    for number, text in enumerate(VALID):
        files.append(tmp_path / f"{number}.env")
        files[-1].write_bytes(text.encode())
    done = compose(tmp_path, docker_config, *files)
    assert done.returncode == 0, done.stderr
    services = json.loads(done.stdout)["services"]
    found = {text: services[f"s{number}"]["environment"].get("A") for number, text in enumerate(VALID)}
    assert {text: (value or "").replace("$$", "$") for text, value in found.items()} == VALID


def test_invalid_files(tmp_path, docker_config):
    def refused(number, text):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / ".env").write_text(text)
        return compose(folder, docker_config, folder / ".env").returncode != 0

    with ThreadPoolExecutor(4) as pool:
        answers = dict(zip(INVALID, pool.map(refused, range(len(INVALID)), INVALID), strict=True))
    assert [text for text, answer in answers.items() if not answer] == []
