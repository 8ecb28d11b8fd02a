# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the platform: the plan of what was just deployed is empty, and no container is touched without a cause."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.sahool.platform.plugins.filter.plan_text import plan_text
from ansible_collections.sahool.platform.plugins.module_utils._health.docker_cli import DockerCli
from ansible_collections.sahool.platform.plugins.module_utils._rollout import prospect
from ansible_collections.sahool.platform.plugins.module_utils._rollout.container import Container
from ansible_collections.sahool.platform.plugins.module_utils._rollout.model import Model
from ansible_collections.sahool.platform.plugins.module_utils._rollout.record import observed, record
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.complete import complete_entry
from ansible_collections.sahool.platform.plugins.plugin_utils._deployment_plan.collect import make_plan
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.host import Site, host_plan

TIERS = {1: "data_tier", 2: "gateway_tier", 3: "application_tier", 8: "application_tier"}
SECRETS = {"SAHOOL_DIGEST_KEY": "k" * 32, "PASSWORD": "aVerySecretValue"}
Services = dict[str, dict[str, Any]]


@st.composite
def platforms(draw) -> Services:
    """Draw raw catalogue entries."""
    services = {}
    for number in range(draw(st.integers(1, 6))):
        phase = draw(st.sampled_from(sorted(TIERS)))
        services[f"service-{number}"] = {
            "phase": phase,
            "tier": TIERS[phase],
            "image": f"registry.example/image-{number}",
            "tag": "1.2.3",
            "container_port": 8000,
            "health_path": "/healthz",
            "identity": {"container": True},
            "environment": {
                **draw(st.dictionaries(st.sampled_from(["LEVEL", "MODE"]), st.text("a$ ", min_size=1, max_size=4))),
                **({"PASSWORD": "{secret:PASSWORD}"} if draw(st.booleans()) else {}),
            },
            "files": {"/etc/its.conf": {"template": "its.conf.j2"}} if draw(st.booleans()) else {},
            "volumes": {f"data-{number}": {"target": "/data"}} if draw(st.booleans()) else {},
            "resources": draw(st.sampled_from([{}, {"memory": "256M"}])),
        }
    return services


def planned(raw: Services) -> dict[str, Any]:
    """Return the plan of one host that runs all of *raw*."""
    services = {
        name: complete_entry(
            name, entry, ports={(name, "main"): 10000 + index}, registry="", version="", environment_sets={}
        )
        for index, (name, entry) in enumerate(raw.items())
    }
    return host_plan(
        services,
        Site("here", dict.fromkeys(services, "here"), {}, "sahool", "/opt/sahool/files"),
        rendered={name: dict.fromkeys(entry["files"], "it = 1\n") for name, entry in services.items()},
        images={
            name: {"reference": entry["registry_image"], "source": "registry", "major": None, "id": image_id(entry)}
            for name, entry in services.items()
        },
        secrets=SECRETS,
        settings={},
        recorded={},
    )


def image_id(entry: dict[str, Any]) -> str:
    return "sha256:" + entry["registry_image"].encode().hex()


def deployed(plan: dict[str, Any]) -> list[Container]:
    """Return the containers that Compose makes of a plan."""
    entries = json.loads(plan["compose"])["services"]
    return [
        Container(
            id=f"{number:064x}",
            name=f"sahool-{name}-1",
            service=name,
            model=entries[name]["labels"]["sahool.platform.model"],
            image="sha256:" + entries[name]["image"].encode().hex(),
            status="running",
            labels=entries[name]["labels"],
            config_files=(plan["compose_path"],),
            image_name=entries[name]["image"],
        )
        for number, name in enumerate(plan["services"])
    ]


def of_deployment(plan: dict[str, Any], containers: list[Container]) -> dict[str, Any]:
    """Return what a deployment of *plan* would do where *containers* are; all that is not touched is ready."""

    def run_command(arguments, data=None, **options):
        names = [argument for argument in arguments if argument.startswith("registry.example/")]
        return 0, "".join(json.dumps("sha256:" + name.encode().hex()) + "\n" for name in names), ""

    model = Model.parse(plan["compose_path"], plan["compose"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prospect, "observe", lambda docker, project: containers)
        found = prospect.look_ahead(DockerCli(run_command, "sh"), "sahool", model, plan["services"], ())
    present = {container.service: container for container in containers}
    services = {name: record(step, present.get(name), None, "unknown") for name, step in found.steps.items()}
    survey = {
        "services": {name: {**entry, "ready": entry["action"] == "none"} for name, entry in services.items()},
        "orphans": [{"service": one.service, "container": one.name, "state": one.in_words} for one in found.orphans],
        "observed": observed(containers, plan["services"]),
    }
    host = {"plan": plan, "survey": survey, "release": "one"}
    return make_plan({"here": host}, project="sahool", environment="", generated=[], ahead=True)


def touched(made: dict[str, Any]) -> dict[str, str]:
    return {step["service"]: step["action"] for step in made["hosts"]["here"]["steps"]}


@settings(deadline=None, max_examples=50)
@given(platforms())
def test_the_plan_of_what_was_just_deployed_is_empty(raw):
    plan = planned(raw)
    made = of_deployment(plan, deployed(plan))
    assert made["empty"]
    assert plan_text(made).endswith(f"Nothing to do: {len(raw)} service{'s' * (len(raw) > 1)} as planned and ready.")


CHANGES: dict[str, Any] = {
    "image": ("tag", "1.2.4"),
    "environment": ("environment", {"LEVEL": "another"}),
    "configuration": ("stop_grace_period", 99),
}


@settings(deadline=None, max_examples=50)
@given(platforms(), st.sampled_from(sorted(CHANGES)), st.data())
def test_what_changes_is_recreated_with_a_cause_and_nothing_else_is_touched(raw, cause, data):
    name = data.draw(st.sampled_from(sorted(raw)))
    field, value = CHANGES[cause]
    changed = copy.deepcopy(raw)
    changed[name][field] = value
    made = of_deployment(planned(changed), deployed(planned(raw)))
    assert touched(made) == {name: "recreate"}
    step = made["hosts"]["here"]["steps"][0]
    # The files of the first release are not on this machine, so that all that is known is the model and the image.
    assert step["causes"]
    assert step["changes"]


@settings(deadline=None, max_examples=50)
@given(platforms(), st.data())
def test_what_is_gone_is_created_what_stopped_is_started_and_what_left_is_removed(raw, data):
    plan = planned(raw)
    containers = deployed(plan)
    index = data.draw(st.integers(0, len(containers) - 1))
    one, others = containers[index], [*containers[:index], *containers[index + 1 :]]
    assert touched(of_deployment(plan, others)) == {one.service: "create"}
    assert touched(of_deployment(plan, [replace(one, status="exited", exit_code=137), *others])) == {
        one.service: "start"
    }
    left = of_deployment(plan, [replace(one, service="left", name="sahool-left-1"), *containers])
    assert touched(left) == {}
    assert left["counts"]["remove"] == 1
    assert not left["empty"]
