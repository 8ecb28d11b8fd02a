# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readiness of an HTTP service: status, body and identity."""

from __future__ import annotations

import base64
import typing as t

from .. import answer
from ..answer import Answer
from ..body import judge
from ..gate import Gate
from ..http_exchange import NotHttp, exchange
from ..timed_socket import Moment, NoConnection, in_words


def probe(gate: Gate, timeout: float) -> Answer:
    """Ask once; ``timeout`` in seconds bounds connection, request and answer together."""
    moment = Moment(timeout)
    try:
        reply = exchange(
            gate.host, t.cast(int, gate.port), gate.path, moment, scheme=gate.scheme, headers=_credentials(gate)
        )
    except NotHttp as error:
        return answer.wrong_service("what answers does not speak HTTP (%s)" % error)
    except NoConnection as error:
        return answer.unreachable(str(error))
    except OSError as error:
        return answer.not_ready(in_words(error, moment))
    return judge(gate, reply)


def _credentials(gate: Gate) -> dict[str, str]:
    if gate.password is None:
        return {}
    if gate.header is not None:
        return {gate.header: gate.password}
    if gate.username is not None:
        pair = "%s:%s" % (gate.username, gate.password)
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    return {"Authorization": "Bearer " + gate.password}
