# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One entry of the journal: the same keys in every line, and short. Private to this collection."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.sahool.platform.plugins.module_utils._lock.request import whose

RESULTS = ("unchanged", "deployed", "partly", "removed", "failed", "interrupted", "refused")
TEXTS = ("id", "begin", "end", "user", "controller", "awx_job", "playbook", "environment", "project", "from", "to")
FIELDS = (*TEXTS, "tags", "seconds", "result", "phases", "failed", "found")
TIME = "%Y-%m-%dT%H:%M:%SZ"
# Longer reasons are in the output of the run and in the record of the release.
LONGEST_MESSAGE = 300


class EntryError(Exception):
    """An entry that nobody could read later; the text names the field."""


def complete(entry: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return *entry* with every field of :data:`FIELDS`; what is not known is None or empty.

    ``seconds`` is computed from ``begin`` and ``end``. Failures and phases are cut to what the journal's reader wants.

    :raises EntryError: a field is unknown or of the wrong form.
    """
    unknown = sorted(set(entry) - set(FIELDS))
    if unknown:
        raise EntryError(f"entry has the unknown fields {', '.join(unknown)}; expected any of {', '.join(FIELDS)}")
    if entry.get("result") not in RESULTS:
        raise EntryError(f"entry: result is {entry.get('result')!r}, expected one of {', '.join(RESULTS)}")
    texts = {name: str(entry[name]) if entry.get(name) not in (None, "") else None for name in TEXTS}
    begin, end = (_moment(name, texts[name]) for name in ("begin", "end"))
    seconds = entry.get("seconds")
    if seconds in (None, ""):
        seconds = (end - begin).total_seconds() if begin and end else None
    return {
        **texts,
        "seconds": round(_number("seconds", seconds), 1) if seconds is not None else None,
        "tags": [str(tag) for tag in _list("tags", entry.get("tags"))],
        "result": str(entry["result"]),
        "phases": [_phase(phase) for phase in _list("phases", entry.get("phases"))],
        "failed": [_failure(failure) for failure in _list("failed", entry.get("failed"))],
        "found": _found(entry.get("found")),
    }


def _phase(phase: t.Any) -> dict[str, t.Any]:
    if not isinstance(phase, dict) or "phase" not in phase:
        raise EntryError(f"entry: phases holds {phase!r}, expected mappings with phase, host, seconds and touched")
    touched = phase.get("touched") or 0
    return {
        "phase": str(phase["phase"]),
        "host": str(phase.get("host") or ""),
        "seconds": round(_number("phases", phase.get("seconds", phase.get("total", 0))), 1),
        "touched": len(touched) if isinstance(touched, (list, dict)) else int(_number("phases", touched)),
    }


def _failure(failure: t.Any) -> dict[str, t.Any]:
    if not isinstance(failure, dict):
        raise EntryError(f"entry: failed holds {failure!r}, expected mappings with phase and services")
    services = failure.get("services") or []
    message = str(failure.get("message") or "").strip().split("\n", 1)[0]
    return {
        "host": str(failure.get("host") or ""),
        "phase": str(failure.get("phase") or ""),
        "task": str(failure.get("task") or ""),
        "services": [str(service["service"] if isinstance(service, dict) else service) for service in services],
        "message": message[:LONGEST_MESSAGE] + ("…" if len(message) > LONGEST_MESSAGE else ""),
    }


def _found(found: t.Any) -> str:
    """Return what an earlier run left, given as a text or as ``taken_over`` of deployment_lock."""
    if not found or isinstance(found, str):
        return str(found or "")
    if not isinstance(found, dict) or not isinstance(found.get("holder"), dict):
        raise EntryError("entry: found should be a text, or what deployment_lock returns as taken_over")
    since = found["holder"].get("since")
    return f"the lock of {whose(found['holder'])}{f', taken {since}' if since else ''}: {found.get('reason')}"


def _moment(name: str, text: str | None) -> datetime.datetime | None:
    if text is None:
        return None
    try:
        return datetime.datetime.strptime(text, TIME).replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        raise EntryError(f"entry: {name} is {text!r}, expected UTC such as 2026-11-23T17:34:02Z") from None


def _number(name: str, value: t.Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise EntryError(f"entry: {name} is {value!r}, expected a number") from None


def _list(name: str, value: t.Any) -> list[t.Any]:
    if value in (None, "", {}):
        return []
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, (list, tuple)):
        raise EntryError(f"entry: {name} is {value!r}, expected a list")
    return list(value)
