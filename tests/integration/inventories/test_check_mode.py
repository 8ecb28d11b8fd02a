# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode on a machine where nothing of the platform runs: it comes to its end and touches nothing."""

from __future__ import annotations

import json
import os
import subprocess

from inventory_plan import NO_HOST, PLAYBOOKS, ROOT, ansible_playbook


def test_a_first_deployment_can_be_checked(tmp_path):
    project, home = f"t-inventories-check-{os.getpid()}", tmp_path / "home"
    values = {
        **NO_HOST,
        "sahool_project": project,
        "sahool_port_offset": 25000,
        "sahool_home": str(home),
        "sahool_image_source": "build",
        # No image of this release is there.
        "sahool_version": "v99.0.0",
        # Another platform may run on this machine.
        "release_accept_new_volumes": True,
    }
    done = ansible_playbook(
        PLAYBOOKS / "deploy.yml", ROOT / "inventories/local", "--check", "-vvv", "-e", json.dumps(values)
    )
    assert done.returncode == 0, done.output
    assert "Not yet as planned: postgres, redis, pgbouncer," in done.output
    assert not home.exists()
    for kind in (["container", "ls", "--all"], ["volume", "ls"], ["network", "ls"]):
        found = subprocess.run(
            ["docker", *kind, "--quiet", "--filter", f"label=com.docker.compose.project={project}"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert found.stdout == ""
