# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A platform that runs is taken over: its data are there afterwards, once, and the next run has nothing to do."""

from __future__ import annotations

import json
import os
import re
import socket
import stat
import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration/images"))

from nats_client import NatsClient
from platform_run import Platform, all_but
from server_images import docker, image_of
from stock_project import ENV, StockProject


def free_offset(*ports):
    """Return a port offset at which nothing listens: the project, and the platform after it, take the same ports."""
    for offset in range(20350, 24000, 100):
        try:
            for port in ports:
                with socket.socket() as one:
                    one.bind(("127.0.0.1", port + offset))
        except OSError:
            continue
        return offset
    raise AssertionError("no free ports")


# One service of every phase, besides what they need.
SMALL = tuple(
    (
        "postgres redis pgbouncer nats kong field-management-service indicators-service ws-gateway inventory-service "
        "crop-health agent-registry"
    ).split()
)
OFFSET = free_offset(4222, 5432, 6379, 6432, 8000, 8001, 8222, *range(8100, 8151))
SECRETS = {
    "POSTGRES_PASSWORD": "StockPostgres7pw",
    "REDIS_PASSWORD": "StockRedis7pw",
    "NATS_PASSWORD": "StockNats7pw",
    "JWT_SECRET_KEY": "StockJwt7SecretKey",
}
ACCEPTED = {"takeover_accept": ["skills-service"]}
STREAM = {"name": "CROPS", "subjects": ["crop.>"], "storage": "file"}


def request(nats, subject, document=""):
    """Return JetStream's answer, which is not an error."""
    answer = json.loads(nats.request(subject, document)[1])
    assert "error" not in answer, answer
    return answer


def fill(stock):
    """Write data that only this project has."""
    stock.exec("postgres", "createdb", "-U", "sahool", "sahool")
    sql = "CREATE TABLE farms AS SELECT n AS id, 'farm ' || n AS name FROM generate_series(1, 500) AS n"
    stock.exec("postgres", "psql", "-qU", "sahool", "sahool", data=sql)
    assert redis(stock.name, "SET", "session:1", "kept") == "OK"
    with NatsClient(4222 + OFFSET, "sahool_app", "StockNats7pw") as nats:
        request(nats, "$JS.API.STREAM.CREATE.CROPS", STREAM)
        assert [request(nats, "crop.grown", number)["seq"] for number in (1, 2, 3)] == [1, 2, 3]


def redis(project, *command):
    """Ask the Redis of *project* with the password of the ``.env``."""
    return docker(
        "exec", "--env", "REDISCLI_AUTH=StockRedis7pw", f"{project}-redis-1", "redis-cli", "--no-auth-warning", *command
    ).strip()


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    """Return a project with data; removed at the end."""
    images = {name: image_of(name) for name in ("postgres", "redis", "nats")}
    made = StockProject(f"t-takeover-stock-{os.getpid()}", tmp_path_factory.mktemp("stock"), images, OFFSET)
    try:
        made.up()
        fill(made)
        yield made
    finally:
        made.remove()


@pytest.fixture(scope="module")
def platform(tmp_path_factory, stock):
    """Return a platform that is to take the project over; removed before it."""
    made = Platform(f"t-takeover-{os.getpid()}", OFFSET, tmp_path_factory.mktemp("home"))
    made.variables["sahool_services_exclude"] = all_but(*SMALL)
    yield made
    done = made.destroy()
    assert done.returncode == 0, done.output


@pytest.fixture(scope="module")
def before(stock):
    """Return what there was of the project before anything was tried."""
    return {name: (one["Id"], one["State"]["StartedAt"]) for name, one in stock.inspect().items()}


def untouched(stock, before, platform):
    """Tell whether nothing happened to the project, and nothing was written but who tried."""
    now = {name: (one["Id"], one["State"]["StartedAt"]) for name, one in stock.inspect().items()}
    written = {str(path.relative_to(platform.home)) for path in platform.home.rglob("*") if path.is_file()}
    assert written <= {"state/journal.jsonl"}
    return now == before and set(stock.containers().values()) == {"running"} and platform.containers() == {}


def test_everything_that_speaks_against_it_is_said_at_once_and_nothing_is_touched(stock, before, platform, tmp_path):
    env = tmp_path / "other.env"
    env.write_text(ENV.replace("StockPostgres7pw", "Rotated7Later") + "MQTT_USER=farm\nREDIS_PASSWORD=a/b+c=\n")
    refused = platform.play("deploy.yml", sahool_takeover_project=stock.name, sahool_takeover_env=str(env))
    assert refused.returncode != 0
    assert "has 4 findings; nothing was touched" in refused.output
    assert "skills-service: runs in the other project and is no service of the platform" in refused.output
    assert "POSTGRES_PASSWORD: the value of the .env, or of the inventory, is not the password" in refused.output
    assert re.search(
        r"REDIS_PASSWORD: its value in the .env has characters that do not pass through a URL", refused.output
    )
    assert "MQTT_USER: the .env has another value than 'sahool_iot'" in refused.output
    assert "Rotated7Later" not in refused.output and "a/b+c" not in refused.output
    assert untouched(stock, before, platform)


def test_an_unknown_project_is_refused_with_the_names_of_those_that_there_are(stock, before, platform):
    refused = platform.play("deploy.yml", sahool_takeover_project="t-takeover-nowhere")
    assert refused.returncode != 0
    assert "found 't-takeover-nowhere', of which no host has a container or a volume" in refused.output
    assert stock.name in refused.output
    assert untouched(stock, before, platform)


def test_an_env_that_cannot_be_read_is_named_and_not_taken_for_none(stock, before, platform, tmp_path):
    refused = platform.play("deploy.yml", sahool_takeover_project=stock.name, sahool_takeover_env=str(tmp_path))
    assert refused.returncode != 0
    assert re.search(rf"the .env of project {stock.name} cannot be read \(.*{tmp_path}", refused.output)
    assert untouched(stock, before, platform)


def test_an_import_writes_a_file_for_the_vault_and_shows_no_value(stock, before, platform, tmp_path):
    file = tmp_path / "imported.yml"
    wanted = {"sahool_takeover_project": stock.name, "takeover_import_file": str(file), **ACCEPTED}
    done = platform.play("import.yml", "-v", "--diff", **wanted)
    assert done.returncode == 0, done.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    written = yaml.safe_load(text)
    values = written["sahool_secrets"]
    assert {name: values[name] for name in SECRETS} == SECRETS
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]{11,}", value) for value in values.values())
    assert len(set(values.values())) == len(values) == 21
    assert written["sahool_settings"] == {"openweathermap_api_key": "StockWeather7key"}
    assert not [value for value in [*values.values(), "StockWeather7key"] if value in done.output]
    again = platform.play("import.yml", **wanted)
    assert again.returncode != 0 and "may hold the only copy of values" in again.output
    assert file.read_text() == text
    assert untouched(stock, before, platform)


def test_the_plan_names_what_would_happen_to_the_other_containers(stock, before, platform):
    checked = platform.play("deploy.yml", "--check", "--diff", sahool_takeover_project=stock.name, **ACCEPTED)
    assert checked.returncode == 0, checked.output[-8000:]
    for service in stock.services:
        for action in ("stop", "remove"):
            assert re.search(rf"{action} +{service} +container {stock.name}-{service}-1, taken over", checked.output)
    assert f"postgres in {stock.name}_postgres_data" in checked.output
    assert untouched(stock, before, platform)


@pytest.fixture(scope="module")
def begun(platform, stock, before):
    """Take a part of the project over, where a run was killed that had stopped a server already."""
    docker("stop", f"{stock.name}-postgres-1")
    wanted = {"sahool_takeover_project": stock.name, **ACCEPTED}
    run = platform.play("deploy.yml", "--diff", "-v", "--tags", "data_tier", **wanted)
    assert run.returncode == 0, run.output[-8000:]
    return run, stock.containers()


@pytest.fixture(scope="module")
def taken_over(begun, platform, stock):
    """Take the whole project over."""
    run = platform.play("deploy.yml", "--diff", "-v", sahool_takeover_project=stock.name, **ACCEPTED)
    assert run.returncode == 0, run.output[-8000:]
    return run


def test_a_run_that_recorded_no_release_removes_nothing(begun, platform, before):
    run, containers = begun
    assert "POSTGRES_PASSWORD could not be compared with the database" in run.output
    assert set(containers) == set(before)
    assert set(containers.values()) <= {"exited", "created"}
    assert not (platform.home / "current").exists()


def test_nothing_is_lost_and_nothing_is_there_twice(taken_over, platform, stock):
    containers = platform.containers()
    farms = docker(
        "exec", containers["pgbouncer"]["Id"], "env", "PGPASSWORD=StockPostgres7pw", "psql", "-XAth", "127.0.0.1",
        "-p", "6432", "-U", "sahool", "-c", "SELECT count(*), max(name) FROM farms", "sahool",
    )  # fmt: skip
    assert farms.strip() == "500|farm 99"
    assert redis(platform.project, "GET", "session:1") == "kept"
    with NatsClient(4222 + OFFSET, "sahool_app", "StockNats7pw") as nats:
        assert request(nats, "$JS.API.STREAM.INFO.CROPS")["state"]["messages"] == 3
        assert request(nats, "crop.grown", 4)["seq"] == 4
    used = {
        name: [one["Name"] for one in found["Mounts"] if one["Type"] == "volume"] for name, found in containers.items()
    }
    assert {name: volumes for name, volumes in used.items() if volumes} == {
        name: [f"{stock.name}_{name}_data"] for name in ("postgres", "redis", "nats")
    }
    assert platform.volumes() == []
    assert stock.volumes() == sorted(
        f"{stock.name}_{name}" for name in ("nats_data", "postgres_data", "redis_data", "skills_cache")
    )
    folder = Path(json.loads(docker("volume", "inspect", f"{stock.name}_postgres_data"))[0]["Mountpoint"])
    assert [str(path.relative_to(folder)) for path in folder.rglob("PG_VERSION") if "base" not in path.parts] == [
        "PG_VERSION"
    ]


def test_the_other_containers_and_networks_are_gone(taken_over, stock):
    assert stock.containers() == {}
    assert stock.networks() == []


def test_the_values_of_the_env_are_the_platforms_and_nobody_sees_them(begun, taken_over, platform):
    values = yaml.safe_load((platform.home / "state" / "secrets.yml").read_text())
    assert {name: values[name] for name in SECRETS} == SECRETS
    assert len(values) == 21
    assert not [name for name, value in values.items() if value in begun[0].output + taken_over.output]


@pytest.mark.parametrize("told", [False, True])
def test_a_second_run_changes_nothing_told_or_not(taken_over, platform, stock, told):
    before = {name: (one["Id"], one["State"]["StartedAt"]) for name, one in platform.containers().items()}
    again = platform.play("deploy.yml", **({"sahool_takeover_project": stock.name} if told else {}))
    assert again.returncode == 0, again.output[-8000:]
    assert again.recap["changed"] == 0, again.output
    after = {name: (one["Id"], one["State"]["StartedAt"]) for name, one in platform.containers().items()}
    assert after == before


def test_removing_the_platform_leaves_the_volumes(taken_over, platform, stock):
    removed = platform.destroy()
    assert removed.returncode == 0, removed.output[-8000:]
    assert len(stock.volumes()) == 4
