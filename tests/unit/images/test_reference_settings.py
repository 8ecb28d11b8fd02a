# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference service's environment and bodies."""

from __future__ import annotations

import pytest

from reference import bodies
from reference.settings import Settings, SettingsError


def settings(**environment):
    given = {"REFERENCE_SERVICE": "weather-service", "PORT": "8092", "REFERENCE_VERSION": "v16.0.0"}
    return Settings({**given, **environment})


def test_the_identity_is_the_service_unless_it_is_said_otherwise():
    assert settings().identity == "weather-service"
    assert settings(REFERENCE_IDENTITY="agro_advisor").identity == "agro_advisor"


def test_a_body_names_who_answers():
    body = bodies.identified(settings(REFERENCE_IDENTITY="agro_advisor", REFERENCE_RELEASE="r1"), {"status": "ok"})
    assert body == {
        "status": "ok",
        "service": "agro_advisor",
        "name": "weather-service",
        "version": "v16.0.0",
        "release": "r1",
    }


def test_an_empty_identity_leaves_the_field_out():
    assert "service" not in bodies.identified(settings(REFERENCE_IDENTITY=""), {"status": "ok"})


def test_lists_are_taken_apart():
    made = settings(
        REFERENCE_DEPENDENCIES="postgres, pgbouncer,,redis,redis,alert-service",
        REFERENCE_UPSTREAMS="alert-service=http://alert-service:8113/healthz",
    )
    assert made.dependencies == ["postgres", "pgbouncer", "redis", "alert-service"]
    assert made.upstreams == {"alert-service": "http://alert-service:8113/healthz"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("REFERENCE_SERVICE", ""),
        ("REFERENCE_HEALTH_PATH", "healthz"),
        ("REFERENCE_FEATURES", "websockets"),
        ("REFERENCE_DEPENDENCIES", "weather-core"),
        ("REFERENCE_UPSTREAMS", "weather-core"),
    ],
)
def test_a_mistake_is_named(name, value):
    with pytest.raises(SettingsError, match=name):
        settings(**{name: value})


def test_all_mistakes_are_named_at_once():
    with pytest.raises(SettingsError, match=r"REFERENCE_SERVICE.*PORT.*REFERENCE_FEATURES"):
        Settings({"REFERENCE_FEATURES": "none"})


def test_metrics_show_each_dependency():
    text = bodies.metrics(settings(), 7, {"redis": None, "nats": "refused"})
    assert 'reference_up{service="weather-service"} 1\n' in text
    assert 'reference_requests_total{service="weather-service"} 7\n' in text
    assert 'reference_dependency_up{service="weather-service",dependency="redis"} 1\n' in text
    assert 'reference_dependency_up{service="weather-service",dependency="nats"} 0\n' in text


def test_metrics_escape_their_labels():
    text = bodies.metrics(settings(REFERENCE_RELEASE='a"b\\c'), 0, {})
    assert 'release="a\\"b\\\\c"' in text


def test_openapi_describes_the_paths():
    document = bodies.openapi(settings(), ["/healthz"])
    assert document["openapi"] == "3.1.0"
    assert list(document["paths"]) == ["/healthz"]
