# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is adopted of another project, and what stands against it."""

from __future__ import annotations

import pathlib

import pytest
import yaml
from stock_host import catalogue, found

from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.entries import versions, with_adopted
from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.layout import LOOK_FOR, NATS_ACCOUNT

ROLES = pathlib.Path(__file__).resolve().parents[5] / "roles"


def only(findings):
    """Return the one finding that there is."""
    assert len(findings.texts) == 1, findings.texts
    return findings.texts[0]


def test_a_stock_platform_is_adopted_with_what_its_servers_need_to_be_told(host):
    host.postgres()
    host.redis()
    host.nats()
    result, findings = host.adopt()
    assert findings.texts == []
    record = {"project": "stock", "environment": {}, "arguments": [], "moves": [], "source": "registry"}
    assert result["services"] == {
        "postgres": {
            **record,
            "volumes": {"postgres_data": "stock_postgres_data"},
            "environment": {"PGDATA": "/var/lib/postgresql/data"},
            "major": "16",
        },
        "redis": {
            **record,
            "volumes": {"redis_data": "stock_redis_data"},
            "arguments": ["--appendfilename", "stock.aof"],
            "major": "7",
        },
        "nats": {
            **record,
            "volumes": {"nats_data": "stock_nats_data"},
            "moves": [{"folder": "/volumes/stock_nats_data", "path": "jetstream/$G", "to": "jetstream/APP"}],
            "major": "2",
        },
    }
    assert [(one["service"], one["action"]) for one in result["containers"]] == [
        ("postgres", "stop"),
        ("redis", "stop"),
        ("nats", "stop"),
    ]
    assert result["volumes"][0] == {"service": "postgres", "key": "postgres_data", "name": "stock_postgres_data"}


def test_the_entries_get_what_was_adopted(host):
    host.postgres()
    host.redis()
    adopted, _findings = host.adopt()
    entries = {name: {"environment": {}, "command": None, **raw} for name, raw in catalogue().items()}
    entries["etcd"]["volumes"]["etcd_data"]["name"] = "mine"
    result = with_adopted(entries, {**adopted["services"], "gone": {}, "etcd": {"volumes": {"etcd_data": "other"}}})
    assert result["postgres"]["volumes"]["postgres_data"] == {
        "target": "/var/lib/postgresql/data",
        "name": "stock_postgres_data",
    }
    assert result["postgres"]["environment"]["PGDATA"] == "/var/lib/postgresql/data"
    assert result["redis"]["command"][-2:] == ["--appendfilename", "stock.aof"]
    assert result["etcd"] == entries["etcd"], "a name of the inventory's own stays"
    assert result["nats"] == entries["nats"]
    assert "name" not in entries["postgres"]["volumes"]["postgres_data"], "the caller's variables were changed"
    assert versions(adopted["services"])["postgres"] == {"source": "registry", "major": "16"}


@pytest.mark.parametrize(
    ("contents", "told"),
    [
        ([found("pgdata/PG_VERSION", text="16")], {}),
        ([found("cluster/PG_VERSION", text="16")], {"PGDATA": "/var/lib/postgresql/data/cluster"}),
        ([found("PG_VERSION", text="16"), found("old/PG_VERSION")], {"PGDATA": "/var/lib/postgresql/data"}),
    ],
)
def test_a_cluster_is_found_where_it_lies(host, contents, told):
    host.postgres(*contents)
    result, findings = host.adopt()
    assert findings.texts == []
    assert result["services"]["postgres"]["environment"] == told


@pytest.mark.parametrize(
    ("contents", "what"),
    [
        ([found("member")], "has no PG_VERSION"),
        ([found("a/PG_VERSION"), found("b/PG_VERSION")], "has 2 clusters (a, b)"),
        ([found("PG_VERSION", uid=70, text="16")], "belong to user 70, and the platform's server runs as 999:999"),
    ],
)
def test_a_cluster_that_the_server_would_not_find_or_read_stops_it(host, contents, what):
    host.postgres(*contents)
    assert what in only(host.adopt("postgres")[1])


def test_a_redis_with_a_snapshot_only_would_start_empty(host):
    host.redis(found("dump.rdb"))
    text = only(host.adopt()[1])
    assert "has dump.rdb and no append-only file" in text
    assert text.endswith("or add redis to takeover_accept")
    _result, findings = host.adopt("redis")
    assert (findings.texts, len(findings.notes)) == ([], 1)


def test_a_redis_with_the_usual_names_is_told_nothing(host):
    host.redis(found("appendonlydir/appendonly.aof.manifest"), found("dump.rdb"))
    assert host.adopt()[0]["services"]["redis"]["arguments"] == []


@pytest.mark.parametrize(
    ("contents", "what"),
    [
        ([found("jetstream/$G/streams"), found("jetstream/$G/streams/A/meta.key")], "encrypted with a key"),
        ([found("jetstream/jetstream")], "keeps its streams in jetstream/jetstream"),
        ([found("jetstream/$G/streams"), found("jetstream/APP/streams")], "has streams of the accounts $G, APP"),
    ],
)
def test_streams_that_nats_would_not_see(host, contents, what):
    host.nats(*contents)
    assert what in only(host.adopt()[1])


def test_streams_of_the_platforms_own_account_stay_where_they_are(host):
    host.nats(found("jetstream/APP/streams"), found("jetstream/SYS/streams"))
    assert host.adopt()[0]["services"]["nats"]["moves"] == []


def test_another_server_keeps_its_data_elsewhere(host):
    host.volume("etcd_data", found("collections"))
    host.container("etcd", "quay.io/coreos/etcd:v3.5.5", host.mount("/etcd", "etcd_data"))
    assert "has no member at its root" in only(host.adopt()[1])


def test_the_image_tells_source_and_version(host):
    host.volume("etcd_data", found("member"))
    host.container("etcd", "sahool-embedded/etcd:3.5-fa6159a1a355", host.mount("/etcd", "etcd_data"))
    host.volume("redis_data", state="empty")
    host.container("redis", "registry.example:5000/redis:latest@sha256:00", host.mount("/data", "redis_data"))
    services = host.adopt()[0]["services"]
    assert (services["etcd"]["source"], services["etcd"]["major"]) == ("build", "3.5")
    assert (services["redis"]["source"], services["redis"]["major"]) == ("registry", None)


def test_volumes_without_containers_are_known_by_their_key(host):
    host.volume("postgres_data", found("PG_VERSION", text="16"))
    result, findings = host.adopt()
    assert findings.texts == []
    assert result["services"]["postgres"]["major"] == "16"


def test_nothing_of_the_project_is_nothing_adopted(host):
    result, findings = host.adopt()
    assert (result["services"], findings.texts) == ({}, [])


def test_what_was_recorded_is_not_judged_again(host):
    host.nats(found("jetstream/$G/streams"), found("jetstream/APP/streams"))
    recorded = {"nats": {"volumes": {"nats_data": "stock_nats_data"}}}
    result, findings = host.adopt(recorded=recorded)
    assert (result["services"], findings.texts) == (recorded, [])


def test_the_platforms_own_name_stops_it(host):
    host.postgres()
    result, findings = host.adopt("stock", own="stock")
    assert "the platform has the same project name" in only(findings)
    assert result["services"] == {}


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        (
            {"volume": "0" * 64, "anonymous": True, "key": None},
            "in a volume without a name at /var/lib/postgresql/data",
        ),
        ({"type": "bind", "volume": None, "key": None, "source": "/srv/pg"}, "in the folder /srv/pg of the host"),
    ],
)
def test_data_without_a_named_volume_cannot_be_accepted(host, changes, what):
    host.container("postgres", "postgis/postgis:16-3.4", host.mount("/var/lib/postgresql/data", **changes))
    text = only(host.adopt("postgres", "postgres:/var/lib/postgresql/data")[1])
    assert what in text
    assert "takeover_accept" not in text


def test_data_in_the_container_itself(host):
    host.container("postgres", "postgis/postgis:16-3.4")
    assert "has no volume at /var/lib/postgresql/data" in only(host.adopt()[1])
    assert host.adopt("postgres")[1].texts == []


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"type": "bind", "volume": None, "source": "/srv/uploads"}, True),
        ({"type": "bind", "volume": None, "source": "/srv/app.conf", "folder": False}, False),
        ({"rw": False}, False),
        ({"type": "tmpfs", "volume": None}, False),
        ({}, True),
    ],
)
def test_what_a_service_may_write_besides_is_asked_for(host, changes, asked):
    host.volume("uploads")
    host.container("weather", "r/weather:1", host.mount("/uploads", "uploads", **changes))
    findings = host.adopt()[1]
    assert [text.partition(": ")[0] for text in findings.texts] == (["weather:/uploads"] if asked else [])
    assert host.adopt("weather:/uploads")[1].texts == []


def test_an_empty_volume_holds_nothing(host):
    host.volume("uploads", state="empty")
    host.container("weather", "r/weather:1", host.mount("/uploads", "uploads"))
    assert host.adopt()[1].texts == []


def test_a_service_that_the_platform_does_not_have(host):
    host.volume("skills")
    host.container("skills-service", "r/skills:1", host.mount("/cache", "skills"))
    host.container("etcd-init", "etcd:v3.5.5", state="exited")
    text = only(host.adopt()[1])
    assert text.startswith("skills-service: runs in the other project and is no service of the platform (container")
    result, findings = host.adopt("skills-service")
    assert (findings.texts, result["left"]) == ([], ["stock_skills"])
    assert {one["service"]: one["action"] for one in result["containers"]}["etcd-init"] == "remove"


def test_a_service_that_runs_twice(host):
    host.redis()
    host.container("redis", "redis:7.4-alpine", host.mount("/data", "redis_data"), name="stock-redis-2")
    assert "runs 2 times (stock-redis-1, stock-redis-2)" in only(host.adopt()[1])


def test_a_container_of_compose_run_does_not_count(host):
    host.redis()
    host.container("redis", "redis:7.4-alpine", one_off=True)
    result, findings = host.adopt()
    assert (findings.texts, list(result["services"]), len(result["containers"])) == ([], ["redis"], 2)


def test_a_volume_that_somebody_else_uses(host):
    host.postgres(used_elsewhere=["other-postgres-1"])
    assert "is in use by other-postgres-1 as well" in only(host.adopt("postgres")[1])


def test_data_on_a_host_that_does_not_run_the_service(host):
    host.postgres()
    assert "its data lie on this host (stock_postgres_data)" in only(host.adopt("postgres", here=["redis"])[1])


def test_a_volume_that_cannot_be_looked_into(host):
    host.postgres(folder=None, state="unknown")
    assert only(host.adopt()[1]).startswith("postgres:/var/lib/postgresql/data: volume stock_postgres_data cannot be")


def test_the_role_looks_for_what_the_layouts_know():
    variables = yaml.safe_load((ROLES / "takeover/vars/main.yml").read_text(encoding="utf-8"))
    assert tuple(variables["__takeover_look_for"]) == LOOK_FOR


def test_the_account_is_the_one_of_the_template():
    template = (ROLES / "release/templates/nats/nats.conf.j2").read_text(encoding="utf-8")
    assert f"\n  {NATS_ACCOUNT} {{\n    jetstream: enabled" in template
