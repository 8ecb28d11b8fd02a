# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a roll-out would do, and how many questions it takes to find out."""

from __future__ import annotations

import threading

import pytest
from containers import container

from ansible_collections.sahool.platform.plugins.module_utils._health.docker_cli import DockerCli
from ansible_collections.sahool.platform.plugins.module_utils._rollout import prospect
from ansible_collections.sahool.platform.plugins.module_utils._rollout.model import Model, Service

PLAIN, RESOLVED = "a" * 64, "b" * 64


@pytest.fixture
def env_file(tmp_path):
    path = tmp_path / "svc.env"
    path.write_text("# secrets\nPASSWORD=one\n\nKEY=two\n", encoding="utf-8")
    return str(path)


def looked_ahead(monkeypatch, env_files, present):
    """The step for one service, and what Compose was asked."""
    asked = []
    lock = threading.Lock()

    def run_command(arguments, data=None, **options):
        words = " ".join(arguments[1:] if data is not None else arguments[5:])
        if words.startswith("image"):
            return 0, '"image-1"\n', ""
        with lock:
            asked.append(words.partition("-f ")[2])
        if "--format json" in words:
            return 0, "{}", ""
        return 0, f"svc {RESOLVED if '-f -' in words else PLAIN}\n", ""

    monkeypatch.setattr(prospect, "observe", lambda docker, project: present)
    model = Model("/m", {"svc": Service("svc", "image:1", env_files, {})})
    found = prospect.look_ahead(DockerCli(run_command, "sh"), "p", model, ["svc"], ())
    return found.steps["svc"].action, asked


NAMES = frozenset({"PASSWORD", "KEY", "PATH"})
QUICK = ["/m config --hash *"]
SLOW = [*QUICK, "/m config --format json", "- config --hash *"]


@pytest.mark.parametrize(
    ("with_file", "config_hash", "variables", "action", "asked"),
    [
        (False, PLAIN, frozenset(), "none", QUICK),
        (False, "other", frozenset(), "recreate", QUICK),
        (True, PLAIN, NAMES, "none", QUICK),
        (True, RESOLVED, NAMES, "none", SLOW),  # Compose 2.26: the plain digest lacks the file
        (True, "other", NAMES, "recreate", SLOW),
        (True, PLAIN, frozenset({"PATH"}), "recreate", SLOW),  # made before there was anything in the file
    ],
)
def test_environment_files_cost_a_second_look_only_in_doubt(
    monkeypatch, env_file, with_file, config_hash, variables, action, asked
):
    present = [container(config_hash=config_hash, variables=variables)]
    assert looked_ahead(monkeypatch, (env_file,) if with_file else (), present) == (action, asked)


def test_what_is_not_there_is_created_without_a_second_look(monkeypatch, env_file):
    assert looked_ahead(monkeypatch, (env_file,), []) == ("create", QUICK)
