# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One farm of real servers for all tests here."""

from __future__ import annotations

import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1] / "images"))
sys.path.insert(0, str(HERE.parents[2] / "unit/plugins/modules"))


@pytest.fixture(scope="session")
def just_started():
    """The farm, and what the module said about it when it was waited for from its first moment on."""
    from real_servers import PASSWORD, Farm, docker
    from server_images import image_of
    from service_call import call

    farm = Farm(f"t-health-{os.getpid()}", image_of)
    try:
        farm.start()
        # etcd demands a login only once it has users, so that its first gate has none.
        gates = [farm.gate(name, password=None) if name == "etcd" else farm.gate(name) for name in farm.ports]
        result = call("service_health", {"services": gates, "deadline": 60})
        assert not result.get("failed"), result["msg"]
        for command in (f"user add root:{PASSWORD}", "user grant-role root root", "auth enable"):
            docker("exec", farm.container("etcd"), "etcdctl", *command.split())
        yield farm, result
    finally:
        farm.remove()


@pytest.fixture
def farm(just_started):
    return just_started[0]
