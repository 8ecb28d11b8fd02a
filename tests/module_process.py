# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module of the collection as Ansible does: a process of its own, options in, JSON out."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

COLLECTIONS = pathlib.Path(__file__).resolve().parent.parent / "playbooks" / "collections"


def run_module(
    name: str,
    options: dict[str, Any],
    *,
    check: bool = False,
    prefix: Sequence[str] = (),
    environment: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """Run module *name* with *options* and return its result; a failure has ``failed: true``.

    :param prefix: what the command begins with that is to run on another network than this process.
    :param environment: of the module, beside what this process has.
    """
    arguments = {**options, "_ansible_check_mode": check, "_ansible_diff": True}
    process = subprocess.run(
        [*prefix, sys.executable, "-m", f"ansible_collections.sahool.platform.plugins.modules.{name}"],
        input=json.dumps({"ANSIBLE_MODULE_ARGS": arguments}),
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(COLLECTIONS), "PYTHONDONTWRITEBYTECODE": "1", **environment},
        timeout=600,
        check=False,
    )
    if not process.stdout.startswith("\n{") and not process.stdout.startswith("{"):
        raise AssertionError(f"{name} answered no JSON: {process.stdout}{process.stderr}")
    result: dict[str, Any] = json.loads(process.stdout)
    result["output"] = process.stdout + process.stderr
    return result
