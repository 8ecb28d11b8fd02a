# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MQTT 3.1.1: CONNECT with user and password, then PINGREQ and PINGRESP."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from reference.clients.kept import Kept, Refused, address_of, login_of
from reference.settings import Settings
from serving.stream import Stream

PORT = 1883
CONNACK = {
    1: "protocol version not accepted",
    2: "client identifier rejected",
    3: "server unavailable",
    4: "bad user name or password",
    5: "not authorised",
}
PINGREQ = b"\xc0\x00"
PINGRESP = b"\xd0\x00"


def _field(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(2, "big") + data


def _remaining_length(length: int) -> bytes:
    encoded = bytearray()
    while True:
        length, digit = divmod(length, 128)
        encoded.append(digit | 128 if length else digit)
        if not length:
            return bytes(encoded)


def connect_packet(client: str, user: str, password: str) -> bytes:
    """Return CONNECT with a clean session and no keep-alive limit (the check keeps the connection, idle)."""
    flags = 0x02 | (0x80 if user else 0) | (0x40 if password else 0)
    payload = _field(client) + (_field(user) if user else b"") + (_field(password) if password else b"")
    body = _field("MQTT") + bytes([4, flags]) + (0).to_bytes(2, "big") + payload
    return b"\x10" + _remaining_length(len(body)) + body


class Client(Kept):
    """Logs in by MQTT_BROKER_URL, or by MQTT_BROKER, MQTT_PORT, MQTT_USER and MQTT_PASSWORD."""

    def __init__(self, settings: Settings, name: str) -> None:
        environment = settings.environment
        if environment.get("MQTT_BROKER_URL") or not environment.get("MQTT_BROKER"):
            parts = address_of(settings, "MQTT_BROKER_URL", ("mqtt", "tcp"))
        else:
            # Some of the real services take a bare host here, others a URL.
            broker = environment["MQTT_BROKER"]
            parts = urlsplit(broker if "://" in broker else f"mqtt://{broker}")
        port = parts.port or int(environment.get("MQTT_PORT") or PORT)
        super().__init__(parts.hostname or "", port)
        user, password = login_of(parts)
        self._user = user or environment.get("MQTT_USER", "")
        self._password = password or environment.get("MQTT_PASSWORD", "")
        # Two clients of one name throw each other out.
        self._client = f"{settings.service}-{os.urandom(4).hex()}"

    def greet(self, stream: Stream) -> None:
        """CONNECT. Raises Refused with the meaning of the broker's code."""
        stream.send(connect_packet(self._client, self._user, self._password))
        answer = stream.read_exact(4)
        if answer[:2] != b"\x20\x02":
            raise Refused(f"answered {answer.hex()}, expected CONNACK")
        if answer[3]:
            raise Refused(CONNACK.get(answer[3], f"CONNACK code {answer[3]}"))

    def ask(self, stream: Stream) -> None:
        """PINGREQ. Raises Refused."""
        stream.send(PINGREQ)
        answer = stream.read_exact(2)
        if answer != PINGRESP:
            raise Refused(f"answered {answer.hex()}, expected PINGRESP")
