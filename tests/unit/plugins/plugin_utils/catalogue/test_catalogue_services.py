# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which services run, and how complete their entries are."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.schema import ENTRY


def test_optional_services_run_by_class_or_by_name_only(request_with):
    reason = "optional (demo) and not in sahool_services_optional"

    assert request_with().left_out == {"demo": reason}
    assert request_with(optional=["gpu"]).left_out == {"demo": reason}
    assert request_with(optional=["demo"]).left_out == {}
    # "demo" is a class as well as a name here.
    renamed = {"overrides": {"demo": {"optional": "gpu"}}}
    assert request_with(**renamed, optional=["demo"]).left_out == {}


def test_excluding_wins_over_selecting(request_with):
    left_out = request_with(exclude=["demo", "seed"], optional=["demo"]).left_out

    assert left_out == dict.fromkeys(("seed", "demo"), "named in sahool_services_exclude")


def test_services_that_run_are_those_not_left_out_in_catalogue_order(request_with):
    request = request_with(exclude=["seed"], overrides={"weather": {"dependencies": ["pgbouncer"]}})

    assert list(request.services()) == ["postgres", "pgbouncer", "kong", "fields", "weather", "advice"]


def test_every_entry_has_every_key_of_the_schema(request_with):
    for entry in request_with(optional=["demo"]).services().values():
        assert set(entry) == {*ENTRY, "name", "registry_image"}


def test_what_an_entry_says_survives(request_with, small):
    complete = request_with().services()

    for name, entry in small.items():
        for key in set(entry) - {"environment", "optional", "demo"}:
            if name in complete and not isinstance(entry[key], dict):
                assert complete[name][key] == entry[key], (name, key)


def test_environment_is_the_sets_in_order_and_the_own_variables_above(request_with):
    sets = {"common": {"A": "1", "B": "1", "C": "1"}, "database": {"B": "2", "C": "2"}}
    overrides = {"fields": {"environment": {"C": "3", "KONG_URL": None, "ADMIN": None, "OWN": None}}}

    entry = request_with(environment_sets=sets, overrides=overrides).services()["fields"]

    assert entry["environment"] == {"A": "1", "B": "2", "C": "3"}


def test_images_come_from_the_registry_unless_the_entry_names_one(request_with):
    digest = "sha256:" + "0" * 64
    services = request_with(overrides={"pgbouncer": {"tag": digest}, "advice": {"tag": "v16.0.1"}}).services()

    assert services["fields"]["registry_image"] == "registry.example/sahool/fields:v16.0.0"
    assert services["advice"]["registry_image"] == "registry.example/sahool/advice:v16.0.1"
    assert services["kong"]["registry_image"] == "kong:3.4.2"
    assert services["pgbouncer"]["registry_image"] == f"edoburu/pgbouncer@{digest}"


def test_ports_are_the_hosts_with_the_offset(request_with):
    services = request_with(port_offset=20000).services()

    assert services["fields"]["port"] == 28100
    assert services["kong"]["extra_ports"]["admin"] == {"port": 28001, "container_port": 8001, "publish": "loopback"}
    assert services["weather"]["port"] == 28115
    assert services["seed"]["port"] is None


def test_defaults_follow_what_the_service_is(request_with):
    services = request_with().services()

    assert services["seed"]["restart"] == "no"
    assert services["seed"]["protocol"] is None
    assert services["fields"]["restart"] == "always"
    assert services["fields"]["protocol"] == "http"
    assert services["fields"]["ready"] == {
        "status": [200],
        "json": {"status": ["ok"]},
        "text": None,
        "reject_false": False,
        "jetstream": False,
    }
    # Their protocols name no service.
    assert services["postgres"]["identity"]["container"] is True
    assert services["fields"]["identity"]["container"] is False
    assert services["pgbouncer"]["files"]["/etc/pgbouncer.ini"] == {
        "template": "pgbouncer/pgbouncer.ini.j2",
        "mode": "0400",
        "uid": 70,
        "gid": 0,
    }


def test_absent_credentials_stay_absent(request_with):
    services = request_with().services()

    assert services["fields"]["credentials"] == {}
    assert set(services["postgres"]["credentials"]) == {"username", "password", "database"}


def test_applications_get_a_health_check_of_their_own_path_and_pace(request_with):
    overrides = {"fields": {"min_probe_interval": 300}, "advice": {"healthcheck": {"test": ["CMD", "true"]}}}
    services = request_with(overrides=overrides).services()

    assert services["weather"]["healthcheck"]["interval"] == 60
    assert services["fields"]["healthcheck"]["interval"] == 300
    assert "http://127.0.0.1:3000/healthz" in services["fields"]["healthcheck"]["test"][1]
    assert services["advice"]["healthcheck"] == {
        "test": ["CMD", "true"],
        "interval": 30,
        "timeout": 5,
        "retries": 3,
        "start_period": 30,
    }
    assert services["kong"]["healthcheck"] is None


def test_the_callers_variables_are_not_changed(request_with, small):
    catalogue = copy.deepcopy(small)
    services = request_with(catalogue=catalogue, overrides={"kong": {"port": 9000}}).services()
    services["fields"]["environment"].clear()
    services["postgres"]["volumes"].clear()

    assert catalogue == small


@pytest.mark.parametrize("key", ["ready", "logging", "resources", "identity"])
def test_defaults_are_not_shared_between_services(request_with, key):
    services = request_with().services()
    services["weather"][key]["touched"] = True

    assert "touched" not in services["advice"][key]
