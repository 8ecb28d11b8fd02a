# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the body of an HTTP answer says: pure functions over the decoded body."""

from __future__ import annotations

import json
import re
import typing as t

from . import answer
from .answer import Answer
from .gate import Gate
from .http_exchange import BODY_LIMIT, Reply

_ABSENT = object()


def judge(gate: Gate, reply: Reply) -> Answer:
    """Hold a reply against its gate.

    A body that names another service outweighs its status: the neighbour's 503 is not ours.
    """
    text = reply.body.decode("utf-8", "replace")
    document = _document(text)
    named = None
    if gate.identity_field:
        named = look_up(document, gate.identity_field)
        if named is not _ABSENT and named not in gate.accepted_identities:
            return answer.wrong_service(
                "the body names %s in `%s`, expected %s"
                % (_shown(named), gate.identity_field, " or ".join(gate.accepted_identities)),
                str(named)[:80],
            )
    identity = str(named)[:80] if named is not None and named is not _ABSENT else None
    if reply.status not in gate.status:
        return answer.not_ready(
            "status %d, expected %s%s" % (reply.status, " or ".join(map(str, gate.status)), _excerpt(text)), identity
        )
    if named is _ABSENT:
        return answer.wrong_service(
            "the body names no service in `%s`, expected %s%s"
            % (gate.identity_field, " or ".join(gate.accepted_identities), _excerpt(text))
        )
    problem = _problem(gate, text, document, reply.cut)
    return answer.not_ready(problem, identity) if problem else answer.ready(identity)


def _problem(gate: Gate, text: str, document: t.Any, cut: bool) -> str | None:
    if document is _ABSENT and gate.json:
        if cut:
            return "the body is longer than %d bytes, expected a short JSON document" % BODY_LIMIT
        return "the body is not JSON%s" % _excerpt(text)
    for path, accepted in gate.json.items():
        found = look_up(document, path)
        if found is _ABSENT:
            return "the body has no `%s`, expected %s%s" % (path, _choices(accepted), _excerpt(text))
        if not any(same(found, value) for value in accepted):
            return "`%s` in the body is %s, expected %s" % (path, _shown(found), _choices(accepted))
    if gate.reject_false and document is not _ABSENT:
        place = first_false(document)
        if place is not None:
            return "`%s` in the body is false" % place if place else "the body is false"
    if gate.text is not None and not re.search(gate.text, text):
        return "the body does not match %r%s" % (gate.text, _excerpt(text))
    return None


def _document(text: str) -> t.Any:
    try:
        return json.loads(text[1:] if text.startswith("\ufeff") else text)
    except (ValueError, RecursionError):
        return _ABSENT


def look_up(document: t.Any, path: str) -> t.Any:
    """The value at a dotted path (``checks.0.state``); a key may itself hold dots."""
    if isinstance(document, dict) and path in document:
        return document[path]
    for step in path.split("."):
        if isinstance(document, dict) and step in document:
            document = document[step]
        elif isinstance(document, list) and step.isdigit() and int(step) < len(document):
            document = document[int(step)]
        else:
            return _ABSENT
    return document


def same(found: t.Any, accepted: t.Any) -> bool:
    """Whether a JSON value is the accepted one.

    ``true`` is not 1, as it would be to Python; but the text ``true`` or ``1``, which is what templating may make of
    an inventory's value, stands for the JSON value.
    """
    if isinstance(found, (bool, int, float)) and isinstance(accepted, str):
        return json.dumps(found) == accepted.lower()
    return isinstance(found, bool) == isinstance(accepted, bool) and found == accepted


def first_false(document: t.Any) -> str | None:
    """The dotted path of the first ``false`` in a document; the empty path is the document itself."""
    pending: list[tuple[str, t.Any]] = [("", document)]
    while pending:  # no recursion: how deep the document is is for the other side to say
        path, value = pending.pop()
        if value is False:
            return path
        children: t.Iterable[tuple[t.Any, t.Any]] = ()
        if isinstance(value, dict):
            children = value.items()
        elif isinstance(value, list):
            children = enumerate(value)
        pending += reversed([("%s.%s" % (path, key) if path else str(key), child) for key, child in children])
    return None


def _choices(accepted: t.Iterable[t.Any]) -> str:
    return " or ".join(_shown(value) for value in accepted)


def _shown(value: t.Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:80]


def _excerpt(text: str) -> str:
    words = " ".join("".join(char if char.isprintable() else " " for char in text[:400]).split())[:120]
    return "; the body says: %s" % words if words else "; the body is empty"
