# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine is killed, the host loses its power: the platform comes back by itself, and a deploy has nothing to do."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from typing import Any

import pytest
from module_process import run_module
from own_engine import OwnEngine, own_engine
from platform_run import PLAYBOOKS, SMALL, Platform, all_but

ONE_SHOT = "ollama-model-loader"


@dataclass
class Restarted:
    """A platform on an engine of its own.

    :param bound: seconds within which it must be green again, from the moment on at which the machine starts.
    """

    engine: OwnEngine
    platform: Platform
    gates: list[dict[str, Any]]
    bound: float

    def seconds_to_green(self, began: float) -> float:
        """Wait until every gate is content, and return how long that took.

        :param began: ``time.monotonic()`` of the start.
        """
        result = run_module(
            "service_health",
            {"project": self.platform.project, "services": self.gates, "deadline": int(self.bound)},
            prefix=self.engine.inside,
            environment=self.engine.environment,
        )
        assert not result.get("failed"), result["msg"]
        assert {entry["name"] for entry in self.gates} == {
            name for name, entry in result["services"].items() if entry["ready"]
        }
        return time.monotonic() - began

    def containers(self) -> dict[str, tuple[str, str]]:
        """Return the id of every service's container and when it started."""
        return {name: (one["Id"], one["State"]["StartedAt"]) for name, one in self.platform.containers().items()}


@pytest.fixture(
    scope="module",
    params=[pytest.param((SMALL, 60), id="small"), pytest.param(((), 240), id="whole", marks=pytest.mark.long)],
)
def deployed(request, tmp_path_factory) -> Restarted:
    """Deploy on an engine of its own; all of it is gone at the end."""
    services, bound = request.param
    home = tmp_path_factory.mktemp("home")
    platform = Platform(f"t-restart-{os.getpid()}", 0, home)
    if services:
        platform.variables["sahool_services_exclude"] = all_but(*services)
    # Asked of the machine's engine, which has the images.
    platform.environment = {"ANSIBLE_COLLECTIONS_PATH": str(PLAYBOOKS / "collections")}
    needs_file = home / "needs.json"
    planned = platform.play("../tests/e2e/needs.yml", needs_file=str(needs_file))
    assert planned.returncode == 0, planned.output[-8000:]
    needs = json.loads(needs_file.read_text())
    with own_engine(tmp_path_factory.mktemp("engine")) as engine:
        engine.load(needs["images"])
        platform.environment = engine.environment
        platform.prefix = engine.inside
        first = platform.play("deploy.yml")
        assert first.returncode == 0, first.output[-8000:]
        yield Restarted(engine, platform, needs["gates"], bound)


def power_cut(engine: OwnEngine) -> None:
    engine.cut_power()


def dockerd_killed(engine: OwnEngine) -> None:
    engine.kill_daemon()


@pytest.mark.parametrize("mishap", [power_cut, dockerd_killed])
def test_it_comes_back_by_itself_and_a_deploy_says_no_change(deployed, mishap, record_property):
    before = deployed.containers()
    mishap(deployed.engine)
    began = time.monotonic()
    deployed.engine.start()
    deployed.platform.prefix = deployed.engine.inside
    seconds = deployed.seconds_to_green(began)
    record_property("seconds_to_green", round(seconds, 1))
    print(f"{len(before)} containers, {mishap.__name__}: green after {seconds:.1f} s")

    after = deployed.containers()
    assert {name: found[0] for name, found in after.items()} == {name: found[0] for name, found in before.items()}
    # The proof that it was off at all; what ended well before is not run again.
    assert {name for name in after if after[name] == before[name]} == {ONE_SHOT}
    assert seconds <= deployed.bound

    again = deployed.platform.play("deploy.yml", "--diff")
    assert again.returncode == 0, again.output[-8000:]
    assert again.recap["changed"] == 0, again.output
    assert deployed.containers() == after
