# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with hosts and variables of an inventory."""

from __future__ import annotations

import pytest

from ansible_collections.sahool.platform.plugins.plugin_utils._plan.site import site_findings
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.variables import RULES, variable_findings

GROUPS = {
    "data_tier": ["core"],
    "messaging_tier": ["core"],
    "gateway_tier": ["edge"],
    "application_tier": ["app"],
}
ADDRESSES = {"core": "192.0.2.1", "edge": "192.0.2.2", "app": "192.0.2.3"}


def test_a_sound_site_has_no_findings(services):
    assert site_findings(services, GROUPS, ADDRESSES, [], []) == []


def test_one_host_needs_no_address(services):
    groups = {tier: ["only"] for tier in GROUPS}
    assert site_findings(services, groups, {"only": ""}, [], []) == []


def test_an_address_is_needed_where_a_service_is_named_by_a_token_alone(services):
    # weather depends on postgres, and names nats in its environment without depending on it.
    groups = {**GROUPS, "messaging_tier": ["bus"]}
    (finding,) = site_findings(services, groups, {**ADDRESSES, "bus": ""}, [], [])
    assert finding == (
        "bus: sahool_private_address: found nothing; expected the IP address by which weather on app reaches nats; "
        "set it for bus in the inventory"
    )


@pytest.mark.parametrize("address", ["core", "127.0.0.1", "0.0.0.0", "192.0.2.1/24", "224.0.0.1", "::1", 7])
def test_an_address_that_no_other_host_can_reach_is_a_finding(services, address):
    (finding,) = site_findings(services, GROUPS, {**ADDRESSES, "core": address}, [], [])
    assert finding.startswith("core: sahool_private_address: found ")


def test_an_address_may_be_one_of_ipv6(services):
    assert site_findings(services, GROUPS, {**ADDRESSES, "core": "2001:db8::1"}, [], []) == []


def test_all_findings_of_a_site_come_together(services):
    found = site_findings(
        services, {**GROUPS, "gateway_tier": []}, {**ADDRESSES, "core": "core"}, ["log_levle"], ["log_level"]
    )
    assert [finding.partition(":")[0] for finding in found] == ["sahool_settings", "core", "group gateway_tier"]


def test_a_setting_that_an_added_service_reads_is_known(services):
    services["advice"]["environment"]["MINE"] = "{setting:my_setting}"
    assert site_findings(services, GROUPS, ADDRESSES, ["my_setting"], []) == []


RIGHT = {
    "sahool_cpu_cap": [0, 2, "2", 1.5],
    "sahool_destroy": ["", "local"],
    "sahool_destroy_volumes": [True, "true", "no"],
    "sahool_environment": ["local", "production"],
    "sahool_home": ["/opt/sahool"],
    "sahool_image_source": ["registry", "build"],
    "sahool_lock_break": ["", "3f2a9c17d0aa"],
    "sahool_lock_host": ["core"],
    "sahool_lock_ttl": [900, "60"],
    "sahool_lock_wait": [0, "2.5"],
    "sahool_plan_apply": ["plan.json"],
    "sahool_plan_save": ["plan.json"],
    "sahool_port_offset": [0, 20000, "20000", -1],
    "sahool_project": ["sahool", "t-two", "7up"],
    "sahool_registry": ["registry.example/sahool"],
    "sahool_service_overrides": [{}],
    "sahool_services_exclude": [[], ["mqtt"]],
    "sahool_services_extra": [{}],
    "sahool_services_optional": [["gpu"]],
    "sahool_settings": [{}],
    "sahool_takeover_env": ["/srv/sahool/.env"],
    "sahool_takeover_project": ["sahool-unified"],
    "sahool_version": ["v16.0.0"],
}
WRONG = {
    "sahool_cpu_cap": ["many", -1, True, [2]],
    "sahool_destroy": [1],
    "sahool_destroy_volumes": ["perhaps"],
    "sahool_environment": ["prod", ""],
    "sahool_home": ["home", "/", "", 1],
    "sahool_image_source": ["docker", ""],
    "sahool_lock_break": [True],
    "sahool_lock_host": ["", ["core"]],
    "sahool_lock_ttl": [-1, "soon"],
    "sahool_lock_wait": [-1, True],
    "sahool_plan_apply": ["", 1],
    "sahool_plan_save": [True],
    "sahool_port_offset": ["many", 1.5, "1.5", True],
    "sahool_project": ["My Project", "-x", "Sahool", "", 1],
    "sahool_registry": ["", ["x"]],
    "sahool_service_overrides": [[], "text"],
    "sahool_services_exclude": ["mqtt", [1], {}],
    "sahool_services_extra": ["text"],
    "sahool_services_optional": ["gpu"],
    "sahool_settings": ["text"],
    "sahool_takeover_env": ["", []],
    "sahool_takeover_project": [1],
    "sahool_version": [16, ""],
}


def test_every_rule_is_tried():
    assert set(RIGHT) == set(WRONG) == set(RULES)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in RIGHT.items() for value in values])
def test_a_right_value_is_no_finding(name, value):
    assert variable_findings({name: value}) == []


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_value_is_a_finding_that_names_it_and_what_was_expected(name, value):
    (finding,) = variable_findings({name: value})
    assert finding.startswith(f"{name}: found ")
    assert f"expected {RULES[name][1]}; " in finding


@pytest.mark.parametrize("environment", ["staging", "production", "development", None])
def test_falling_back_is_for_a_local_environment(environment):
    (finding,) = variable_findings({"sahool_image_source": "auto", "sahool_environment": environment})
    assert "only the environment 'local' may fall back" in finding
    assert variable_findings({"sahool_image_source": "auto", "sahool_environment": "local"}) == []


def test_a_variable_of_the_inventorys_own_is_no_slip():
    assert variable_findings({"sahool_owner": "x", "sahool_private_address": "x", "sahool_engine": "compose"}) == []


def test_the_text_of_a_dictionary_is_not_shown():
    (finding,) = variable_findings({"sahool_settings": '{"openai_api_key": "sk-1"}'})
    assert "sk-1" not in finding
