# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers for tests, as the engine would describe them."""

from __future__ import annotations

import typing as t

from ansible_collections.sahool.platform.plugins.module_utils._rollout.container import Container

MODEL_FILE = "/opt/p/files/0123456789abcdef/compose.yaml"


def container(status: str = "running", **fields: t.Any) -> Container:
    values = {
        "id": "c1",
        "name": "p-svc-1",
        "service": "svc",
        "model": "model-1",
        "image": "image-1",
        "status": status,
        "started_at": "2026-01-01T00:00:00Z",
        "config_files": (MODEL_FILE,),
        **fields,
    }
    return Container(**values)
