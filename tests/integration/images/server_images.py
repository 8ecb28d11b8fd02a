# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the tests get the images of the real servers: those of the role, or built from the same folders."""

from __future__ import annotations

import hashlib
import pathlib
import shutil
import subprocess
import tempfile
import urllib.request

import yaml

from ansible_collections.sahool.platform.plugins.plugin_utils._images.context import context_digest

ROOT = pathlib.Path(__file__).resolve().parents[3]
CONTEXTS = ROOT / "roles/images/files"
TAG_DIGITS = 12
# The recipe of Milvus, by whose digest the role tags its image.
WHEEL = yaml.safe_load((ROOT / "roles/images/vars/main.yml").read_text(encoding="utf-8"))["__images_milvus_wheel"]


def image_of(embedded: str) -> str:
    """Return a local image built from the folder of ``embedded`` as it is now.

    The role's image is taken when its tag carries the digest of the folder; a stale one never is. Otherwise the
    folder is built, which Docker's layer cache makes quick.
    """
    further = WHEEL["sha256"] if embedded == "milvus" else ""
    digest = context_digest(str(CONTEXTS / embedded), further)[:TAG_DIGITS]
    known = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", f"sahool-embedded/{embedded}").split()
    for reference in known:
        if reference.endswith(digest):
            return reference
    reference = f"t-images/{embedded}:{digest}"
    if not docker("image", "ls", "--quiet", reference).strip():
        _build(embedded, reference)
    return reference


def docker(*arguments: str) -> str:
    """Run the Docker command line and return its output; its error becomes the exception's text."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"docker {' '.join(arguments)} exited {done.returncode}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def _build(embedded: str, reference: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        context = pathlib.Path(folder, "context")
        shutil.copytree(CONTEXTS / embedded, context, ignore=shutil.ignore_patterns("__pycache__"))
        if embedded == "milvus":
            _download_wheel(context / "milvus.whl")
        docker("build", "--quiet", "--tag", reference, str(context))


def _download_wheel(target: pathlib.Path) -> None:
    with urllib.request.urlopen(WHEEL["url"], timeout=60) as reply:
        content = reply.read()
    found = hashlib.sha256(content).hexdigest()
    if found != WHEEL["sha256"]:
        raise RuntimeError(f"{WHEEL['url']} has the SHA-256 {found}, expected {WHEEL['sha256']}")
    target.write_bytes(content)
