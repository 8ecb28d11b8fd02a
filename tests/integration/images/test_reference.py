# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The built reference image against the real servers: PostgreSQL through PgBouncer, Redis, NATS and MQTT."""

from __future__ import annotations

import contextlib
import json
import re
import time

import pytest
from embedded_containers import Network, docker, image
from server_platform import Platform

PORT = 8117
DEPENDENCIES = ("postgres", "pgbouncer", "redis", "nats", "mqtt")
LIBPQ = "libpq.so"


@pytest.fixture(scope="module")
def reference():
    return image("reference")


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """A platform of its own instead of the shared one, since these tests stop its servers."""
    platform = Platform(tmp_path_factory.mktemp("servers"), DEPENDENCIES)
    try:
        platform.start()
        yield platform
    finally:
        platform.remove()


@pytest.fixture(scope="module")
def network(servers):
    made = Network(existing=f"{servers.project}_default")
    yield made
    made.remove()


def environment(servers, *dependencies, **further):
    """Return the environment of a service with these dependencies, as the catalogue's sets give it."""
    words = servers.secrets
    return {
        "REFERENCE_SERVICE": "iot-service",
        "REFERENCE_VERSION": "16.0.0",
        "REFERENCE_RELEASE": "v16.0.0",
        "REFERENCE_HEALTH_PATH": "/api/v1/health",
        "REFERENCE_DEPENDENCIES": ",".join(dependencies),
        "PORT": str(PORT),
        "DATABASE_URL": f"postgresql://sahool:{words['POSTGRES_PASSWORD']}@pgbouncer:6432/sahool",
        "REDIS_URL": f"redis://:{words['REDIS_PASSWORD']}@redis:6379/0",
        "NATS_URL": f"nats://sahool_app:{words['NATS_PASSWORD']}@nats:4222",
        "MQTT_BROKER_URL": "mqtt://mqtt:1883",
        "MQTT_USER": "sahool_iot",
        "MQTT_PASSWORD": words["MQTT_PASSWORD"],
        **further,
    }


@pytest.fixture(scope="module")
def service(servers, network, reference):
    """A service with every dependency; the servers are up when it is ready."""
    container = network.run("iot-service", reference, environment(servers, *DEPENDENCIES))
    container.when(PORT, "/readyz", 200, seconds=90)
    return container


def test_it_is_ready_with_all_real_dependencies(service):
    body = service.ask(PORT, "/readyz").json()
    assert body == {
        "status": "ready",
        "dependencies": dict.fromkeys(DEPENDENCIES, "ok"),
        "service": "iot-service",
        "name": "iot-service",
        "version": "16.0.0",
        "release": "v16.0.0",
    }


def test_the_catalogues_health_path_says_healthy(service):
    assert service.ask(PORT, "/api/v1/health").json()["status"] == "healthy"


def test_postgresql_is_reached_through_the_pool_under_the_services_name(service, servers):
    service.when(PORT, "/readyz", 200)
    words = servers.secrets
    command = ("psql", "-X", "-A", "-t", "-h", "127.0.0.1", "-p", "6432", "-U", "pgbouncer_stats", "-d", "pgbouncer")
    password = words["PGBOUNCER_STATS_PASSWORD"]
    done = servers.run_inside("pgbouncer", "env", f"PGPASSWORD={password}", *command, "-c", "SHOW CLIENTS")
    assert done.returncode == 0, done.stderr
    assert "iot-service" in done.stdout


def test_metrics_show_every_dependency_up(service):
    text = service.ask(PORT, "/metrics").body.decode()
    up = re.findall(r'reference_dependency_up\{service="iot-service",dependency="(\w+)"\} (\d)', text)
    assert up == [(name, "1") for name in DEPENDENCIES]


def test_openapi_names_the_service_and_its_paths(service):
    document = service.ask(PORT, "/openapi.json").json()
    assert document["info"]["title"] == "iot-service"
    assert {"/healthz", "/readyz", "/api/v1/health", "/metrics"} <= set(document["paths"])


@contextlib.contextmanager
def stopped(servers, name):
    """Stop a server for the time of the block."""
    identity = servers.container(name)["Id"]
    docker("stop", "--time", "10", identity)
    try:
        yield
    finally:
        docker("start", identity)


@pytest.mark.parametrize("name", ["redis", "nats", "mqtt", "pgbouncer"])
def test_a_dependency_that_fails_is_named_and_its_return_is_noticed(service, servers, name):
    service.when(PORT, "/readyz", 200, seconds=60)
    with stopped(servers, name):
        body = service.when(PORT, "/readyz", 503).json()
        failing = {name, "postgres"} if name == "pgbouncer" else {name}
        assert body["status"] == "not_ready"
        assert set(body["dependencies"]) == failing
        assert service.ask(PORT, "/api/v1/health").status == 503
        assert service.ask(PORT, "/healthz").json()["status"] == "ok"
    service.when(PORT, "/readyz", 200, seconds=60)
    assert docker("inspect", "--format", "{{.RestartCount}}", service.name) == "0"


@pytest.mark.parametrize(
    ("dependency", "variable", "value"),
    [
        ("postgres", "DATABASE_URL", "postgresql://sahool:hunter2hunter2@pgbouncer:6432/sahool"),
        ("redis", "REDIS_URL", "redis://:hunter2hunter2@redis:6379/0"),
        ("nats", "NATS_URL", "nats://sahool_app:hunter2hunter2@nats:4222"),
        ("mqtt", "MQTT_PASSWORD", "hunter2hunter2"),
    ],
)
def test_a_wrong_password_is_not_ready_and_never_shown(
    servers, service, network, reference, dependency, variable, value
):
    settings = environment(servers, dependency, **{variable: value})
    container = network.run(f"wrong-{dependency}", reference, settings)
    body = container.when(PORT, "/readyz", 503).json()
    assert set(body["dependencies"]) == {dependency}
    assert "refused" not in body["dependencies"][dependency], "the server was not even reached"
    for shown in (json.dumps(body), container.log(), container.ask(PORT, "/metrics").body.decode()):
        assert "hunter2hunter2" not in shown


def test_a_service_whose_dependency_is_another_service_follows_its_readiness(servers, service, network, reference):
    settings = environment(
        servers,
        "iot-service",
        REFERENCE_SERVICE="irrigation-smart",
        REFERENCE_IDENTITY="",
        REFERENCE_UPSTREAMS=f"iot-service=http://iot-service:{PORT}/readyz",
    )
    container = network.run("irrigation-smart", reference, settings)
    service.when(PORT, "/readyz", 200, seconds=60)
    body = container.when(PORT, "/readyz", 200).json()
    assert "service" not in body
    assert body["name"] == "irrigation-smart"
    with stopped(servers, "redis"):
        why = container.when(PORT, "/readyz", 503).json()["dependencies"]["iot-service"]
        assert "/readyz answered 503" in why
        assert "redis" in why
    container.when(PORT, "/readyz", 200, seconds=60)


def mapped_libraries(container):
    done = container.run_inside("cat", "/proc/1/maps")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_only_a_service_with_postgresql_loads_its_client(servers, service, network, reference):
    without = network.run("ws-gateway", reference, environment(servers, "nats", "redis"))
    without.when(PORT, "/readyz", 200, seconds=60)
    service.when(PORT, "/readyz", 200, seconds=60)
    assert LIBPQ in mapped_libraries(service)
    assert LIBPQ not in mapped_libraries(without)


def test_many_probes_cost_little(servers, service, record_property):
    """Forty probes within the second that an answer is remembered ask each dependency once or twice."""
    service.when(PORT, "/readyz", 200, seconds=60)
    before, began = service.cost()[0], time.monotonic()
    for _time in range(40):
        assert service.ask(PORT, "/readyz").status == 200
    figures = f"{(service.cost()[0] - before) * 1000 / 40:.2f} ms CPU a probe, {time.monotonic() - began:.2f} s for 40"
    record_property("probes", figures)
    print(f"reference: {figures}")


def test_it_stops_at_once_and_cleanly(servers, service, network, reference, record_property):
    service.when(PORT, "/readyz", 200, seconds=60)
    container = network.run("stopped", reference, environment(servers, *DEPENDENCIES))
    container.when(PORT, "/readyz", 200)
    cpu, memory = container.cost()
    resident = re.search(r"VmRSS:\s+(\d+)", container.run_inside("cat", "/proc/1/status").stdout)
    size = int(docker("image", "inspect", "--format", "{{.Size}}", reference)) / 1e6
    figures = (
        f"{cpu:.3f} CPU s to ready, {memory:.1f} MiB in its cgroup, {int(resident[1]) / 1024:.1f} MiB resident, "
        f"image {size:.0f} MB"
    )
    record_property("reference", figures)
    print(f"reference (all dependencies): {figures}")
    assert container.run_inside("id", "-u").stdout.strip() == "1000"
    code, seconds = container.stop()
    assert code == 0
    assert seconds < 5


def test_a_wrong_environment_stops_the_start_with_all_mistakes(network, reference):
    container = network.run("wrong", reference, {"PORT": "x", "REFERENCE_DEPENDENCIES": "weather-core"})
    assert docker("wait", container.name) == "2"
    for variable in ("REFERENCE_SERVICE", "PORT", "REFERENCE_DEPENDENCIES"):
        assert variable in container.log()


def test_the_health_check_of_the_catalogue_is_there_and_tells_up_from_down(service):
    command = ("wget", "-q", "-O", "/dev/null")
    assert service.run_inside(*command, f"http://127.0.0.1:{PORT}/healthz").returncode == 0
    assert service.run_inside(*command, f"http://127.0.0.1:{PORT}/nothing").returncode != 0
