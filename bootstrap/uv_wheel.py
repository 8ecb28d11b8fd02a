# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pinned uv program: fetched once from the package index, checked, unpacked below the cache."""

from __future__ import annotations

import hashlib
import io
import os
import platform
import sys
import zipfile
from pathlib import Path

import certificates
import index

VERSION = "0.13.9"
# machine -> (wheel, SHA-256 as PyPI lists it). The aarch64 wheel is the static one.
WHEELS = {
    "x86_64": (
        f"uv-{VERSION}-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    "aarch64": (
        f"uv-{VERSION}-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl",
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    ),
}


def provide(cache: Path) -> Path:
    """The path of a uv program of exactly VERSION below ``cache``, fetched when it is not there yet.

    Ends the program with one sentence when the machine, the index or the wheel is not as it must be.
    """
    program = cache / f"uv-{VERSION}" / "uv"
    if not program.exists():
        _unpack(_fetch(), program)
    return program


def _fetch() -> bytes:
    """The bytes of this machine's wheel, their digest checked."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in WHEELS:
        sys.exit(
            f"environment: uv {VERSION} is pinned for Linux on {' and '.join(WHEELS)}; "
            f"this is {sys.platform} on {machine}. Add its wheel to bootstrap/uv_wheel.py."
        )
    filename, expected = WHEELS[machine]
    if index.base_url().startswith("https:"):
        certificates.require()
    try:
        wheel = index.get(index.file_url("uv", filename))
    except index.PackageIndexError as error:
        sys.exit(f"environment: {error}")
    found = hashlib.sha256(wheel).hexdigest()
    if found != expected:
        sys.exit(
            f"environment: {filename} has SHA-256 {found}, expected {expected}; it was not used. "
            "Name an index that serves the original file in UV_INDEX_URL."
        )
    return wheel


def _unpack(wheel: bytes, program: Path) -> None:
    """Write the uv program out of ``wheel``; a killed run leaves no half a program under the final name."""
    program.parent.mkdir(parents=True, exist_ok=True)
    partial = program.with_name(f"uv.{os.getpid()}")
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        partial.write_bytes(archive.read(f"uv-{VERSION}.data/scripts/uv"))
    partial.chmod(0o755)
    partial.replace(program)
