# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of the NATS client protocol as the tests need (https://docs.nats.io/reference/reference-protocols/nats-protocol)."""

from __future__ import annotations

import json
import secrets
import socket
import typing as t


class Message(t.NamedTuple):
    """What the server delivered; ``reply`` is empty where no answer is asked for."""

    subscription: int
    subject: str
    reply: str
    payload: bytes


class NatsError(Exception):
    """The server answered ``-ERR``."""


class NatsClient:
    """One connection; every call waits until the server has seen it (PING, PONG)."""

    def __init__(self, port: int, user: str, password: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.stream = self.socket.makefile("rb")
        self.messages: list[Message] = []
        self._subscriptions = 0
        if not self.stream.readline().startswith(b"INFO "):
            raise ConnectionError("no NATS server")
        options = {"user": user, "pass": password, "verbose": False, "pedantic": False, "headers": True}
        self.socket.sendall(b"CONNECT " + json.dumps(options).encode() + b"\r\n")
        self.settle()

    def __enter__(self) -> NatsClient:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stream.close()
        self.socket.close()

    def subscribe(self, subject: str) -> None:
        """Subscribe.

        :raises NatsError: the user may not.
        """
        self._subscriptions += 1
        self.socket.sendall(f"SUB {subject} {self._subscriptions}\r\n".encode())
        self.settle()

    def publish(self, subject: str, payload: bytes, reply: str = "") -> None:
        """Publish.

        :raises NatsError: the user may not.
        """
        self.socket.sendall(f"PUB {subject} {reply} {len(payload)}\r\n".encode() + payload + b"\r\n")
        self.settle()

    def request(self, subject: str, document: t.Any = "") -> tuple[str, bytes]:
        """Publish with an inbox and return the first answer's own reply subject and payload.

        A message that JetStream hands out keeps its subject, so the subscription tells that it is the answer.
        """
        inbox = f"_INBOX.{secrets.token_hex(8)}"
        self.subscribe(inbox)
        subscription = self._subscriptions
        self.publish(subject, json.dumps(document).encode() if document else b"", inbox)
        while True:
            for message in self.messages:
                if message.subscription == subscription:
                    self.messages.remove(message)
                    return message.reply, message.payload
            self._read()

    def settle(self) -> None:
        """Wait for the answer to a PING; an error that came before it is raised."""
        self.socket.sendall(b"PING\r\n")
        while not self._read():
            pass

    def _read(self) -> bool:
        """Take one operation from the server; True for PONG."""
        line = self.stream.readline()
        if not line:
            raise ConnectionError("the server closed the connection")
        if line.startswith(b"-ERR"):
            raise NatsError(line.decode().strip())
        if line.startswith(b"PING"):
            self.socket.sendall(b"PONG\r\n")
        elif line.startswith((b"MSG ", b"HMSG ")):
            # [H]MSG <subject> <subscription> [reply] [size of headers] <size>
            words = line.decode().split()
            sizes = 2 if words[0] == "HMSG" else 1
            data = self.stream.read(int(words[-1]) + 2)[:-2]
            self.messages.append(
                Message(
                    subscription=int(words[2]),
                    subject=words[1],
                    reply=words[3] if len(words) == 4 + sizes else "",
                    payload=data[int(words[-2]) :] if sizes == 2 else data,
                )
            )
        return line.startswith(b"PONG")
