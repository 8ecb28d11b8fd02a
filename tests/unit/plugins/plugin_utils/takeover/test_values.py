# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of the ``.env``, and whether the password is the one that the database knows."""

from __future__ import annotations

import pytest

from ansible_collections.sahool.platform.plugins.filter.takeover_adoption import takeover_adoption
from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.findings import Findings
from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.scram import password_complaint
from ansible_collections.sahool.platform.plugins.plugin_utils._takeover.values import import_settings, import_values

# What PostgreSQL 17 keeps of the password StockPostgres7pw.
VERIFIER = (
    "SCRAM-SHA-256$4096:yx+S+cJ8n0zH8SD2ZdcFxQ==$Fs2mdlFqmVIZoelWyaLE6mpUS6i3H3TyzI0RmuIKIQs=:"
    "lMU+RS/nW7PaFv77tfUE4tx5k1cxW4bm7o3W/An2fdw="
)
FIXED = {"POSTGRES_USER": "sahool", "MQTT_USER": "sahool_iot"}


def taken(env, *accepted):
    """Import from *env*; return the values and the findings."""
    findings = Findings(accepted)
    values = import_values(
        env,
        names={"POSTGRES_PASSWORD": ["url", "sql"], "REDIS_PASSWORD": ["url"], "JWT_SECRET_KEY": []},
        bound=["POSTGRES_PASSWORD"],
        fixed=FIXED,
        strict=["POSTGRES_USER"],
        findings=findings,
    )
    return values, findings


def test_values_that_can_be_carried_are_taken():
    values, findings = taken(
        {"POSTGRES_PASSWORD": "Abc123", "REDIS_PASSWORD": "", "OTHER": "x", "POSTGRES_USER": "sahool", "MQTT_USER": ""}
    )
    assert (values, findings.texts) == ({"POSTGRES_PASSWORD": "Abc123"}, [])


def test_a_value_that_data_were_made_with_cannot_be_replaced():
    values, findings = taken({"POSTGRES_PASSWORD": "a/b+c="}, "POSTGRES_PASSWORD")
    assert values == {}
    assert "the data were made with it" in findings.texts[0] and "a/b+c=" not in findings.texts[0]


def test_a_value_is_judged_by_who_parses_it():
    values, findings = taken({"POSTGRES_PASSWORD": "a-b_c", "JWT_SECRET_KEY": "a/b+c=", "REDIS_PASSWORD": "a@b"})
    assert values == {"POSTGRES_PASSWORD": "a-b_c", "JWT_SECRET_KEY": "a/b+c="}
    assert "do not pass through a URL" in findings.texts[0]


def test_any_other_unfit_value_is_replaced_when_that_is_accepted():
    assert taken({"REDIS_PASSWORD": "a/b+c="})[1].texts[0].endswith("or add REDIS_PASSWORD to takeover_accept")
    values, findings = taken({"REDIS_PASSWORD": "a/b+c="}, "REDIS_PASSWORD")
    assert (values, findings.texts) == ({}, [])


def test_names_that_the_platform_does_not_choose():
    texts = taken({"POSTGRES_USER": "farm", "MQTT_USER": "farm"}, "POSTGRES_USER", "MQTT_USER")[1].texts
    assert [text.partition(":")[0] for text in texts] == ["POSTGRES_USER"]
    assert "another value than 'sahool', the only one" in texts[0] and "farm" not in texts[0]


def test_settings_of_the_env_under_their_own_names():
    env = {"SMTP_HOST": "mail.example", "SMTP_PORT": "587", "STRIPE_API_KEY": "change_this_key", "OTHER": "x"}
    settings = {"smtp_host": "smtp.gmail.com", "smtp_port": 587, "stripe_api_key": "", "fcm_server_key": ""}
    assert import_settings(env, settings) == {"smtp_host": "mail.example"}


@pytest.mark.parametrize(
    ("verifier", "password", "part"),
    [
        (VERIFIER, "StockPostgres7pw", None),
        (VERIFIER + "\n", "StockPostgres7pw", None),
        (VERIFIER, "Rotated7Later", "is not the password that role sahool has"),
        (VERIFIER, "", "is not the password that role sahool has"),
        ("md5c4ca4238a0b923820dcc509a6f75849b", "x", "in another form than scram-sha-256"),
        (VERIFIER.replace("=:", "=!:"), "StockPostgres7pw", "cannot be read"),
    ],
)
def test_a_password_is_held_against_what_postgresql_keeps(verifier, password, part):
    complaint = password_complaint(verifier, password)
    assert complaint is None if part is None else part in complaint
    assert password == "" or password not in str(complaint)


INFO = {
    "containers": [],
    "networks": [],
    "working_dir": None,
    "env_files": [],
    "projects": [],
    "volumes": [
        {
            "name": "stock_postgres_data",
            "key": "postgres_data",
            "own": True,
            "folder": "/v",
            "state": "filled",
            "found": [{"path": "PG_VERSION", "uid": 999, "size": 3, "text": "16"}],
            "used_elsewhere": [],
        }
    ],
}
POSTGRES = {
    "major": "16",
    "embedded_major": "17",
    "stateful": True,
    "user": "999:999",
    "environment": {},
    "volumes": {"postgres_data": {"target": "/var/lib/postgresql/data"}},
}


@pytest.mark.parametrize(
    ("changes", "findings"),
    [
        ({}, 0),
        ({"known": {"POSTGRES_PASSWORD": "StockPostgres7pw"}}, 0),
        ({"known": {"POSTGRES_PASSWORD": "Another7one"}}, 2),
        ({"env": {"POSTGRES_PASSWORD": "Rotated7Later"}}, 1),
        ({"recorded": {"postgres": {"volumes": {}}}, "env": {}, "verifier": ""}, 0),
        ({"verifier": "", "unread": "role sahool does not exist"}, 1),
        ({"verifier": "", "unread": "role sahool does not exist", "accept": ["POSTGRES_PASSWORD"]}, 0),
    ],
)
def test_the_filter_compares_env_inventory_and_database(changes, findings):
    options = {
        "env": {"POSTGRES_PASSWORD": "StockPostgres7pw"},
        "policy": [{"name": "POSTGRES_PASSWORD", "consumers": ["url"]}],
        "bound": {"POSTGRES_PASSWORD": "postgres"},
        "verifier": VERIFIER,
        **changes,
    }
    result = takeover_adoption(
        INFO, project="stock", own_project="sahool", services={"postgres": POSTGRES}, here=["postgres"], **options
    )
    assert len(result["findings"]) == findings, result["findings"]
    assert "7" not in str(result["findings"])
