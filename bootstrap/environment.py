# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the virtual environment of this checkout: ``python3 bootstrap/environment.py requirements.txt``.

A bare Debian has neither pip nor ensurepip, and PEP 668 guards the system's packages. So this script
uses the standard library alone: it fetches the pinned uv wheel, checks its SHA-256, and lets uv install
the lock, every file of it checked by hash, into ``.venv``. Nothing is written outside the checkout,
except the package ca-certificates where the machine trusts no certificate at all.

When the environment already holds the lock, nothing is loaded, fetched or started (about 30 ms).
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):
    sys.exit(
        f"environment: {sys.executable} is Python {sys.version_info[0]}.{sys.version_info[1]}, "
        "the controller needs 3.11 or newer. Name a newer one: make PYTHON=python3.12 venv"
    )

import fcntl
import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import NoReturn

sys.dont_write_bytecode = True

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
VENV = ROOT / ".venv"
STAMP = VENV / "sahool-locks.json"
CONTROLLER_LOCK = "requirements.txt"
DEVELOPER_LOCK = "requirements-dev.txt"


def stop(message: str) -> NoReturn:
    """End with one sentence on stderr and exit status 1."""
    sys.exit(f"environment: {message}")


def python_version() -> str:
    return "{}.{}.{}".format(*sys.version_info[:3])


def wanted_stamp(lock: str) -> dict[str, str]:
    """What the stamp must hold for ``lock`` (a file name in the checkout): the interpreter and the lock's digest."""
    try:
        digest = hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
    except FileNotFoundError:
        stop(f"{ROOT / lock} is missing; restore it with: git checkout -- {lock}")
    return {"python": python_version(), lock: digest}


def read_stamp() -> dict[str, str]:
    """The stamp of the environment; empty when there is none or a killed run left it unreadable."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def is_current(lock: str) -> bool:
    return wanted_stamp(lock).items() <= read_stamp().items() and (VENV / "bin" / "python").exists()


def stamped_locks(lock: str) -> list[str]:
    """The locks that are satisfied once ``lock`` is installed: the developer's contains the controller's."""
    return [CONTROLLER_LOCK, DEVELOPER_LOCK] if lock == DEVELOPER_LOCK else [lock]


def lock_to_install(lock: str) -> str:
    """The developer's lock when the environment already held one: `make deploy` must not take the tests away."""
    return DEVELOPER_LOCK if DEVELOPER_LOCK in read_stamp() else lock


def run_uv(uv: Path, environment: dict[str, str], *arguments: str) -> None:
    """Run uv quietly; its own words are shown when it fails.

    Ends the program when uv exits with anything but 0.
    """
    done = subprocess.run(
        [str(uv), *arguments],
        cwd=ROOT,
        env=environment,
        text=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        words = done.stderr.strip() or done.stdout.strip() or f"exit status {done.returncode}"
        stop(
            f"uv could not finish `uv {' '.join(arguments[:2])}`. Check the network, the free space below {ROOT} "
            f"and UV_INDEX_URL, then run it again; nothing needs to be cleaned up.\n{words}"
        )


def uv_environment() -> dict[str, str]:
    """The process environment for uv: caches below the checkout, pip's index where uv's is not set."""
    import index

    environment = dict(os.environ)
    environment.setdefault("UV_CACHE_DIR", str(CACHE / "uv-cache"))
    environment.setdefault("UV_SYSTEM_CERTS", "true")
    environment["UV_PYTHON_DOWNLOADS"] = "never"
    environment["UV_DEFAULT_INDEX"] = index.base_url()
    environment.pop("UV_INDEX_URL", None)
    environment.pop("VIRTUAL_ENV", None)
    return environment


def install(lock: str) -> None:
    """Make or refresh ``.venv`` so that it holds exactly ``lock``."""
    import uv_wheel

    lock = lock_to_install(lock)
    print(f"environment: installing {lock} into {VENV} (Python {python_version()})", flush=True)
    uv = uv_wheel.provide(CACHE)
    environment = uv_environment()
    if read_stamp().get("python") != python_version():
        run_uv(uv, environment, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV))
    # A run that is killed from here on leaves no stamp, and the next one starts from an empty environment.
    STAMP.unlink(missing_ok=True)
    python = str(VENV / "bin" / "python")
    run_uv(uv, environment, "pip", "sync", "--quiet", "--require-hashes", "--python", python, lock)
    stamp: dict[str, str] = {}
    for name in stamped_locks(lock):
        stamp.update(wanted_stamp(name))
    partial = STAMP.with_suffix(".partial")
    partial.write_text(json.dumps(stamp, indent=2) + "\n", encoding="utf-8")
    partial.replace(STAMP)


def main() -> None:
    if len(sys.argv) != 2 or sys.argv[1] not in (CONTROLLER_LOCK, DEVELOPER_LOCK):
        stop(f"usage: environment.py {CONTROLLER_LOCK}|{DEVELOPER_LOCK}, got {' '.join(sys.argv[1:]) or 'nothing'}")
    lock = sys.argv[1]
    if is_current(lock):
        return
    try:
        CACHE.mkdir(exist_ok=True)
        with (CACHE / "environment.lock").open("w", encoding="utf-8") as held:
            fcntl.flock(held, fcntl.LOCK_EX)  # two `make` at once: the second finds the work done
            if not is_current(lock):
                install(lock)
    except OSError as error:
        reason = error.strerror or str(error)
        place = error.filename or ROOT
        stop(f"cannot write {place}: {reason}. Make the checkout writable for uid {os.geteuid()}, or free space.")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
