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

from ansible_collections.sahool.platform.plugins.module_utils._rollout.digest import labelled
from ansible_collections.sahool.platform.plugins.modules import service_rollout

TEXT = json.dumps(labelled({"name": "p", "services": {"a": {"image": "a:1"}, "b": {"image": "b:1"}}}))


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "compose.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


@pytest.fixture
def engine(tmp_path):
    """A Docker client with an engine of no containers, whose Compose fails as told."""

    def write(up="exit 0"):
        path = pathlib.Path(tmp_path, "docker")
        cases = [
            f"*' up '*) {up} ;;",
            "'image inspect '*) echo '\"sha256:a\"'; echo '\"sha256:b\"' ;;",
            "'ps '*) ;;",
            "'events '*) exec sleep 60 ;;",
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
    assert predicted["diff"]["before"]["a"] == {"container": "absent"}
    done = rolled(model, docker_cli="/no/docker")
    assert done["failed"] is True
    assert "install Docker" in done["msg"]
    assert done["changed"] is False


def test_check_mode_takes_a_model_that_is_not_written_yet(tmp_path, engine):
    later = str(tmp_path / "later/compose.yaml")
    predicted = rolled(later, check=True, model_text=TEXT, docker_cli=engine())
    assert not predicted.get("failed")
    assert "warnings" not in predicted
    assert {name: entry["action"] for name, entry in predicted["services"].items()} == {"a": "create", "b": "create"}
    assert "render the release first" in rolled(later, model_text=TEXT, docker_cli=engine())["msg"]
    broken = rolled(later, check=True, model_text="services: {}", docker_cli=engine())
    assert f"model {later} is not JSON" in broken["msg"]


def test_what_is_rendered_is_not_returned(model):
    rendered = [{"digest": "0123456789abcdef", "name": "a.env", "content": "KEY='vEryS3cret'\n"}]
    result = rolled(model, check=True, rendered=rendered, docker_cli="/no/docker")
    assert not result.get("failed")
    assert "vEryS3cret" not in json.dumps(result)


def test_what_compose_says_is_shown_without_progress(model, engine):
    up = "printf ' Container p-a-1 Creating \\n Error response from daemon: no room\\nno room\\n' >&2; exit 1"
    result = rolled(model, docker_cli=engine(up))
    assert result["failed"] is True
    assert result["changed"] is False  # nothing came of it
    assert result["msg"].splitlines() == [
        "The roll-out of project p stopped in wave 1 of 2: a could not be started (exit code 1).",
        "a: it could not be started",
        "  next: docker ps -a --filter label=com.docker.compose.project=p",
        "Docker said: Error response from daemon: no room",
        "Not started: b.",
        "What was started stays as it is. Correct the cause and run this again; it goes on from here.",
    ]
    assert [(entry["service"], entry["state"]) for entry in result["failure"]] == [("a", "absent")]
    assert result["not_ready"] == ["a", "b"]
    assert {entry["state"] for entry in result["services"].values()} == {"not_reached"}


def test_compose_that_says_all_is_well_but_makes_no_container_is_found_out(model, engine):
    result = rolled(model, docker_cli=engine(), deadline=5)
    assert result["failed"] is True
    assert "a: its container is gone, after " in result["msg"]
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
    failed = rolled(model, docker_cli=engine("exit 1"))
    assert set(documented["failure"]["contains"]) == set(failed["failure"][0])


def test_an_engine_that_goes_away_is_told_with_the_phase(model, engine):
    gone = "echo 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?' >&2; exit 1"
    client = pathlib.Path(engine())
    client.write_text(client.read_text().replace("'ps '*) ;;", f"'ps '*) {gone} ;;"), encoding="utf-8")
    result = rolled(model, docker_cli=str(client), phase="1 data")
    assert result["msg"].startswith("Phase 1 data of project p stopped: `docker ps ")
    assert "Start the engine" in result["msg"]
    assert result["failure"] == []
