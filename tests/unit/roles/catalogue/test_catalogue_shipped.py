# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue as it is shipped, held against the checklist and against what is known of the real services."""

from __future__ import annotations

import pathlib
import re
from typing import Any

import pytest
import yaml

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.check_dependencies import hard_dependencies
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.request import Request
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.schema import TIER_PHASES, TIERS

ROOT = pathlib.Path(__file__).resolve().parents[4]
DEFAULTS = ROOT / "roles" / "catalogue" / "defaults" / "main"

# Own copy of the checklist's services, by phase and in its order.
CHECKLIST = {
    1: """postgres redis pgbouncer nats mqtt qdrant etcd minio milvus ollama ollama-model-loader""",
    2: """kong provider-config""",
    3: """field-management-service marketplace-service research-core field-ops weather-service advisory-service
        weather-core""",
    4: """yield-prediction lai-estimation crop-growth-model vegetation-analysis-service crop-intelligence-service
        ndvi-engine disaster-assessment indicators-service""",
    5: """chat-service iot-service community-chat notification-service ws-gateway iot-gateway field-chat""",
    6: """billing-core equipment-service field-intelligence task-service inventory-service virtual-sensors
        irrigation-smart""",
    7: """ai-advisor agro-advisor alert-service crop-health crop-health-ai astronomical-calendar
        yield-prediction-service""",
    8: """code-review-service agent-registry field-service""",
    9: """demo-data""",
}
# Ports that the checklist names: service, port name, port.
CHECKLIST_PORTS = {
    "postgres": {"main": 5432},
    "redis": {"main": 6379},
    "pgbouncer": {"main": 6432},
    "nats": {"main": 4222, "monitor": 8222},
    "mqtt": {"main": 1883, "websockets": 9001},
    "qdrant": {"main": 6333, "grpc": 6334},
    "etcd": {"main": 2379, "peer": 2380},
    "minio": {"main": 9000},
    "milvus": {"main": 19530, "metrics": 9091},
    "ollama": {"main": 11434},
    "kong": {"main": 8000, "admin": 8001, "proxy_ssl": 8443, "admin_ssl": 8444},
    "field-management-service": {"main": 8100},
    "marketplace-service": {"main": 8101},
    "research-core": {"main": 8102},
    "field-ops": {"main": 8103},
    "weather-service": {"main": 8104},
    "advisory-service": {"main": 8105},
    "weather-core": {"main": 8106},
    "yield-prediction": {"main": 8107},
    "lai-estimation": {"main": 8108},
    "crop-growth-model": {"main": 8109},
    "vegetation-analysis-service": {"main": 8110},
    "crop-intelligence-service": {"main": 8111},
    "ndvi-engine": {"main": 8112},
    "alert-service": {"main": 8113},
    "indicators-service": {"main": 8114},
    "demo-data": {"main": 8150},
}
# What the real images listen on.
CONTAINER_PORTS = {
    "provider-config": 8104, "field-management-service": 3000, "marketplace-service": 3010, "research-core": 3015,
    "field-ops": 8080, "weather-service": 8092, "advisory-service": 8093, "weather-core": 8108,
    "yield-prediction": 3021, "lai-estimation": 3022, "crop-growth-model": 3023, "vegetation-analysis-service": 8090,
    "crop-intelligence-service": 8095, "ndvi-engine": 8107, "disaster-assessment": 3020, "indicators-service": 8091,
    "chat-service": 8114, "iot-service": 8117, "community-chat": 8097, "notification-service": 8110,
    "ws-gateway": 8081, "iot-gateway": 8106, "field-chat": 8099, "billing-core": 8089, "equipment-service": 8101,
    "field-intelligence": 8120, "task-service": 8103, "inventory-service": 8116, "virtual-sensors": 8119,
    "irrigation-smart": 8094, "ai-advisor": 8112, "agro-advisor": 8105, "alert-service": 8113, "crop-health": 8100,
    "crop-health-ai": 8128, "astronomical-calendar": 8111, "yield-prediction-service": 8098,
    "code-review-service": 8102, "agent-registry": 8121, "field-service": 8115,
}  # fmt: skip
OPTIONAL = {
    "gpu": {"ollama", "ollama-model-loader", "code-review-service"},
    "deprecated": {"field-ops", "weather-core", "ndvi-engine", "agro-advisor", "crop-health"},
    "demo": {"demo-data"},
}
# Two services report one name, so the name proves nothing.
SHARED_IDENTITIES = [
    ("advisory-service", "agro-advisor"),
    ("crop-intelligence-service", "crop-health"),
    ("yield-prediction", "yield-prediction-service"),
]
# By which variable the reference image reaches a dependency (roles/images/files/embedded-python/reference/clients).
REFERENCE_VARIABLES = {
    "postgres": "DATABASE_URL",
    "pgbouncer": "DATABASE_URL",
    "redis": "REDIS_URL",
    "nats": "NATS_URL",
    "qdrant": "QDRANT_HOST",
    "kong": "KONG_URL",
    "ollama": "OLLAMA_URL",
}
THROUGH_THE_POOL = re.compile(r"\{address:pgbouncer\}")


def defaults() -> dict[str, Any]:
    """Return all variables of the role's defaults, Jinja left as it is."""
    variables: dict[str, Any] = {}
    for path in sorted(DEFAULTS.glob("*.yml")):
        variables.update(yaml.safe_load(path.read_text(encoding="utf-8")))
    return variables


VARIABLES = defaults()
CATALOGUE = {
    name: entry
    for tier in ("data", "messaging", "vector", "ai", "gateway", "application")
    for name, entry in VARIABLES[f"catalogue_{tier}_services"].items()
}


def request(**changes: Any) -> Request:
    """Return a request for the shipped catalogue with everything selected, changed as asked."""
    given = {
        "catalogue": CATALOGUE,
        "optional": ["gpu", "demo", "deprecated"],
        "registry": "registry.example/sahool",
        "version": "v16.0.0",
        "environment_sets": VARIABLES["catalogue_environment_sets"],
        "settings": list(VARIABLES["catalogue_default_settings"]),
        "secrets": [secret["name"] for secret in VARIABLES["catalogue_secrets"]],
    }
    return Request(**{**given, **changes})


SERVICES = request().services()
APPLICATIONS = VARIABLES["catalogue_application_services"]


def test_the_catalogue_is_the_checklist():
    by_phase: dict[int, list[str]] = {}
    for name, entry in CATALOGUE.items():
        by_phase.setdefault(entry["phase"], []).append(name)

    assert by_phase == {phase: names.split() for phase, names in CHECKLIST.items()}
    assert len(CATALOGUE) == 53


def test_the_role_merges_the_tiers_in_the_order_of_the_checklist():
    named = re.findall(r"catalogue_(\w+)_services", VARIABLES["catalogue_services"])

    assert tuple(f"{tier}_tier" for tier in named) == TIERS


@pytest.mark.parametrize(("tier", "phases"), TIER_PHASES.items())
def test_services_stand_in_the_file_of_their_tier(tier, phases):
    entries = VARIABLES[f"catalogue_{tier.removesuffix('_tier')}_services"]

    assert {entry["tier"] for entry in entries.values()} == {tier}
    assert {entry["phase"] for entry in entries.values()} == set(phases)


def test_everything_selected_has_no_findings():
    assert [finding.message for finding in request().findings()] == []


def test_what_production_selects_has_no_findings():
    production = request(optional=[])

    assert [finding.message for finding in production.findings()] == []
    assert set(production.left_out) == set().union(*OPTIONAL.values())


def test_a_real_machine_holds_everything():
    # What the checklist asks for.
    host = {"name": "one", "cores": 8, "memory_mb": 16 * 1024}

    assert [finding.message for finding in request(hosts=[host]).findings()] == []


@pytest.mark.parametrize(("option", "names"), OPTIONAL.items())
def test_optional_services_are_those_that_need_a_profile(option, names):
    assert {name for name, entry in CATALOGUE.items() if entry.get("optional") == option} == names


@pytest.mark.parametrize(("name", "ports"), CHECKLIST_PORTS.items())
def test_ports_of_the_checklist_are_kept(name, ports):
    entry = SERVICES[name]
    found = {"main": entry["port"], **{key: extra["port"] for key, extra in entry["extra_ports"].items()}}

    assert {key: found.get(key) for key in ports} == ports


def test_ports_that_are_given_follow_the_checklist():
    given = [entry["port"] for name, entry in SERVICES.items() if name not in CHECKLIST_PORTS and entry["port"]]

    assert given == [8115, 8116, *range(8117, 8140)]


def test_applications_listen_where_the_real_images_do():
    assert {name: SERVICES[name]["container_port"] for name in CONTAINER_PORTS} == CONTAINER_PORTS


def test_a_host_port_of_the_checklist_never_hides_the_wrong_service():
    # 8101, 8103, 8104 and 8106 are what other services listen on inside their containers: they must not be published.
    published = {entry["port"]: name for name, entry in SERVICES.items()}

    assert [published[port] for port in (8101, 8103, 8104, 8106)] == [
        "marketplace-service",
        "field-ops",
        "weather-service",
        "weather-core",
    ]


def test_whoever_uses_the_database_waits_for_the_pool():
    users = {
        name
        for name, entry in SERVICES.items()
        if any(THROUGH_THE_POOL.search(value) for value in entry["environment"].values())
    }

    assert len(users & set(APPLICATIONS)) == 31
    assert {name for name in users if "pgbouncer" not in SERVICES[name]["dependencies"]} == set()


def test_nobody_reaches_the_database_past_the_pool_but_by_intent():
    past = {
        (name, variable)
        for name, entry in SERVICES.items()
        for variable, value in entry["environment"].items()
        if re.search(r"\{(address|host|port):postgres\}", value) and variable != "DATABASE_URL_DIRECT"
    }

    assert past == {("field-management-service", "DB_HOST"), ("field-management-service", "DB_PORT")}


def test_prisma_services_know_the_direct_way():
    node = {name for name in APPLICATIONS if "NODE_ENV" in SERVICES[name]["environment"]}

    assert len(node) == 10
    assert {name for name in node if "DATABASE_URL_DIRECT" not in SERVICES[name]["environment"]} == set()


def test_the_one_backward_edge_is_field_intelligence_to_astronomical_calendar():
    backward = [
        (name, dependency)
        for name, entry in SERVICES.items()
        for dependency in entry["dependencies"]
        if dependency not in hard_dependencies(name, SERVICES)
    ]

    assert backward == [("field-intelligence", "astronomical-calendar")]


@pytest.mark.parametrize("name", APPLICATIONS)
def test_applications_depend_on_what_their_environment_names(name):
    entry = SERVICES[name]
    named = {
        service
        for value in entry["environment"].values()
        for service in re.findall(r"\{(?:address|host|port):([a-z-]+)", value)
    }
    # It calls these when it is asked for advice, and lives without.
    called = {"notification-service", "weather-service", "vegetation-analysis-service"}
    allowed = called if name == "field-intelligence" else set()

    assert named - allowed <= set(entry["dependencies"])


@pytest.mark.parametrize("name", [name for name, entry in SERVICES.items() if entry["embedded"] == "reference"])
def test_the_reference_image_can_prove_every_hard_dependency(name):
    entry = SERVICES[name]
    variables = {**entry["environment"], **entry["embedded_environment"]}
    needed = {
        REFERENCE_VARIABLES[dependency]
        for dependency in hard_dependencies(name, SERVICES)
        if dependency in REFERENCE_VARIABLES
    }

    assert needed - set(variables) == set()


@pytest.mark.parametrize(
    ("name", "variable", "value"),
    [
        ("weather-service", "OPENWEATHERMAP_API_KEY", "{setting:openweathermap_api_key}"),
        ("iot-service", "MQTT_BROKER_URL", "mqtt://{address:mqtt}"),
        ("iot-gateway", "MQTT_BROKER", "{host:mqtt}"),
        ("ai-advisor", "QDRANT_API_KEY", "{secret:QDRANT_API_KEY}"),
        ("ai-advisor", "SERVICE_PORT", "{self:port}"),
        ("code-review-service", "API_PORT", "{self:port}"),
        ("agent-registry", "SERVICE_PORT", "{self:port}"),
        ("task-service", "SEED_DEMO_DATA", "false"),
        ("chat-service", "PORT", "{self:port}"),
        ("notification-service", "JWT_SECRET_KEY", "{secret:JWT_SECRET_KEY}"),
        ("field-ops", "DEPRECATED", "true"),
    ],
)
def test_the_environment_is_what_the_code_reads(name, variable, value):
    assert SERVICES[name]["environment"][variable] == value


@pytest.mark.parametrize(
    ("name", "variable"), [("weather-service", "OPENWEATHER_API_KEY"), ("iot-service", "MQTT_BROKER")]
)
def test_variables_that_no_code_reads_are_not_set(name, variable):
    assert variable not in SERVICES[name]["environment"]


def test_all_who_sign_or_check_tokens_use_one_algorithm():
    holders = {name for name, entry in SERVICES.items() if "JWT_SECRET_KEY" in entry["environment"]}

    assert len(holders) > 15
    assert {SERVICES[name]["environment"]["JWT_ALGORITHM"] for name in holders} == {"{setting:jwt_algorithm}"}


@pytest.mark.parametrize("pair", SHARED_IDENTITIES)
def test_a_shared_name_is_no_identity(pair):
    assert [SERVICES[name]["identity"]["container"] for name in pair] == [True, True]


def test_no_two_services_accept_one_name():
    accepted = [value for entry in SERVICES.values() for value in entry["identity"]["accept"]]

    assert len(accepted) == len(set(accepted))


@pytest.mark.parametrize("name", APPLICATIONS)
def test_no_application_is_ready_by_status_code_alone(name):
    ready = SERVICES[name]["ready"]

    accepted = ["ok", "healthy", "ready"] if name != "demo-data" else ["running", "ok", "healthy", "ready"]
    assert ready["json"]["status"] == accepted
    # Its body says false of something that is no failure.
    assert ready["reject_false"] is (name != "crop-health-ai")


@pytest.mark.parametrize("name", APPLICATIONS)
def test_bodies_of_readiness_paths_name_no_service(name):
    entry = SERVICES[name]
    if entry["gate_path"]:
        assert entry["gate_path"] == entry["readiness_path"]
        assert entry["identity"]["container"] is True
    else:
        assert entry["identity"]["container"] or name.replace("-", "_") in {
            value.replace("-", "_") for value in entry["identity"]["accept"]
        }


@pytest.mark.parametrize(
    ("name", "path"),
    [
        # honest: 503, or a body that tells
        ("field-management-service", "/readyz"),
        ("alert-service", "/readyz"),
        ("chat-service", "/api/v1/readyz"),
        ("inventory-service", "/readyz"),
        # always "ready", so that they are not asked
        ("field-service", None),
        ("field-intelligence", None),
        ("iot-service", None),
    ],
)
def test_the_gate_asks_the_path_that_is_honest(name, path):
    assert SERVICES[name]["gate_path"] == path


@pytest.mark.parametrize(
    ("name", "body", "ready"),
    [
        ("research-core", '{"status":"ok","database":"connected"}', True),
        ("research-core", '{"status":"ok"}', True),
        ("research-core", '{"status":"ok",\n "database": "disconnected"}', False),
        ("crop-health-ai", '{"status":"healthy","model_loaded":true,"is_real_model":false}', True),
        ("crop-health-ai", '{"status":"healthy",\n "model_loaded" : false}', False),
    ],
)
def test_texts_of_bodies_tell_ready_from_not_ready(name, body, ready):
    assert bool(re.search(SERVICES[name]["ready"]["text"], body)) is ready


def test_a_health_check_that_writes_is_asked_seldom():
    assert SERVICES["equipment-service"]["min_probe_interval"] == 30
    assert SERVICES["equipment-service"]["ready_timeout"] > 2 * SERVICES["equipment-service"]["min_probe_interval"]


def test_demo_data_can_be_probed_in_the_embedded_image_only():
    assert {name for name, entry in SERVICES.items() if entry["probe_sources"] != ["registry", "build"]} == {
        "demo-data"
    }
    assert SERVICES["demo-data"]["probe_sources"] == ["build"]


@pytest.mark.parametrize("name", [name for name in CATALOGUE if not CATALOGUE[name].get("one_shot")])
def test_every_service_is_supervised_and_bounded(name):
    entry = SERVICES[name]

    assert entry["healthcheck"]["test"]
    assert entry["restart"] == "always"
    assert {"cpus", "memory", "reserve_cpus", "reserve_memory"} <= {
        key for key, value in entry["resources"].items() if value
    }
    assert entry["logging"]["options"]["max-size"]


def test_application_images_are_the_users_own():
    assert {SERVICES[name]["registry_image"] for name in APPLICATIONS} == {
        f"registry.example/sahool/{name}:v16.0.0" for name in APPLICATIONS
    }
    assert {SERVICES[name]["embedded"] for name in APPLICATIONS} == {"reference"}


def test_outside_keys_are_empty_and_known_to_be_secret():
    settings = VARIABLES["catalogue_default_settings"]
    keys = {name for name in settings if re.search(r"_(api_key|key|secret|password|token)$", name)}

    assert keys == set(VARIABLES["catalogue_secret_settings"])
    assert {settings[name] for name in keys} == {""}


def test_every_setting_is_used_and_every_set_too():
    sets = VARIABLES["catalogue_environment_sets"]
    values = [value for entry in SERVICES.values() for value in entry["environment"].values()]
    used = {name for value in values for name in re.findall(r"\{setting:(\w+)\}", value)}

    assert set(VARIABLES["catalogue_default_settings"]) - used == {"version"}
    assert {name for entry in CATALOGUE.values() for name in entry.get("environment_sets", [])} | {"port"} == set(sets)


def test_every_secret_is_used_and_says_who_parses_it():
    templates = (ROOT / "roles" / "release" / "templates").rglob("*.j2")
    used = {name for path in templates for name in re.findall(r"sahool_secrets\.(\w+)", path.read_text("utf-8"))}
    used |= set(re.findall(r"\{secret:(\w+)\}", str(CATALOGUE) + str(VARIABLES["catalogue_environment_sets"])))

    assert used == {secret["name"] for secret in VARIABLES["catalogue_secrets"]}
    assert [secret["name"] for secret in VARIABLES["catalogue_secrets"] if not secret["consumers"]] == []


def test_every_variable_of_the_defaults_is_specified_and_the_other_way_round():
    specification = yaml.safe_load((ROOT / "roles" / "catalogue" / "meta" / "argument_specs.yml").read_text("utf-8"))
    options = specification["argument_specs"]["main"]["options"]
    # Private ones hold what several entries share, for the file that they stand in.
    public = {name for name in VARIABLES if not name.startswith("__")}

    assert {name for name in options if name.startswith("catalogue_")} == public


def test_the_example_of_the_readme_is_in_order():
    readme = (ROOT / "roles" / "catalogue" / "README.md").read_text(encoding="utf-8")
    example = yaml.safe_load(re.search(r"```yaml\n(sahool_service_overrides:.*?)```", readme, re.DOTALL).group(1))

    asked = request(
        overrides=example["sahool_service_overrides"],
        extra=example["sahool_services_extra"],
        exclude=example["sahool_services_exclude"],
    )

    assert [finding.message for finding in asked.findings()] == []
    services = asked.services()
    assert services["skills-service"]["port"] == 8140
    assert services["postgres"]["volumes"]["postgres_data"]["name"] == "sahool-postgres-data"
    assert not {"milvus", "etcd", "minio"} & set(services)


def test_an_import_makes_the_secrets_of_the_platform_itself_too():
    own = yaml.safe_load((ROOT / "roles" / "secrets" / "defaults" / "main.yml").read_text(encoding="utf-8"))
    imported = yaml.safe_load((ROOT / "roles" / "takeover" / "defaults" / "main.yml").read_text(encoding="utf-8"))

    names = re.findall(r"'(\w+)'", imported["takeover_import_names"])
    assert sorted(names) == sorted(secret["name"] for secret in own["secrets_own"])
