# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of dependencies: remembered shortly, within a deadline, without secrets."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from reference.answers import Answers
from reference.dependencies import Dependencies, Dependency, secrets_of
from reference.settings import Settings
from serving.message import Headers, Request


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


class Check:
    """Counts its calls and raises what it is told to."""

    def __init__(self):
        self.calls = 0
        self.error = None

    def __call__(self):
        self.calls += 1
        if self.error:
            raise self.error


def judge(check, secrets=(), clock=None, names=("redis",)):
    dependency = Dependency(list(names), check, list(secrets), clock or Clock())
    return Dependencies([dependency], list(names)), dependency


def test_an_answer_is_remembered_for_a_second():
    check, clock = Check(), Clock()
    dependencies, _redis = judge(check, clock=clock)
    for _time in range(5):
        assert dependencies.check() == {"redis": None}
    assert check.calls == 1
    clock.now += 1.0
    dependencies.check()
    assert check.calls == 2


def test_a_failure_is_shown_and_a_return_is_noticed():
    check, clock = Check(), Clock()
    dependencies, _redis = judge(check, clock=clock)
    check.error = OSError("connection refused")
    assert dependencies.check() == {"redis": "connection refused"}
    check.error = None
    clock.now += 1.0
    assert dependencies.check() == {"redis": None}


def test_a_secret_in_an_error_is_not_shown():
    check = Check()
    check.error = OSError("login with hunter2hunter2 failed\nat once")
    assert judge(check, ["hunter2hunter2"])[0].check() == {"redis": "login with *** failed at once"}


def test_two_names_of_one_connection_are_judged_by_one_check():
    check = Check()
    dependencies, _redis = judge(check, names=("postgres", "pgbouncer"))
    assert dependencies.check() == {"postgres": None, "pgbouncer": None}
    assert check.calls == 1


def test_a_check_that_hangs_ends_in_the_deadline_and_is_not_started_twice(monkeypatch):
    monkeypatch.setattr("reference.dependencies.DEADLINE_SECONDS", 0.05)
    release, calls = threading.Event(), []

    def hang():
        calls.append(1)
        release.wait(10)

    dependencies, dependency = judge(hang)
    for _time in range(2):
        assert dependencies.check()["redis"].startswith("no answer for")
    assert len(calls) == 1
    done = dependency.begin()
    release.set()
    assert done.wait(5)
    assert dependencies.check() == {"redis": None}


def test_secrets_are_found_by_name_and_inside_urls():
    environment = {
        "DATABASE_URL": "postgresql://sahool:urlsecret@pgbouncer:6432/sahool",
        "MQTT_PASSWORD": "mqttsecret",
        "QDRANT_API_KEY": "keysecret",
        "KONG_URL": "http://kong:8000",
        "LOG_LEVEL": "info",
    }
    assert sorted(secrets_of(environment)) == ["keysecret", "mqttsecret", "urlsecret"]


def answers(dependencies, **environment):
    given = {"REFERENCE_SERVICE": "chat-service", "PORT": "1", "REFERENCE_DEPENDENCIES": "redis"}
    return Answers(Settings({**given, **environment}), dependencies)


def get(service, path, method="GET"):
    return service.handle(Request(method, path, "HTTP/1.1", Headers()), None)


def test_readiness_and_health_turn_with_the_dependency_and_liveness_does_not():
    check, clock = Check(), Clock()
    service = answers(
        judge(check, clock=clock)[0],
        REFERENCE_HEALTH_PATH="/api/v1/health",
        REFERENCE_READINESS_PATH="/api/v1/readyz",
    )
    paths = ("/healthz", "/readyz", "/api/v1/health", "/api/v1/readyz")
    assert [get(service, path).status for path in paths] == [200] * 4
    assert b'"status":"ready"' in get(service, "/readyz").body
    assert b'"status":"healthy"' in get(service, "/api/v1/health").body
    check.error = OSError("connection refused")
    clock.now += 1.0
    assert [get(service, path).status for path in paths] == [200, 503, 503, 503]
    assert b'"status":"not_ready","dependencies":{"redis":"connection refused"}' in get(service, "/readyz").body
    assert b'"status":"unhealthy"' in get(service, "/api/v1/health").body


def test_readiness_stays_readiness_where_the_catalogue_calls_it_the_health_path():
    service = answers(judge(Check())[0], REFERENCE_HEALTH_PATH="/readyz")
    assert b'"status":"ready"' in get(service, "/readyz").body


def test_liveness_asks_no_dependency():
    check = Check()
    service = answers(judge(check)[0], REFERENCE_HEALTH_PATH="/healthz")
    assert get(service, "/healthz").status == 200
    assert check.calls == 0


@pytest.mark.parametrize(("features", "status"), [("", 404), ("demo", 200)])
def test_the_demo_path_is_a_feature(features, status):
    assert get(answers(judge(Check())[0], REFERENCE_FEATURES=features), "/api/demo/status").status == status


def test_other_paths_and_methods_are_refused_with_the_services_name():
    service = answers(judge(Check())[0])
    assert get(service, "/other").status == 404
    refused = get(service, "/readyz", "POST")
    assert refused.status == 405
    assert b'"service":"chat-service"' in refused.body


@pytest.mark.parametrize(
    "unneeded", ["psycopg2", "asyncio", "http.server", "reference.echo", "reference.clients.redis"]
)
def test_nothing_is_imported_before_it_is_needed(unneeded):
    program = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from reference.answers import Answers\n"
        "from reference.dependencies import Dependencies\n"
        "from reference.settings import Settings\n"
        "s = Settings({'REFERENCE_SERVICE': 's', 'PORT': '1', 'REFERENCE_DEPENDENCIES': 'postgres,redis'})\n"
        "Answers(s, Dependencies.from_settings(s))\n"
        f"sys.exit({unneeded!r} in sys.modules)"
    )
    path = next(entry for entry in sys.path if entry.endswith("embedded-python"))
    done = subprocess.run([sys.executable, "-I", "-c", program, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr or f"{unneeded} was imported"
