# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evil servers that end with the test."""

from __future__ import annotations

import pytest
from evil_servers import Server

from ansible_collections.sahool.platform.plugins.module_utils._health.gate import Gate
from ansible_collections.sahool.platform.plugins.module_utils._health.protocols import ask


@pytest.fixture
def start():
    """Start a server: ``start(serve)``."""
    servers = []

    def start_one(serve):
        servers.append(Server(serve))
        return servers[-1]

    yield start_one
    for server in servers:
        server.close()


@pytest.fixture
def asked(start):
    """Ask a server once: ``asked(serve, timeout=1, protocol="http", **gate options)``."""

    def ask_it(serve, timeout=1.0, **options):
        gate = Gate.from_params({"name": "svc", "protocol": "http", "port": start(serve).port, **options})
        return ask(gate, timeout)

    return ask_it
