# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mosquitto: logins, and an ACL that lets devices send what the services read."""

from __future__ import annotations

import queue

import paho.mqtt.client as paho
import pytest
from server_platform import Platform, until

USERS = {"sahool_iot": "MQTT_PASSWORD", "sahool_admin": "MQTT_ADMIN_PASSWORD", "sahool_sensor": "MQTT_SENSOR_PASSWORD"}
MEASUREMENT = "sahool/sensors/device-1/field-1/moisture"
TENANT_MEASUREMENT = "sahool/tenant-1/farm/f1/field/x1/sensor/moisture"
COMMAND = "sahool/tenant-1/farm/f1/field/x1/actuator/valve-1/command"
STATUS = "sahool/tenant-1/farm/f1/field/x1/device/status"
# MQTT 5.0, section 3.4.2.1: taken, or taken and nobody listens.
TAKEN = (0x00, 0x10)
NOT_AUTHORISED = 0x87


class Client:
    """A client of MQTT 5, which tells a denied publish from an accepted one."""

    def __init__(self, servers, user, password=None, *, websockets=False):
        events = ("connect", "subscribe", "publish", "message")
        self.events: dict[str, queue.Queue] = {event: queue.Queue() for event in events}
        self.client = paho.Client(
            paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5, transport="websockets" if websockets else "tcp"
        )
        if user:
            self.client.username_pw_set(user, password or servers.secrets[USERS[user]])
        self.client.on_connect = lambda _c, _u, _f, code, _p: self.events["connect"].put(code.value)
        self.client.on_subscribe = lambda _c, _u, _m, codes, _p: self.events["subscribe"].put(codes[0].value)
        self.client.on_publish = lambda _c, _u, _m, code, _p: self.events["publish"].put(code.value)
        self.client.on_message = lambda _c, _u, message: self.events["message"].put((message.topic, message.payload))
        self.client.connect("127.0.0.1", servers.port("mqtt", "websockets" if websockets else "main"))
        self.client.loop_start()
        self.code = self._next("connect")

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.client.disconnect()
        self.client.loop_stop()

    def subscribe(self, topic):
        self.client.subscribe(topic, qos=1)
        return self._next("subscribe")

    def publish(self, topic, payload=b"1"):
        self.client.publish(topic, payload, qos=1)
        return self._next("publish")

    def received(self):
        return self._next("message")

    def _next(self, event):
        return self.events[event].get(timeout=5)


@pytest.fixture(scope="module")
def mqtt(servers: Platform) -> Platform:
    def connected():
        with Client(servers, "sahool_admin") as client:
            return client.code == 0

    until(connected, 30, (OSError, queue.Empty))
    return servers


@pytest.mark.parametrize("websockets", [False, True], ids=["tcp", "websockets"])
@pytest.mark.parametrize("user", USERS)
def test_the_right_password_gets_in_and_a_wrong_one_does_not(mqtt, user, websockets):
    with Client(mqtt, user, websockets=websockets) as client:
        assert client.code == 0
    with Client(mqtt, user, "wrong", websockets=websockets) as client:
        assert client.code == NOT_AUTHORISED


def test_nobody_gets_in_without_a_name(mqtt):
    with Client(mqtt, None) as client:
        assert client.code == NOT_AUTHORISED


@pytest.mark.parametrize("topic", [MEASUREMENT, TENANT_MEASUREMENT, STATUS])
def test_what_devices_send_reaches_the_services(mqtt, topic):
    with Client(mqtt, "sahool_iot") as service, Client(mqtt, "sahool_sensor") as device:
        assert service.subscribe(topic) == 1
        assert device.publish(topic, b"41.5") in TAKEN
        assert service.received() == (topic, b"41.5")


def test_the_orders_of_the_services_reach_the_devices(mqtt):
    with Client(mqtt, "sahool_iot") as service, Client(mqtt, "sahool_sensor") as device:
        assert device.subscribe(COMMAND) == 1
        assert service.publish(COMMAND, b"open") in TAKEN
        assert device.received() == (COMMAND, b"open")


def test_the_services_own_topics_make_a_round_trip(mqtt):
    with Client(mqtt, "sahool_iot") as service:
        assert service.subscribe("sahool/system/health/1") == 1
        assert service.publish("sahool/system/health/1", b"ping") in TAKEN
        assert service.received() == ("sahool/system/health/1", b"ping")


@pytest.mark.parametrize(
    ("user", "topic"),
    [
        ("sahool_iot", MEASUREMENT),
        ("sahool_iot", "test"),
        ("sahool_sensor", COMMAND),
        ("sahool_sensor", "sahool/system/health"),
        ("sahool_sensor", "sahool/sensors/too/short"),
        ("sahool_sensor", "test"),
    ],
)
def test_other_messages_are_denied(mqtt, user, topic):
    with Client(mqtt, user) as client:
        assert client.publish(topic) == NOT_AUTHORISED


@pytest.mark.parametrize("topic", [MEASUREMENT, "sahool/sensors/#", "sahool/system/#", "$SYS/#", "#"])
def test_a_device_reads_no_other_devices_data(mqtt, topic):
    # The broker takes a subscription with wildcards and filters what it delivers.
    with Client(mqtt, "sahool_sensor") as device, Client(mqtt, "sahool_admin") as admin:
        device.subscribe(topic)
        assert admin.publish(MEASUREMENT, b"secret") in TAKEN
        assert admin.publish("sahool/system/notice", b"secret") in TAKEN
        assert device.subscribe(COMMAND) == 1
        assert admin.publish(COMMAND, b"last") in TAKEN
        assert device.received() == (COMMAND, b"last"), "nothing came before it"


def test_the_administrator_sees_the_broker(mqtt):
    with Client(mqtt, "sahool_admin") as admin:
        assert admin.subscribe("$SYS/broker/version") == 1
        topic, version = admin.received()
        assert (topic, version[:20]) == ("$SYS/broker/version", b"mosquitto version 2.")
