# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what is up, as people see it."""

from __future__ import annotations

from ansible_collections.sahool.platform.plugins.filter.service_table import FilterModule, service_table
from ansible_collections.sahool.platform.plugins.plugin_utils._summary.table import table

SERVICES = {
    "nats": {"phase": 1, "port": 4222, "container_port": 4222, "extra_ports": {"monitor": {"port": 8222}}},
    "ollama-model-loader": {"phase": 1, "port": None, "container_port": None, "extra_ports": {}},
    "kong": {"phase": 2, "port": 8000, "container_port": 8000, "extra_ports": {}},
}
STATES = {"nats": {"state": "ready"}, "kong": {"state": "not_ready"}}
ACTIONS = {"nats": {"action": "none"}, "kong": {"action": "recreate"}}


def test_the_whole_table():
    assert table(SERVICES, STATES, ACTIONS).splitlines() == [
        "PHASE  SERVICE              STATE       DONE      PORTS ON THE HOST",
        "1      nats                 ready                 4222 8222",
        "1      ollama-model-loader  not probed",
        "2      kong                 not_ready   recreate  8000",
        "1 of 3 services are ready.",
    ]


def test_what_runs_elsewhere_is_neither_shown_nor_counted():
    lines = table({"kong": SERVICES["kong"]}, {**STATES, "kong": {"state": "ready"}}, {}).splitlines()
    assert lines[-1] == "1 of 1 services are ready."
    assert not any("nats" in line for line in lines)


def test_a_host_without_services_has_a_table_too():
    assert table({}, {}, {}).splitlines()[-1] == "0 of 0 services are ready."


def test_the_filter_takes_the_states_of_service_health_and_can_do_without_actions():
    assert service_table(SERVICES, states=STATES, actions=ACTIONS) == table(SERVICES, STATES, ACTIONS)
    assert "recreate" not in service_table(SERVICES, states=STATES)
    assert FilterModule().filters() == {"service_table": service_table}
