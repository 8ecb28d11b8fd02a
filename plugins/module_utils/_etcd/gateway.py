# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request to etcd over the JSON gateway of its v3 API.

Source: https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/
"""

from __future__ import annotations

import http.client
import json
import typing as t
import urllib.error
import urllib.request

# gRPC's numbers, which the gateway passes on (https://grpc.io/docs/guides/status-codes/).
NOT_FOUND_TEXTS = ("user name not found", "role name not found")
NO_USER_TEXTS = ("user name is empty",)
REFUSED_TEXTS = ("authentication failed",)


class EtcdError(Exception):
    """etcd refused a request or could not be reached.

    :ivar message: what etcd said, without a password; empty when it was not etcd that spoke.
    """

    def __init__(self, text: str, message: str = "") -> None:
        super().__init__(text)
        self.message = message

    def says(self, texts: t.Sequence[str]) -> bool:
        """Whether etcd's own message is one of ``texts``."""
        return any(text in self.message for text in texts)


class Gateway:
    """The JSON gateway at one address.

    :param timeout: seconds that one request may take.
    """

    def __init__(self, host: str, port: int, timeout: float) -> None:
        self.address = "http://%s:%d" % ("[%s]" % host if ":" in host else host, port)
        self.timeout = timeout
        # A proxy from the environment has no part in a request to the host itself or its private network.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def call(self, path: str, document: t.Mapping[str, t.Any], token: str | None = None) -> dict[str, t.Any]:
        """POST ``document`` to ``/v3/<path>`` and return the answer.

        :raises EtcdError: etcd refused, is not there, does not answer in time, or what answers is no etcd.
        """
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = token
        request = urllib.request.Request(
            "%s/v3/%s" % (self.address, path), data=json.dumps(document).encode("utf-8"), headers=headers, method="POST"
        )
        try:
            with self._opener.open(request, timeout=self.timeout) as reply:
                body = reply.read()
        except urllib.error.HTTPError as error:
            message = _message(error.read())
            raise EtcdError(
                "etcd at %s refused %s: status %d, %s" % (self.address, path, error.code, message or "no reason given"),
                message,
            ) from error
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise EtcdError(
                "etcd at %s gave no answer to %s (%s, waited at most %g s); is it running, and is this its client port?"
                % (self.address, path, reason, self.timeout)
            ) from error
        answer = _document(body)
        if answer is None:
            raise EtcdError(
                "%s answered %s with something other than a JSON object; expected etcd 3.4 or later there"
                % (self.address, path)
            )
        return answer


def _document(body: bytes) -> dict[str, t.Any] | None:
    try:
        document = json.loads(body.decode("utf-8"))
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _message(body: bytes) -> str:
    document = _document(body) or {}
    # etcd 3.4 fills `error`, 3.5 `message`.
    return str(document.get("message") or document.get("error") or "")
