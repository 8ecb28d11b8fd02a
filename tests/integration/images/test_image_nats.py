# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NATS: accounts, subjects, JetStream with acknowledgements."""

from __future__ import annotations

import json
import urllib.request

import pytest
from nats_client import NatsClient, NatsError
from server_platform import Platform, until

USERS = {
    "sahool_app": "NATS_PASSWORD",
    "sahool_admin": "NATS_ADMIN_PASSWORD",
    "sahool_monitor": "NATS_MONITOR_PASSWORD",
    "sahool_system": "NATS_SYSTEM_PASSWORD",
}
# The platform's own list, and what its code uses beside it.
SUBJECTS = """
sahool.tenant.7.field.created field.created weather.alert iot.reading notification.sent marketplace.order billing.paid
chat.message alert.raised ndvi.computed irrigation.recommended task.done crop.updated inventory.low_stock
satellite.image advisor.answer compliance.checked user.created
""".split()


def client(servers, user, password=None):
    return NatsClient(servers.port("nats"), user, password or servers.secrets[USERS[user]])


@pytest.fixture(scope="module")
def nats(servers: Platform) -> Platform:
    def connected():
        with client(servers, "sahool_app"):
            return True

    until(connected, 30)
    return servers


@pytest.mark.parametrize("user", USERS)
def test_the_right_password_gets_in_and_a_wrong_one_does_not(nats, user):
    with client(nats, user):
        pass
    with pytest.raises(NatsError, match="Authorization Violation"):
        client(nats, user, "wrong")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_services_use_their_subjects(nats, subject):
    with client(nats, "sahool_app") as app:
        app.subscribe(subject)
        app.publish(subject, b"hello")
        assert [(message.subject, message.payload) for message in app.messages] == [(subject, b"hello")]


@pytest.mark.parametrize("subject", ["other.thing", "$SYS.REQ.SERVER.PING", "sahool"])
def test_services_use_no_other_subjects(nats, subject):
    with client(nats, "sahool_app") as app, pytest.raises(NatsError, match="Permissions Violation for Publish"):
        app.publish(subject, b"x")
    with client(nats, "sahool_app") as app, pytest.raises(NatsError, match="Permissions Violation for Subscription"):
        app.subscribe(subject)


def test_services_may_not_listen_to_everything(nats):
    with client(nats, "sahool_app") as app, pytest.raises(NatsError, match="Permissions Violation for Subscription"):
        app.subscribe(">")


def test_the_monitor_sees_no_payload_and_sends_none(nats):
    for subject in (">", "sahool.>", "_INBOX.>", "field.created"):
        with client(nats, "sahool_monitor") as monitor, pytest.raises(NatsError, match="for Subscription"):
            monitor.subscribe(subject)
    with client(nats, "sahool_monitor") as monitor, pytest.raises(NatsError, match="for Publish"):
        monitor.publish("sahool.x", b"x")
    with client(nats, "sahool_monitor") as monitor:
        monitor.subscribe("$JS.EVENT.ADVISORY.>")


def test_the_system_account_sees_the_server_and_not_the_services(nats):
    with client(nats, "sahool_system") as system, client(nats, "sahool_app") as app:
        _reply, answer = system.request("$SYS.REQ.SERVER.PING")
        assert json.loads(answer)["server"]["name"] == "sahool"
        system.subscribe("sahool.>")
        app.publish("sahool.private", b"x")
        system.settle()
        assert system.messages == []


def test_jetstream_delivers_and_the_acknowledgement_counts(nats):
    with client(nats, "sahool_app") as app:
        stream = {"name": "TESTS", "subjects": ["ndvi.test.>"], "storage": "file", "max_bytes": 10 * 2**20}
        _reply, created = app.request("$JS.API.STREAM.CREATE.TESTS", stream)
        assert "error" not in json.loads(created), created
        try:
            for number in range(3):
                _reply, stored = app.request(f"ndvi.test.{number}", {"number": number})
                assert json.loads(stored)["seq"] == number + 1
            consumer = {"stream_name": "TESTS", "config": {"durable_name": "reader", "ack_policy": "explicit"}}
            _reply, made = app.request("$JS.API.CONSUMER.DURABLE.CREATE.TESTS.reader", consumer)
            assert "error" not in json.loads(made), made
            reply, payload = app.request("$JS.API.CONSUMER.MSG.NEXT.TESTS.reader", {"batch": 1})
            assert json.loads(payload) == {"number": 0}
            assert reply.startswith("$JS.ACK.TESTS.reader.")
            app.publish(reply, b"+ACK")

            def floor():
                _reply, answer = app.request("$JS.API.CONSUMER.INFO.TESTS.reader")
                return json.loads(answer)["ack_floor"]["stream_seq"]

            assert until(floor, 5) == 1
        finally:
            app.request("$JS.API.STREAM.DELETE.TESTS")


def test_the_store_holds_the_dead_letters_and_another_stream(nats):
    with client(nats, "sahool_app") as app:
        try:
            for name, size in (("DEAD", 10 * 2**30), ("OTHER", 2**30)):
                stream = {"name": name, "subjects": [f"sahool.{name}.>"], "storage": "file", "max_bytes": size}
                _reply, created = app.request(f"$JS.API.STREAM.CREATE.{name}", stream)
                assert "error" not in json.loads(created), created
        finally:
            for name in ("DEAD", "OTHER"):
                app.request(f"$JS.API.STREAM.DELETE.{name}")


def test_monitoring_answers(nats):
    with urllib.request.urlopen(f"http://127.0.0.1:{nats.port('nats', 'monitor')}/jsz", timeout=5) as reply:
        assert json.load(reply)["config"]["store_dir"] == "/data/jetstream"
