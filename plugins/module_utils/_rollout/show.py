# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of a model as people read them."""

from __future__ import annotations

import json
import typing as t

from .redact import Redactor

ABSENT = object()  # in place of a value that is not there, which is not the same as null


def show(value: t.Any, redact: Redactor) -> str | None:
    """A value: text as it is, anything else in JSON, nothing as None. Secrets that are known are left out."""
    if value is ABSENT:
        return None
    clean = _clean(value, redact)
    return clean if isinstance(clean, str) else _json(clean)


def show_both(before: t.Any, after: t.Any, redact: Redactor) -> tuple[str | None, str | None]:
    """Two values that differ; those that would look alike, such as ``1`` and ``"1"``, both in JSON."""
    texts = show(before, redact), show(after, redact)
    if texts[0] == texts[1] and texts[0] is not None:
        return _json(_clean(before, redact)), _json(_clean(after, redact))
    return texts


def show_ports(ports: t.Any) -> t.Any:
    """Published ports as ``127.0.0.1:8080:80/tcp``, in order; as they are when they are not in the long form."""
    if not isinstance(ports, list) or not all(isinstance(port, dict) and "target" in port for port in ports):
        return ports
    return [
        "%s:%s:%s/%s"
        % (port.get("host_ip", "0.0.0.0"), port.get("published", ""), port["target"], port.get("protocol", "tcp"))
        for port in ports
    ]


def _clean(value: t.Any, redact: Redactor) -> t.Any:
    if isinstance(value, str):
        return redact(value.replace("$$", "$"))  # doubled for Compose
    if isinstance(value, list):
        return [_clean(item, redact) for item in value]
    if isinstance(value, dict):
        return {key: _clean(item, redact) for key, item in value.items()}
    return value


def _json(value: t.Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
