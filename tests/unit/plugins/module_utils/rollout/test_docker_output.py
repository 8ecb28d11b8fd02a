# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Docker and Compose print, as recorded from engines 20.10 and 28 and Compose 2.26 and 5.6."""

from __future__ import annotations

import json

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._health.docker_cli import (
    DockerCli,
    DockerError,
    DockerMissing,
)
from ansible_collections.sahool.platform.plugins.module_utils._rollout.compose import Compose, image_ids
from ansible_collections.sahool.platform.plugins.module_utils._rollout.container import observe, parse
from ansible_collections.sahool.platform.plugins.module_utils._rollout.log import last_lines
from ansible_collections.sahool.platform.plugins.module_utils._rollout.model import Model, Service

LABELS = {
    "com.docker.compose.project": "p",
    "com.docker.compose.service": "svc",
    "com.docker.compose.project.config_files": "/m/compose.yaml,/root/override.yaml",
    "sahool.platform.model": "m1",
    "com.docker.compose.oneoff": "False",
}
STATE = {
    "Status": "exited",
    "Running": False,
    "Paused": False,
    "Restarting": False,
    "OOMKilled": True,
    "Dead": False,
    "Pid": 0,
    "ExitCode": 137,
    "Error": "",
    "StartedAt": "2026-11-23T14:35:40.023035317Z",
    "FinishedAt": "2026-11-23T14:35:40.024471011Z",
}


def inspected(**fields):
    document = {
        "id": "c1",
        "name": "/p-svc-1",
        "state": STATE,
        "image": "sha256:real",
        "labels": LABELS,
        "env": ["PASSWORD=S3cret", "EMPTY="],
        "restarts": 2,
        "image_name": "svc:1",
        "ports": {
            "80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}],
            "443/tcp": [{"HostIp": "", "HostPort": "8443"}],
            "9/udp": None,
        },
    }
    return json.dumps({**document, **fields})


class Docker:
    """A client that gives prepared answers, in their order, and keeps what it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []
        self.given = []

    def cli(self):
        def run_command(arguments, data=None, **options):
            # What is given no input runs behind a shell that closes it.
            self.asked.append(arguments[5:] if data is None else arguments[1:])
            self.given.append(data)
            code, out, err = self.answers.pop(0)
            return code, out, err

        return DockerCli(run_command, "sh")


def test_a_container_is_read():
    (found,) = parse(inspected() + "\n")
    assert (found.name, found.service, found.model) == ("p-svc-1", "svc", "m1")
    assert found.image == "sha256:real"
    assert found.image_name == "svc:1"
    assert found.config_files == ("/m/compose.yaml", "/root/override.yaml")
    assert found.ports == ("0.0.0.0:8443:443/tcp", "127.0.0.1:8080:80/tcp")
    assert found.variables == {"PASSWORD", "EMPTY"}
    assert "S3cret" not in repr(found)
    assert found.in_words == "exited (exit code 137, killed for lack of memory), restarted 2 times"


def test_a_container_without_labels_is_nobody_s():
    (found,) = parse(inspected(labels=None, ports=None))
    assert (found.service, found.model, found.config_files, found.ports) == ("", "", (), ())


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"Status": "running", "Health": {"Status": "unhealthy", "Log": []}}, "running (unhealthy)"),
        ({"Status": "running", "Health": {"Status": "healthy"}}, "running"),
        ({"Status": "created", "Error": "port is already allocated"}, "created: port is already allocated"),
    ],
)
def test_a_state_in_words(state, words):
    (found,) = parse(inspected(state={**STATE, **state}, restarts=0))
    assert found.variables == {"PASSWORD", "EMPTY"}
    assert "S3cret" not in repr(found)
    assert found.in_words == words


def test_a_container_that_vanishes_while_it_is_looked_at_is_no_error():
    docker = Docker(
        (0, "c1\nc2\n", ""), (1, inspected(), "Error: No such container: c2"), (0, "c1\n", ""), (0, inspected(), "")
    )
    assert [found.id for found in observe(docker.cli(), "p")] == ["c1"]


def test_looking_does_not_go_on_for_ever():
    gone = [(0, "c1\n", ""), (1, "", "Error: No such container: c1")]
    with pytest.raises(DockerError, match="No such container"):
        observe(Docker(*gone * 3).cli(), "p")


def test_containers_of_compose_run_are_left_alone():
    labels = {**LABELS, "com.docker.compose.oneoff": "True"}
    assert observe(Docker((0, "c1\n", ""), (0, inspected(labels=labels), "")).cli(), "p") == []


def test_a_project_without_containers_is_not_inspected():
    docker = Docker((0, "\n", ""))
    assert observe(docker.cli(), "p") == []
    assert docker.asked == [["ps", "-aq", "--no-trunc", "--filter", "label=com.docker.compose.project=p"]]


def model(*env_files):
    return Model("/m/compose.yaml", {"svc": Service("svc", "image:1", env_files, {})})


@pytest.mark.parametrize(
    "said",
    [
        "unknown shorthand flag: 'p' in -p\nSee 'docker --help'.",
        "docker: 'compose' is not a docker command.\nSee 'docker --help'",
        "docker: unknown command: docker compose\n\nRun 'docker --help' for more information",
    ],
)
def test_a_client_without_the_plugin_is_told_from_a_bad_model(said):
    for call in ("up", "create"):
        with pytest.raises(DockerMissing, match="no Compose plugin; install"):
            getattr(Compose(Docker((1, "", said)).cli(), "p", model()), call)(["svc"])
        refused = (15, "", "services.svc Additional property x is not allowed")
        assert getattr(Compose(Docker(refused).cli(), "p", model()), call)(["svc"]) == (refused[0], refused[2])


def test_up_makes_what_differs_and_nothing_else():
    docker = Docker((0, "", ""))
    Compose(docker.cli(), "p", model()).up(["svc"])
    assert " ".join(docker.asked[0]) == (
        "compose --progress plain -p p -f /m/compose.yaml up -d --no-deps --no-build --pull never --force-recreate svc"
    )


def service(name, image):
    return Service(name, image, (), {})


def test_image_ids_cost_one_call():
    docker = Docker((0, '"sha256:a"\n"sha256:b"\n', ""))
    services = [service("x", "b:1"), service("y", "a:1"), service("z", "a:1")]
    assert image_ids(docker.cli(), services) == {"a:1": "sha256:a", "b:1": "sha256:b"}
    assert docker.asked == [["image", "inspect", "--format", "{{json .Id}}", "a:1", "b:1"]]


@pytest.mark.parametrize(
    "said", ["Error: No such image: a:1", "Error response from daemon: no such image: a:1: No such image: a:1"]
)
def test_a_missing_image_does_not_give_its_place_to_another(said):
    docker = Docker((1, '"sha256:b"\n', said), (1, "", said), (0, '"sha256:b"\n', ""))
    assert image_ids(docker.cli(), [service("x", "b:1"), service("y", "a:1")]) == {"b:1": "sha256:b"}


def test_an_engine_that_is_away_is_no_missing_image():
    said = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
    with pytest.raises(DockerMissing, match="Start the engine"):
        image_ids(Docker((1, "", said)).cli(), [service("x", "b:1")])


def test_log_lines_of_both_streams_are_in_their_order():
    docker = Docker(
        (
            0,
            "2026-11-23T14:35:40.1Z one\n2026-11-23T14:35:40.3Z three\n",
            "2026-11-23T14:35:40.2Z two\n2026-11-23T14:35:40.4Z f\udcffour\n",
        )
    )
    assert last_lines(docker.cli(), "c", count=3) == ["two", "three", "f?our"]
