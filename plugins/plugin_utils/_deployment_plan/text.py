# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan as the text that an operator approves, in the order in which things happen."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._deployment_plan.changes import change_lines, printable
from ansible_collections.sahool.platform.plugins.plugin_utils._deployment_plan.collect import NONE, UNKNOWN, WAIT
from ansible_collections.sahool.platform.plugins.plugin_utils._deployment_plan.phases import heading, place_in_order

# Names of this many things are listed; of more, only the number.
FEW = 5
# As much of the last answer of a service that is not ready.
ANSWER = 120
Plan = Mapping[str, Any]


def plan_text(plan: Plan, footer: Sequence[str] = ()) -> str:
    """Return the whole text.

    :param footer: what to do next; stands below the totals.
    """
    hosts = plan["hosts"]
    parts = [[_title(plan), *_releases(hosts)]]
    before = [*_generated(plan["generated"]), *_by_host(hosts, _before)]
    if before:
        parts.append(["Before anything starts", *before])
    parts += list(_phases(hosts))
    after = [*_at_the_end(hosts), *_by_host(hosts, _removed_at_the_end)]
    if after:
        parts.append(["At the end", *after])
    parts.append([_totals(plan)])
    if footer:
        parts.append(list(footer))
    return "\n\n".join("\n".join(line.rstrip() for line in part) for part in parts)


def _title(plan: Plan) -> str:
    names = list(plan["hosts"])
    where = names[0] if len(names) == 1 else f"{len(names)} hosts"
    environment = f", environment {plan['environment']}" if plan["environment"] else ""
    return f"Plan of project {plan['project']}{environment}, on {where}"


def _releases(hosts: Mapping[str, Plan]) -> list[str]:
    """From which release to which. All hosts run the same one, unless something went wrong."""
    olds = {name: host["release"] for name, host in hosts.items()}
    news = sorted({host["next_release"] for host in hosts.values() if host["next_release"]})
    if len(set(olds.values())) > 1:
        lines = [f"  {name} runs {f'release {old}' if old else 'no release'}" for name, old in olds.items()]
    else:
        old = next(iter(olds.values()), None)
        lines = [f"  runs release {old}" if old else "  no release runs yet"]
    return lines + [f"  will run release {new}" for new in news]


def _by_host(hosts: Mapping[str, Plan], lines_of: Any) -> list[str]:
    """Return the indented lines of every host that has some; the host's name stands above where there are several."""
    lines: list[str] = []
    for name, host in hosts.items():
        own = list(lines_of(host))
        if own and len(hosts) > 1:
            lines.append(f"  on {name}")
            own = [f"  {line}" for line in own]
        lines += own
    return lines


def _generated(names: Sequence[str]) -> Iterator[str]:
    if names:
        yield f"  generate {_number(len(names), 'secret')}" + (f": {', '.join(names)}" if len(names) <= FEW else "")


def _before(host: Plan) -> Iterator[str]:
    named = {step["image"] for step in host["steps"]}
    for item in host["before"]:
        yield from _preparation(item, named)
    yield from _rows(
        [
            ("remove", one["service"], f"container {one['container']} ({one['state']}); its volumes stay")
            for one in host["orphans"]
        ]
        + [
            ("stop", one["service"], f"container {one['container']}, taken over")
            for one in host["taken_over"]
            if one["action"] == "stop"
        ]
    )


def _preparation(item: Plan, named: set[str]) -> Iterator[str]:
    kind, items, count = item["kind"], item["items"], item["count"]
    if kind == "host":
        yield from (f"  {printable(text)}" for text in items)
    elif kind == "files":
        yield f"  write {_number(count, 'file')}"
    elif kind == "tag":
        yield f"  give built images {_number(count, 'further name')}"
    else:
        # Images of services that are touched stand beside them; one that is built serves several under other names.
        others = [reference for reference in items if reference not in named] if kind == "pull" else []
        yield f"  {kind} {_number(count, 'image')}" + (f", also {', '.join(others)}" if 0 < len(others) <= FEW else "")


def _at_the_end(hosts: Mapping[str, Plan]) -> Iterator[str]:
    done = {what for host in hosts.values() for what in host["after"]}
    if "verify" in done:
        yield "  ask all gates once more"
    if "record" in done:
        yield "  record the release"


def _removed_at_the_end(host: Plan) -> Iterable[str]:
    return _rows(
        [
            ("remove", one["service"], f"container {one['container']}, taken over; its volumes stay")
            for one in host["taken_over"]
        ]
    )


def _phases(hosts: Mapping[str, Plan]) -> Iterator[list[str]]:
    """Give a block a phase. The hosts work on a phase side by side, and wait for each other before the next."""
    phases = {(step["phase"], step["tier"]) for host in hosts.values() for step in host["steps"]}
    for phase, tier in sorted(phases, key=lambda key: place_in_order(*key)):

        def here(host: Plan, phase: str = phase, tier: str = tier) -> list[Plan]:
            return [step for step in host["steps"] if (step["phase"], step["tier"]) == (phase, tier)]

        touched = [step for host in hosts.values() for step in here(host)]
        sequential = len(touched) > 1 and all(step["sequential"] for step in touched)
        title = heading(phase, tier) + (", one after the other" if sequential else "")
        yield [title, *_by_host(hosts, lambda host, here=here: _services(here(host)))]


def _services(steps: Sequence[Plan]) -> Iterator[str]:
    width = max((len(step["service"]) for step in steps), default=0)
    images = max((len(step["image"]) for step in steps if step["action"] == "create"), default=0)
    first = True
    for _wave, members in groupby(steps, key=lambda step: step["wave"]):
        if not first and not steps[0]["sequential"]:
            yield "  then"
        first = False
        for step in members:
            yield f"  {step['action'].ljust(8)}  {step['service'].ljust(width)}  {_reason(step, images)}"
            changes = step["changes"]
            column = max((len(str(change["field"])) for change in changes), default=0)
            for change in changes:
                yield from (f"      {line}" for line in change_lines(change, column))


def _reason(step: Plan, width: int) -> str:
    if step["action"] == "create":
        return f"{step['image'].ljust(width)}  {_identity(step)}"
    causes = ", ".join(printable(cause) for cause in step["causes"])
    return f"not ready: {textwrap.shorten(causes, ANSWER, placeholder=' …')}" if step["action"] == WAIT else causes


def _identity(step: Plan) -> str:
    """What is known of the image that a new container gets."""
    if step["digest"] != UNKNOWN:
        return f"sha256:{step['digest']}"
    source = {"registry": "is pulled first", "build": "is built first"}.get(
        step["source"], "is pulled first, or built where no registry answers"
    )
    return f"digest unknown: {source}"


def _rows(rows: Sequence[tuple[str, str, str]]) -> Iterable[str]:
    width = max((len(row[1]) for row in rows), default=0)
    return [f"  {action.ljust(8)}  {service.ljust(width)}  {text}" for action, service, text in rows]


def _totals(plan: Plan) -> str:
    counts = plan["counts"]
    stay = counts[NONE]
    if plan["empty"]:
        return f"Nothing to do: {_number(stay, 'service')} as planned and ready."
    parts = [f"{counts['create']} to create", f"{counts['recreate']} to recreate", f"{counts['start']} to start"]
    parts += [f"{counts[key]} {words}" for key, words in _SELDOM.items() if counts[key]]
    stays = "1 stays as it is" if stay == 1 else f"{stay} stay as they are"
    return ", ".join(parts) + f", {counts['remove']} to remove; {stays}."


_SELDOM = {"rerun": "to run again", WAIT: "to wait for", "stop": "to stop"}


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
