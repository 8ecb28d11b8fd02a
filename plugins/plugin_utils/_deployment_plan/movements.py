# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has moved since a plan was saved: in the world, or in what is wanted of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._deployment_plan.changes import printable
from ansible_collections.sahool.platform.plugins.plugin_utils._deployment_plan.collect import FORMAT, UNKNOWN, WAIT

Plan = Mapping[str, Any]
_OBSERVED = {"id": "container", "image": "image", "model": "model"}


class SavedPlanError(ValueError):
    """What was read is no saved plan, or one of another format; the text says so."""


def check_saved(saved: Any) -> None:
    """Check that *saved* is a plan that this release understands.

    :raises SavedPlanError: it is not.
    """
    if not isinstance(saved, Mapping) or "format" not in saved:
        raise SavedPlanError("it is not a saved plan; make one with --check -e sahool_plan_save=<path>")
    if saved["format"] != FORMAT:
        raise SavedPlanError(
            f"it has format {saved['format']!r}, expected {FORMAT}: another release of the collection wrote it; "
            "make the plan anew"
        )
    lacking = [key for key in ("project", "environment", "hosts", "digest") if key not in saved]
    if lacking:
        raise SavedPlanError(f"it lacks {', '.join(lacking)}; it was cut off or edited, make the plan anew")


def movements(saved: Plan, now: Plan) -> list[str]:
    """Return what differs, a sentence each, service by service; none when *saved* may be carried out.

    What the saved plan could not know yet (the identity of an image that was to be pulled) has not moved by becoming
    known.

    :raises SavedPlanError: *saved* is no plan of this format.
    """
    check_saved(saved)
    found = [
        f"the plan is for {key} {saved[key]!r}, this run for {now[key]!r}"
        for key in ("project", "environment")
        if saved[key] != now[key]
    ]
    if found:
        return found
    for name in [*saved["hosts"], *(name for name in now["hosts"] if name not in saved["hosts"])]:
        if name not in now["hosts"]:
            found.append(f"{name}: is in the plan and not in this run")
        elif name not in saved["hosts"]:
            found.append(f"{name}: is in this run and not in the plan")
        else:
            found += [f"{name}: {printable(text)}" for text in _host(saved["hosts"][name], now["hosts"][name])]
    return found


def _host(saved: Plan, now: Plan) -> Iterator[str]:
    if saved["release"] != now["release"]:
        yield f"runs {_release(now['release'])}, ran {_release(saved['release'])} when the plan was made"
    names = dict.fromkeys([*saved["wanted"], *now["wanted"], *saved["observed"], *now["observed"]])
    for name in names:
        texts = [
            *_seen(saved["observed"].get(name), now["observed"].get(name)),
            *_wanted(saved["wanted"].get(name), now["wanted"].get(name)),
        ]
        # Whatever else may lead to another action is named by its effect.
        yield from (f"{name}: {text}" for text in texts or _action(name, saved, now))
    for key, what in (("orphans", "removed as left over"), ("taken_over", "taken over")):
        before, after = _containers(saved[key]), _containers(now[key])
        yield from (
            f"{container}: is to be {what} now, which the plan does not say" for container in sorted(after - before)
        )
        yield from (
            f"{container}: is in the plan to be {what}, and is not any more" for container in sorted(before - after)
        )


def _seen(before: Plan | None, after: Plan | None) -> Iterator[str]:
    if before is None and after is None:
        return
    if before is None:
        yield f"has a container now ({(after or {}).get('status')}), had none"
    elif after is None:
        yield f"has no container any more, had one ({before.get('status')})"
    else:
        for key, what in _OBSERVED.items():
            if before.get(key) != after.get(key):
                yield f"its container's {what} was {before.get(key)}, is {after.get(key)}".replace(
                    "its container's container", "its container"
                )
        if before.get("status") != after.get("status"):
            yield f"was {before.get('status')}, is {after.get('status')}"


def _wanted(before: Plan | None, after: Plan | None) -> Iterator[str]:
    if before is None and after is None:
        return
    if before is None:
        yield "is to run now, and is not in the plan"
    elif after is None:
        yield "is in the plan, and is not to run any more"
    elif before["image"] != after["image"]:
        yield f"the plan has image {before['image']}, wanted is {after['image']}"
    else:
        if _differ(before["image_id"], after["image_id"]):
            yield f"{before['image']} was image {before['image_id']} on this host, is {after['image_id']}"
        if _differ(before["model"], after["model"]):
            yield f"its configuration is not the plan's (model {before['model']}, wanted {after['model']})"


def _differ(before: str, after: str) -> bool:
    return before != after and before != UNKNOWN


def _action(name: str, saved: Plan, now: Plan) -> Iterator[str]:
    before, after = (_actions(plan).get(name, "none") for plan in (saved, now))
    if before != after:
        yield f"the plan says {before}, now it would be {after}"


def _actions(plan: Plan) -> dict[str, str]:
    return {step["service"]: step["action"] for step in plan["steps"] if step["action"] != WAIT}


def _containers(containers: Any) -> set[str]:
    return {f"{one['service']} ({one['container']})" for one in containers}


def _release(name: str | None) -> str:
    return f"release {name}" if name else "no release"
