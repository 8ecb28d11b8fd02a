# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of one host."""

from __future__ import annotations

import copy
import json

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._rollout.digest import LABEL
from ansible_collections.sahool.platform.plugins.module_utils._rollout.model import Model
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.errors import PlanError

SPLIT = {"postgres": "core", "nats": "core", "kong": "edge", "weather": "app", "advice": "app"}
ADDRESSES = {"core": "192.0.2.1", "edge": "192.0.2.2", "app": "192.0.2.3"}


def model(plan):
    return json.loads(plan["compose"])


def secret_file(plan, name):
    return next(file for file in plan["files"] if file["name"] == f"{name}.env")


def test_one_host_runs_everything_and_binds_loopback_only_but_for_the_proxy(plan_of):
    published = {
        (name, port["host_ip"], port["published"])
        for name, service in model(plan_of())["services"].items()
        for port in service.get("ports", [])
    }
    assert published == {
        ("postgres", "127.0.0.1", "5432"),
        ("nats", "127.0.0.1", "4222"),
        ("nats", "127.0.0.1", "8222"),
        ("kong", "0.0.0.0", "8000"),
        ("kong", "127.0.0.1", "8001"),
        ("weather", "127.0.0.1", "8104"),
        ("advice", "127.0.0.1", "8105"),
    }


def test_on_one_host_a_consumer_uses_name_and_container_port(plan_of):
    plan = plan_of()
    assert model(plan)["services"]["weather"]["environment"]["NATS_MONITOR"] == "http://nats:8222/healthz"
    assert "@postgres:5432/" in secret_file(plan, "weather")["content"]


def test_across_hosts_a_consumer_uses_the_published_port_and_the_private_address(plan_of, services):
    services = copy.deepcopy(services)
    services["postgres"]["port"] = 15432
    plan = plan_of("app", placement=SPLIT, host_addresses=ADDRESSES, services=services)
    weather = model(plan)["services"]["weather"]
    assert "@postgres:15432/" in secret_file(plan, "weather")["content"]
    # It names nats in its environment without depending on it.
    assert weather["extra_hosts"] == ["nats:192.0.2.1", "postgres:192.0.2.1"]
    assert sorted(model(plan)["services"]) == ["advice", "weather"]


def test_a_port_is_bound_to_the_private_address_only_when_a_consumer_lives_elsewhere(plan_of):
    core = model(plan_of("core", placement=SPLIT, host_addresses=ADDRESSES))["services"]
    assert [port["host_ip"] for port in core["postgres"]["ports"]] == ["127.0.0.1", "192.0.2.1"]
    assert [port["host_ip"] for port in core["nats"]["ports"]] == ["127.0.0.1", "192.0.2.1"] * 2
    edge = model(plan_of("edge", placement=SPLIT, host_addresses=ADDRESSES))["services"]
    assert [port["host_ip"] for port in edge["kong"]["ports"]] == ["0.0.0.0", "127.0.0.1"]
    app = model(plan_of("app", placement=SPLIT, host_addresses=ADDRESSES))["services"]
    # The gateway proxies the applications without depending on them.
    assert [port["host_ip"] for port in app["advice"]["ports"]] == ["127.0.0.1", "192.0.2.3"]


def test_a_host_whose_address_others_need_and_nobody_gave_is_a_finding(plan_of):
    with pytest.raises(PlanError) as error:
        plan_of("core", placement=SPLIT, host_addresses={"app": "192.0.2.3"})
    assert error.value.findings == [
        "postgres: services on app depend on it; set sahool_private_address of core",
        "nats: services on app depend on it; set sahool_private_address of core",
    ]


def test_the_compose_model_holds_no_secret(plan_of):
    plan = plan_of()
    assert "pgSecretValue1234" not in plan["compose"]
    assert "pgSecretValue1234" in secret_file(plan, "weather")["content"]
    assert secret_file(plan, "weather")["mode"] == "0600"


def test_there_is_no_depends_on(plan_of):
    assert "depends_on" not in plan_of()["compose"]


def test_the_same_arguments_give_the_same_plan(plan_of):
    assert plan_of() == plan_of()


def changed_services(before, after):
    first, second = model(before)["services"], model(after)["services"]
    return {name for name in second if first.get(name) != second[name]}


def test_a_changed_file_changes_its_path_and_the_label_of_its_reader_only(plan_of):
    before = plan_of()
    after = plan_of(rendered={"postgres": {"/etc/pg.conf": "listen_addresses = 'localhost'\n"}})
    assert changed_services(before, after) == {"postgres"}
    labels = [model(plan)["services"]["postgres"]["labels"]["sahool.platform.inputs"] for plan in (before, after)]
    assert labels[0] != labels[1]


def test_a_changed_secret_changes_its_readers_only(plan_of):
    secrets = {"SAHOOL_DIGEST_KEY": "k" * 32, "POSTGRES_PASSWORD": "another"}
    assert changed_services(plan_of(), plan_of(secrets=secrets)) == {"weather"}


def test_a_changed_mode_or_owner_is_another_file(plan_of, services):
    changed = copy.deepcopy(services)
    changed["postgres"]["files"]["/etc/pg.conf"]["uid"] = 70
    assert changed_services(plan_of(), plan_of(services=changed)) == {"postgres"}


def test_cpu_limits_are_capped_at_the_cores_of_the_host(plan_of):
    resources = model(plan_of(cpu_cap=2))["services"]["postgres"]["deploy"]["resources"]
    assert resources == {"limits": {"cpus": "2", "memory": "2G"}, "reservations": {"cpus": "0.5"}}
    uncapped = model(plan_of())["services"]["postgres"]["deploy"]["resources"]
    assert uncapped["limits"]["cpus"] == "4"


def test_steps_hold_waves_and_gates_by_tier_and_phase(plan_of):
    steps = plan_of()["steps"]
    assert steps["application_tier"]["3"]["waves"] == [["weather"], ["advice"]]
    assert [gate["name"] for gate in steps["application_tier"]["3"]["gates"]] == ["weather", "advice"]
    assert steps["data_tier"]["1"]["waves"] == [["postgres"]]


def test_a_gate_probes_the_published_port_with_the_credentials(plan_of):
    gates = {gate["name"]: gate for gate in plan_of()["gates"]}
    assert (gates["postgres"]["host"], gates["postgres"]["port"]) == ("127.0.0.1", 5432)
    assert (gates["postgres"]["username"], gates["postgres"]["password"]) == ("sahool", "pgSecretValue1234")
    assert (gates["kong"]["port"], gates["kong"]["path"]) == (8001, "/status")
    assert gates["weather"]["identity_accept"] == ["weather-service", "weather"]
    assert gates["advice"]["min_interval"] == 5


def test_gates_say_what_their_service_needs_as_far_as_it_is_on_this_host(plan_of):
    def needs(**options):
        return {gate["name"]: gate["needs"] for gate in plan_of(**options)["gates"]}

    assert needs()["advice"] == ["weather", "postgres"]
    assert needs()["postgres"] == []
    assert needs(host="app", placement=SPLIT, host_addresses=ADDRESSES)["advice"] == ["weather"]


def test_the_reference_image_is_told_whom_it_stands_for(plan_of, images):
    built = {name: {**image, "source": "build"} for name, image in images.items()}
    environment = model(plan_of(images=built))["services"]["advice"]["environment"]
    assert environment["REFERENCE_SERVICE"] == "advice"
    assert environment["REFERENCE_DEPENDENCIES"] == "weather"
    assert environment["REFERENCE_UPSTREAMS"] == "weather=http://weather:8092/healthz"
    assert environment["PORT"] == "8093"
    assert "REFERENCE_SERVICE" not in plan_of()["compose"]


def test_a_volume_with_a_name_of_its_own_is_adopted(plan_of, services):
    changed = copy.deepcopy(services)
    changed["postgres"]["volumes"]["postgres_data"]["name"] = "stock_postgres_data"
    plan = plan_of(services=changed)
    assert model(plan)["volumes"] == {"postgres_data": {"external": True, "name": "stock_postgres_data"}}
    assert plan["volumes"][0]["volume"] == "stock_postgres_data"
    assert model(plan_of())["volumes"] == {"postgres_data": {"name": "sahool_postgres_data"}}


def test_stateful_volumes_carry_what_was_recorded(plan_of):
    (volume,) = plan_of(recorded={"postgres": {"source": "build", "major": "17"}})["volumes"]
    assert (volume["recorded_source"], volume["source"]) == ("build", "registry")


def test_all_findings_come_together(plan_of, services):
    changed = copy.deepcopy(services)
    changed["weather"]["environment"]["X"] = "{secret:NOWHERE}"
    changed["advice"]["environment"]["Y"] = "{address:nobody}"
    with pytest.raises(PlanError) as error:
        plan_of(services=changed)
    assert error.value.findings == [
        "weather: {secret:NOWHERE}: there is no NOWHERE; correct the token or add what it names",
        "advice: {address:nobody}: there is no nobody; correct the token or add what it names",
    ]


def test_a_secret_that_no_environment_file_can_carry_is_a_finding(plan_of):
    with pytest.raises(PlanError, match="single quote or a line break") as error:
        plan_of(secrets={"SAHOOL_DIGEST_KEY": "k", "POSTGRES_PASSWORD": "it's"})
    assert "it's" not in str(error.value)


def test_a_secret_setting_stays_out_of_the_compose_model(plan_of, services):
    changed = copy.deepcopy(services)
    changed["advice"]["environment"]["API_KEY"] = "{setting:api_key}"
    plan = plan_of(services=changed, settings={"api_key": "vendorKey"}, secret_settings=["api_key"])
    assert "vendorKey" not in plan["compose"]
    assert secret_file(plan, "advice")["content"] == "API_KEY='vendorKey'\n"


def test_a_dollar_is_a_dollar(plan_of, services):
    changed = copy.deepcopy(services)
    changed["advice"]["command"] = ["sh", "-c", "echo $HOME"]
    assert model(plan_of(services=changed))["services"]["advice"]["command"] == ["sh", "-c", "echo $$HOME"]


def test_a_service_of_the_reference_image_is_gated_on_readiness_not_on_being_alive(plan_of, images):
    built = {name: {**image, "source": "build"} for name, image in images.items()}
    gates = {gate["name"]: gate for gate in plan_of(images=built)["gates"]}
    assert (gates["advice"]["path"], gates["advice"]["json"]) == ("/readyz", {"status": ["ready"]})
    assert gates["kong"]["path"] == "/status"
    assert {gate["name"]: gate for gate in plan_of()["gates"]}["advice"]["path"] == "/healthz"


def test_a_service_that_answers_in_the_embedded_image_only_has_no_gate_in_the_official_one(plan_of, services, images):
    changed = copy.deepcopy(services)
    changed["advice"]["probe_sources"] = ["build"]
    assert "advice" not in [gate["name"] for gate in plan_of(services=changed)["gates"]]
    built = {name: {**image, "source": "build"} for name, image in images.items()}
    assert "advice" in [gate["name"] for gate in plan_of(services=changed, images=built)["gates"]]


def test_no_gpu_is_reserved_for_an_embedded_image(plan_of, services, images):
    changed = copy.deepcopy(services)
    changed["advice"]["gpus"] = True
    built = {name: {**image, "source": "build"} for name, image in images.items()}
    assert "nvidia" in plan_of(services=changed)["compose"]
    assert "nvidia" not in plan_of(services=changed, images=built)["compose"]


def test_every_service_is_labelled_as_the_roll_out_wants_it(plan_of):
    """Whoever compares a container with the model trusts the label; a model with a wrong one is refused."""
    plan = plan_of()
    loaded = Model.parse(plan["compose_path"], plan["compose"])
    assert set(loaded.services) == set(plan["services"])
    assert {name: one["labels"][LABEL] for name, one in model(plan)["services"].items()} == {
        name: service.digest for name, service in loaded.services.items()
    }


TLS = {
    "uid": 1000,
    "gid": 1000,
    "files": {"certificate": "/kong/tls.crt", "key": "/kong/tls.key"},
    "environment": {"KONG_SSL_CERT": "/kong/tls.crt"},
}
ISSUED = {"kong": {"folder": "/opt/sahool/certificates/kong-000001", "fingerprint": "ab"}}


def with_certificate(services, **certificate):
    changed = copy.deepcopy(services)
    changed["kong"]["certificate"] = {**TLS, **certificate}
    return changed


def test_a_certificate_is_mounted_where_its_reader_looks_for_it(plan_of, services):
    kong = model(plan_of(services=with_certificate(services), certificates=ISSUED))["services"]["kong"]
    mounts = {mount["target"]: mount for mount in kong["volumes"]}
    assert {target: mount["source"] for target, mount in mounts.items()} == {
        "/kong/tls.crt": "/opt/sahool/certificates/kong-000001/tls.crt",
        "/kong/tls.key": "/opt/sahool/certificates/kong-000001/tls.key",
    }
    assert all(mount["read_only"] and not mount["bind"]["create_host_path"] for mount in mounts.values())
    assert kong["environment"]["KONG_SSL_CERT"] == "/kong/tls.crt"


@pytest.mark.parametrize(
    "renewed",
    [{"folder": "/opt/sahool/certificates/kong-000002", "fingerprint": "cd"}, {**ISSUED["kong"], "fingerprint": "cd"}],
)
def test_a_renewed_certificate_changes_its_reader_only(plan_of, services, renewed):
    entries = with_certificate(services)
    before = plan_of(services=entries, certificates=ISSUED)
    after = plan_of(services=entries, certificates={"kong": renewed})
    assert changed_services(before, after) == {"kong"}
    labels = [model(plan)["services"]["kong"]["labels"]["sahool.platform.inputs"] for plan in (before, after)]
    assert labels[0] != labels[1]


def test_a_certificate_that_no_container_reads_changes_nothing(plan_of, services):
    entries = with_certificate(services, files={}, environment={})
    assert model(plan_of(services=entries, certificates=ISSUED)) == model(plan_of())


def test_a_certificate_that_is_to_be_read_and_is_not_there_is_a_finding(plan_of, services):
    with pytest.raises(PlanError) as error:
        plan_of(services=with_certificate(services))
    (finding,) = error.value.findings
    assert finding.startswith("kong: certificate: there is none; run the role certificates before the plan")
