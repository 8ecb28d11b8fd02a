# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Call service_health and service_rollout as Ansible does, in this process."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import typing as t

from ansible.module_utils.common import warnings
from ansible.module_utils.testing import patch_module_args

MODULES = "ansible_collections.sahool.platform.plugins.modules."


def call(module: str, arguments: dict[str, t.Any], *, check: bool = False, diff: bool = False) -> dict[str, t.Any]:
    """Run ``main`` of a module and return what it printed for Ansible."""
    main = importlib.import_module(MODULES + module).main
    printed = io.StringIO()
    warnings._global_warnings.clear()  # a module is a process of its own; here the one before had the same
    given = {**arguments, "_ansible_check_mode": check, "_ansible_diff": diff}
    with patch_module_args(given), contextlib.redirect_stdout(printed):
        try:
            main()
        except SystemExit:
            return json.loads(printed.getvalue().strip().splitlines()[-1])
    raise AssertionError(f"{module} returned without a result")
