# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readiness of etcd: ``/health`` and, with credentials, a login and a read.

The gateway of the v3 API: https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/
"""

from __future__ import annotations

import base64
import json
import typing as t

from .. import answer
from ..answer import Answer
from ..gate import Gate
from ..http_exchange import NotHttp, Reply, exchange
from ..timed_socket import Moment, NoConnection, in_words


def probe(gate: Gate, timeout: float) -> Answer:
    """Ask once; ``timeout`` in seconds bounds all requests together."""
    moment = Moment(timeout)
    try:
        return _health(gate, moment) or _login(gate, moment) or answer.ready()
    except NotHttp as error:
        return answer.wrong_service("what answers does not speak HTTP (%s)" % error)
    except NoConnection as error:
        return answer.unreachable(str(error))
    except OSError as error:
        return answer.not_ready(in_words(error, moment))


def _health(gate: Gate, moment: Moment) -> Answer | None:
    reply = exchange(gate.host, t.cast(int, gate.port), "/health", moment, scheme=gate.scheme)
    health = _document(reply).get("health")
    if health is None:
        return answer.wrong_service("/health answered %d without the field `health`, as no etcd does" % reply.status)
    if reply.status != 200 or str(health).lower() != "true":
        reason = str(_document(reply).get("reason") or "no reason given")[:200]
        return answer.not_ready("/health answered %d, health %s (%s)" % (reply.status, health, reason))
    return None


def _login(gate: Gate, moment: Moment) -> Answer | None:
    if gate.password is None:
        return None
    reply = _post(gate, moment, "/v3/auth/authenticate", {"name": gate.username or "root", "password": gate.password})
    token = _document(reply).get("token")
    if reply.status != 200 or not isinstance(token, str):
        return answer.not_ready("the login of %s was refused: %s" % (gate.username or "root", _reason(reply)))
    key = base64.b64encode(b"sahool-health").decode()
    reply = _post(gate, moment, "/v3/kv/range", {"key": key}, {"Authorization": token})
    if reply.status != 200:
        return answer.not_ready("a read was refused: %s" % _reason(reply))
    return None


def _post(
    gate: Gate, moment: Moment, path: str, document: dict[str, str], headers: dict[str, str] | None = None
) -> Reply:
    return exchange(
        gate.host,
        t.cast(int, gate.port),
        path,
        moment,
        scheme=gate.scheme,
        method="POST",
        headers={"Content-Type": "application/json", **(headers or {})},
        body=json.dumps(document).encode(),
    )


def _document(reply: Reply) -> dict[str, t.Any]:
    try:
        document = json.loads(reply.body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _reason(reply: Reply) -> str:
    document = _document(reply)
    return "status %d, %s" % (reply.status, str(document.get("message") or document.get("error") or "no reason")[:200])
