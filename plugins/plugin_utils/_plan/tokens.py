# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens in catalogue values: ``{host:redis}``, ``{address:nats:monitor}``, ``{secret:NAME}``, ``{setting:NAME}``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._plan.errors import PlanError

TOKEN = re.compile(r"\{(host|port|address|secret|setting|self):([A-Za-z0-9_.-]+)(?::([A-Za-z0-9_-]+))?\}")

# Kinds that stand for where a service is reached.
ADDRESS_KINDS = ("host", "port", "address")


def addressed_services(text: str) -> list[str]:
    """Return the services whose addresses stand in *text*."""
    return [name for kind, name, _port in TOKEN.findall(text) if kind in ADDRESS_KINDS]


@dataclass(frozen=True)
class TokenValues:
    """What tokens stand for, as one service on one host sees it.

    :param addresses: as :func:`addresses_from` returns them.
    :param secrets: secret name to value.
    :param settings: setting name to value.
    :param entry: the catalogue entry of the service whose value is filled in.
    :param secret_settings: names of the settings whose values are as secret as a secret.
    """

    addresses: Mapping[str, Mapping[str, Any]]
    secrets: Mapping[str, str]
    settings: Mapping[str, Any]
    entry: Mapping[str, Any]
    secret_settings: frozenset[str] = frozenset()

    def fill(self, text: str) -> str:
        """Replace every token of *text*.

        :raises PlanError: a token names a service, port, secret or setting that does not exist.
        """
        return TOKEN.sub(self._value, text)

    def holds_secret(self, text: str) -> bool:
        """Tell whether a token of *text* stands for something secret."""
        return any(
            kind == "secret" or (kind == "setting" and name in self.secret_settings)
            for kind, name, _port in TOKEN.findall(text)
        )

    def _value(self, match: re.Match[str]) -> str:
        kind, name, port_name = match.groups()
        try:
            if kind == "secret":
                return self.secrets[name]
            if kind == "setting":
                return str(self.settings[name])
            if kind == "self":
                return str(self.entry[{"port": "container_port"}.get(name, name)])
            address = self.addresses[name]
            port = address["ports"][port_name or "main"] if kind != "host" else None
        except KeyError as error:
            raise PlanError(
                [f"{match.group(0)}: there is no {error.args[0]}; correct the token or add what it names"]
            ) from None
        return {"host": address["host"], "port": str(port), "address": f"{address['host']}:{port}"}[kind]
