# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The artefact: does `ansible-galaxy collection build` make one, with all that a run needs and nothing else?"""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path, PurePosixPath

# Without these a playbook of the collection cannot run, or Galaxy does not take it.
NEEDED_FILES = {"MANIFEST.json", "FILES.json", "README.md", "LICENSE", "CHANGELOG.rst", "meta/runtime.yml"}
NEEDED_FOLDERS = ("meta", "plugins", "roles", "playbooks")
UNWANTED = ("playbooks/collections", "tests", "molecule", "bootstrap", ".venv", ".cache", ".sahool", ".ansible", ".git")


def build(ansible_galaxy: str, source: Path, target: Path, environment: dict[str, str]) -> Path:
    """Build the collection in ``source`` into the folder ``target`` and return the archive's path.

    Raises RuntimeError with ansible-galaxy's words when it fails.
    """
    target.mkdir(parents=True, exist_ok=True)
    command = [ansible_galaxy, "collection", "build", "--force", "--output-path", str(target), str(source)]
    done = subprocess.run(
        command, env=environment, text=True, capture_output=True, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"ansible-galaxy collection build failed: {(done.stderr or done.stdout).strip()}")
    return Path(done.stdout.strip().rpartition(" ")[2])


def findings(archive: Path, source_files: list[str]) -> list[str]:
    """One sentence for each file that is missing in, or has no place in, ``archive``.

    ``source_files`` are the paths of the working tree: whatever lies in NEEDED_FOLDERS there must be in the archive.
    """
    with tarfile.open(archive) as content:
        names = {PurePosixPath(member.name).as_posix() for member in content.getmembers() if member.isfile()}
    run_time = tuple(f"{folder}/" for folder in NEEDED_FOLDERS)
    needed = NEEDED_FILES | {name for name in source_files if name.startswith(run_time)}
    found = [f"{archive.name} lacks {name}" for name in sorted(needed - names)]
    found += [
        f"{archive.name} holds {name}, which has no place in it; see build_ignore in galaxy.yml"
        for name in sorted(names)
        if name.startswith(tuple(f"{top}/" for top in UNWANTED))
    ]
    return found
