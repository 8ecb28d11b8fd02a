# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readiness of an MQTT broker: a login, and a message that comes back.

A broker that accepts the login may still deny the topic (its ACL), and denies it silently to a publisher. So the
probe subscribes, publishes and waits for its own message. Works with paho-mqtt 1.6 and 2.x.
"""

from __future__ import annotations

import secrets
import socket
import traceback
import typing as t

from ansible.module_utils.basic import missing_required_lib

from .. import answer
from ..answer import Answer
from ..gate import Gate
from ..timed_socket import Moment

try:
    import paho.mqtt.client as paho

    HAS_PAHO = True
    PAHO_IMPORT_ERROR = None
except ImportError:
    HAS_PAHO = False
    PAHO_IMPORT_ERROR = traceback.format_exc()

DEFAULT_TOPIC = "sahool/system/health"
_SUBSCRIPTION_DENIED = 0x80  # MQTT 3.1.1, section 3.9.3: codes from here on are failures


def missing_library() -> str | None:
    """The sentence for a host without the library, or None."""
    return None if HAS_PAHO else missing_required_lib("paho-mqtt", reason="to probe MQTT brokers")


def probe(gate: Gate, timeout: float) -> Answer:
    """Log in, subscribe, publish and receive; ``timeout`` in seconds bounds all of it."""
    moment = Moment(timeout)
    trip = _RoundTrip(gate, moment)
    try:
        return trip.run()
    except socket.timeout:
        return answer.not_ready("%s within %.3g s" % (trip.waits_for, timeout))
    except OSError as error:
        text = (error.strerror or str(error) or type(error).__name__).lower()
        return answer.not_ready(text) if trip.connected else answer.unreachable(text)
    finally:
        trip.close()


class _RoundTrip:
    def __init__(self, gate: Gate, moment: Moment) -> None:
        self.gate = gate
        self.moment = moment
        self.topic = gate.topic or "%s/%s" % (DEFAULT_TOPIC, secrets.token_hex(8))
        self.payload = secrets.token_hex(8).encode()
        self.connected = False
        self.waits_for = "no connection"
        self.login: int | None = None
        self.verdict = ""
        self.granted: t.Sequence[t.Any] | None = None
        self.came_back = False
        self.client = self._new_client()

    def _new_client(self) -> t.Any:
        options: dict[str, t.Any] = {"client_id": "sahool-health-" + secrets.token_hex(6)}
        if hasattr(paho, "CallbackAPIVersion"):  # 2.x; its version 1 callbacks are those of 1.6, but warn
            options["callback_api_version"] = paho.CallbackAPIVersion.VERSION2
        client = paho.Client(**options)
        if self.gate.username is not None:
            client.username_pw_set(self.gate.username, self.gate.password)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        # The only way to bound the connection that both versions have; 2.x reads the same attribute by a property.
        client._connect_timeout = self.moment.left()  # pylint: disable=protected-access
        return client

    def run(self) -> Answer:
        self.client.connect(self.gate.host, self.gate.port, keepalive=60)
        self.connected = True
        self.waits_for = "no answer to the login"
        if not self._drive(lambda: self.login is not None):
            return answer.wrong_service("the connection was closed without an MQTT answer to the login")
        if self.login != 0:
            return answer.not_ready("the login was refused (%s)" % self.verdict)
        self.waits_for = "no answer to the subscription to %s" % self.topic
        self.client.subscribe(self.topic, qos=1)
        if not self._drive(lambda: self.granted is not None):
            return answer.not_ready("the connection was closed upon the subscription to %s" % self.topic)
        if any(code >= _SUBSCRIPTION_DENIED for code in self.granted or ()):
            return answer.not_ready("the subscription to %s was denied" % self.topic)
        self.waits_for = "the login and the subscription work, but no message came back on %s" % self.topic
        self.client.publish(self.topic, self.payload, qos=1)
        if not self._drive(lambda: self.came_back):
            return answer.not_ready("the connection was closed upon a message to %s" % self.topic)
        return answer.ready()

    def _drive(self, done: t.Callable[[], bool]) -> bool:
        """Run the client until ``done``; False when the broker closed the connection first.

        :raises socket.timeout: the time is up.
        """
        while not done():
            if self.client.loop(timeout=min(self.moment.left(), 0.5)) != paho.MQTT_ERR_SUCCESS:
                return done()
        return True

    # paho 1.6 passes plain numbers; 2.x passes objects that hold them, in different places.
    def _on_connect(self, client: t.Any, userdata: t.Any, flags: t.Any, code: t.Any, *rest: t.Any) -> None:
        self.login = _number(code)
        self.verdict = paho.connack_string(code) if isinstance(code, int) else str(code)

    def _on_subscribe(self, client: t.Any, userdata: t.Any, mid: t.Any, codes: t.Any, *rest: t.Any) -> None:
        self.granted = [_number(code) for code in codes]

    def _on_message(self, client: t.Any, userdata: t.Any, message: t.Any) -> None:
        self.came_back = self.came_back or bytes(message.payload) == self.payload

    def close(self) -> None:
        self.client.disconnect()
        connection = self.client.socket()
        if connection is not None:
            connection.close()


def _number(code: t.Any) -> int:
    return int(getattr(code, "value", code))
