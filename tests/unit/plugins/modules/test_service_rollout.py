# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""service_rollout as Ansible calls it, without an engine. What it does with one is in the integration tests."""

from __future__ import annotations

import json
import pathlib

import pytest
import yaml
from service_call import call

from ansible_collections.sahool.platform.plugins.modules import service_rollout

DIGEST = "56ac8edd815bc4bf5ea47096d1deb4d904f995be6df40a06dcc953dfe65fe82d"


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "compose.yaml"
    path.write_text(json.dumps({"services": {"a": {"image": "a:1"}, "b": {"image": "b:1"}}}), encoding="utf-8")
    return str(path)


@pytest.fixture
def engine(tmp_path):
    """A Docker client with an engine of no containers, whose Compose fails as told."""

    def write(up="exit 0"):
        path = pathlib.Path(tmp_path, "docker")
        cases = [
            f"*' config --hash '*) printf 'a {DIGEST}\\nb {DIGEST}\\n' ;;",
            f"*' up '*) {up} ;;",
            "'image inspect '*) echo '\"sha256:a\"'; echo '\"sha256:b\"' ;;",
            "'ps '*) ;;",
        ]
        path.write_text('#!/bin/sh\ncase "$*" in\n' + "\n".join(cases) + "\nesac\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return write


def rolled(model, *, check=False, diff=False, **options):
    arguments = {"project": "p", "model": model, "waves": [["a"], ["b"]], **options}
    return call("service_rollout", arguments, check=check, diff=diff)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"waves": [["a"], ["c"]]}, "c is in waves but not in "),
        ({"waves": [["a", "a"]]}, "a is in waves twice"),
        ({"services": [{"name": "c", "one_shot": True}]}, "c has a gate but is in no wave"),
        ({"services": [{"name": "a"}]}, "service a: `protocol` is missing"),
        ({"deadline": -1}, "deadline is -1.0 s"),
        ({"model": "/no/compose.yaml"}, "model /no/compose.yaml does not exist; render the release first"),
    ],
)
def test_what_does_not_fit_is_refused_before_docker_is_asked(model, options, words):
    result = rolled(**{"model": model, "docker_cli": "/no/docker", **options})
    assert result["failed"] is True
    assert words in result["msg"]


def test_without_docker_check_mode_creates_everything_and_a_real_run_fails(model):
    predicted = rolled(model, check=True, diff=True, docker_cli="/no/docker")
    assert not predicted.get("failed")
    assert predicted["changed"] is True
    assert {name: entry["action"] for name, entry in predicted["services"].items()} == {"a": "create", "b": "create"}
    assert {entry["state"] for entry in predicted["services"].values()} == {"unknown"}
    assert predicted["not_ready"] == []
    assert predicted["diff"]["before"]["a"] == {"container": "absent", "labels": {}}
    done = rolled(model, docker_cli="/no/docker")
    assert done["failed"] is True
    assert "install Docker" in done["msg"]
    assert done["changed"] is False


def test_what_compose_says_is_shown_without_progress(model, engine):
    up = "printf ' Container p-a-1 Creating \\n Error response from daemon: no room\\nno room\\n' >&2; exit 1"
    result = rolled(model, docker_cli=engine(up))
    assert result["failed"] is True
    assert result["changed"] is False  # nothing came of it
    assert result["msg"].splitlines() == [
        "The roll-out of project p stopped in wave 1 of 2: it could not be started (exit code 1).",
        "a: create (absent): has no container",
        "Docker said: Error response from daemon: no room",
        "next: docker ps -a --filter label=com.docker.compose.project=p",
        "Not started: b.",
        "What was started stays as it is. Correct the cause and run this again.",
    ]
    assert result["not_ready"] == ["a", "b"]
    assert {entry["state"] for entry in result["services"].values()} == {"not_reached"}


def test_compose_that_says_all_is_well_but_makes_no_container_is_found_out(model, engine):
    result = rolled(model, docker_cli=engine(), deadline=5)
    assert result["failed"] is True
    assert "a: not ready" in result["msg"]
    assert "its container is gone" in result["msg"]
    assert result["changed"] is False


def test_passwords_are_not_returned(model):
    gates = [{"name": "a", "protocol": "redis", "port": 1, "password": "vEryS3cret"}]
    assert "vEryS3cret" not in json.dumps(rolled(model, services=gates, docker_cli="/no/docker"))


def test_documented_options_returns_and_examples_are_those_of_the_code(model, engine):
    examples = yaml.safe_load(service_rollout.EXAMPLES)
    assert all("sahool.platform.service_rollout" in task for task in examples)
    result = rolled(model, docker_cli=engine(), check=True)
    documented = yaml.safe_load(service_rollout.RETURN)
    assert set(documented) == set(result) - {"changed", "invocation", "warnings"}
    assert set(documented["services"]["contains"]) == set(result["services"]["a"])
