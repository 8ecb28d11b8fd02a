# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resolve requirements.in and requirements-dev.in into the hashed, universal locks: ``make lock``.

Versions that the locks already hold stay unless ``--upgrade`` is given.
"""

from __future__ import annotations

import sys

import environment
import uv_wheel

OPTIONS = ("--quiet", "--universal", "--generate-hashes", "--python-version", "3.11")


def main() -> None:
    uv = uv_wheel.provide(environment.CACHE)
    for lock in (environment.CONTROLLER_LOCK, environment.DEVELOPER_LOCK):  # the second is constrained by the first
        source = lock.replace(".txt", ".in")
        command = ("--custom-compile-command", "make lock", *sys.argv[1:], source, "-o", lock)
        environment.run_uv(uv, environment.uv_environment(), "pip", "compile", *OPTIONS, *command)


if __name__ == "__main__":
    main()
