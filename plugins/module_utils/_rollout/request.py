# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether waves, gates and model fit each other, before anything is asked or started."""

from __future__ import annotations

import typing as t

from .._health.gate import Gate, GateError
from .model import Model


def check_request(
    waves: t.Sequence[t.Sequence[t.Any]], gates: t.Sequence[Gate], deadline: float, model: Model | None
) -> None:
    """Compare what the caller gave; ``model`` is None when it is not rendered yet.

    :raises GateError: it does not fit; the text has every finding.
    """
    problems = [] if deadline > 0 else ["deadline is %s s, it should be more than 0 s" % deadline]
    names = [name for wave in waves for name in wave]
    foreign = [repr(name) for name in names if not isinstance(name, str)]
    if foreign:
        raise GateError("waves holds %s, it should hold lists of names of services" % ", ".join(foreign))
    problems += ["%s is in waves twice" % name for name in _twice(names)]
    gated = [gate.name for gate in gates]
    problems += ["%s has two gates, a service has one" % name for name in _twice(gated)]
    problems += ["%s has a gate but is in no wave" % name for name in dict.fromkeys(gated) if name not in names]
    if model is not None:
        unknown = [name for name in names if name not in model.services]
        problems += ["%s is in waves but not in %s" % (name, model.path) for name in unknown]
    if problems:
        raise GateError("; ".join(problems))


def _twice(names: t.Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
