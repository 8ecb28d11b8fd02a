# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a whole deployment, put together from what every host found out.

The plan is data for people, for files and for comparison. It holds no secret: of the plan of a host, which does, it
takes names, images and digests only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._deployment_plan.phases import place_in_order
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.digests import plain_digest

# Format of a saved plan. Raise it when a reader of the old one would misunderstand the new one.
FORMAT = 1
UNKNOWN = "unknown"
LABEL_MODEL = "sahool.platform.model"
NONE = "none"
# Nothing is done to the service, but its phase waits for it.
WAIT = "wait"
ACTIONS = ("create", "recreate", "start", "rerun", WAIT, "stop", "remove")
# What the engine is asked for before anything starts.
IMAGE_ACTIONS = ("pull", "build", "tag")

Found = Mapping[str, Any]


def make_plan(
    hosts: Mapping[str, Found], *, project: str, environment: str, generated: Sequence[str], ahead: bool
) -> dict[str, Any]:
    """Put the plan together.

    :param hosts: host name to what it found: ``plan``, ``survey``, ``release`` (None for the first), ``next_release``,
        ``recorded`` (whether a release will be recorded), ``to_do`` (texts), ``images`` (``service_images.actions``),
        ``written`` (paths), ``pending`` (services whose certificate is yet to be issued), ``taken_over``
        (``service``, ``container``, ``action``: ``stop`` for what runs, else ``remove``). All but ``plan`` may be
        missing.
    :param generated: names of secrets that a run would generate.
    :param ahead: whether machine, images and files still have to be made ready (check mode), or were.
    """
    made = {name: _host(found, generated, ahead) for name, found in hosts.items()}
    counts = dict.fromkeys((*ACTIONS, NONE), 0)
    for host in made.values():
        for step in host["steps"]:
            counts[step["action"]] += 1
        counts["stop"] += sum(container["action"] == "stop" for container in host["taken_over"])
        # All that is taken over is removed in the end, whether it had to be stopped or not.
        counts["remove"] += len(host["orphans"]) + len(host["taken_over"])
        counts[NONE] += len(host["stay"])
    return {
        "format": FORMAT,
        "project": project,
        "environment": environment,
        "digest": plain_digest({name: _to_carry_out(host) for name, host in made.items()}),
        "observed_digest": plain_digest({name: _observed(host) for name, host in made.items()}),
        # They lie on the controller and serve all hosts.
        "generated": list(generated) if ahead else [],
        "hosts": made,
        "counts": counts,
        "empty": all(_is_empty(host) for host in made.values()) and not (ahead and generated),
    }


def _host(found: Found, generated: Sequence[str], ahead: bool) -> dict[str, Any]:
    plan, survey = found["plan"], found.get("survey") or {}
    wanted = _wanted(plan, generated if ahead else (), found.get("pending") or () if ahead else ())
    steps, stay = _steps(plan, survey, wanted)
    taken_over = [dict(container) for container in found.get("taken_over") or ()]
    recorded = bool(found.get("recorded"))
    return {
        "release": found.get("release"),
        # Named by the time at which a run begins, so that a check cannot tell.
        "next_release": found.get("next_release") if recorded and not ahead else None,
        "before": _before(found) if ahead else [],
        "orphans": [dict(orphan) for orphan in survey.get("orphans") or ()],
        "taken_over": taken_over,
        "steps": steps,
        "stay": stay,
        "after": _after(steps, taken_over, recorded),
        "wanted": wanted,
        "observed": {name: dict(seen) for name, seen in (survey.get("observed") or {}).items()},
    }


def _before(found: Found) -> list[dict[str, Any]]:
    """What is done before the first container is touched, by kind."""
    images = found.get("images") or ()
    parts: list[tuple[str, list[str]]] = [
        ("host", list(found.get("to_do") or ())),
        *((kind, [image["reference"] for image in images if image["action"] == kind]) for kind in IMAGE_ACTIONS),
    ]
    before = [{"kind": kind, "items": items, "count": len(items)} for kind, items in parts if items]
    files = _files_to_write(found["plan"], found.get("written") or ())
    # Their paths are digests, which tell nobody anything.
    return before + ([{"kind": "files", "items": [], "count": files}] if files else [])


def _files_to_write(plan: Found, written: Iterable[str]) -> int:
    """Return how many files of the plan are among the paths *written*, which hold folders as well."""
    ends = {"/".join(path.rsplit("/", 2)[-2:]) for path in written}
    return sum(f"{file['digest']}/{file['name']}" in ends for file in plan["files"])


def _after(steps: Iterable[Found], taken_over: Sequence[Found], recorded: bool) -> list[str]:
    after = ["verify"] if any(steps) else []
    after += ["record"] if recorded else []
    return after + (["remove"] if taken_over else [])


def _wanted(plan: Found, generated: Sequence[str], pending: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Image and model of every service, as far as they are known.

    A model cannot be foreseen while secrets that key its digests, its certificate or the source of its image are yet to
    come.
    """
    entries = json.loads(plan["compose"])["services"]
    wanted = {}
    for name in plan["services"]:
        image = plan["images"][name]
        certain = not generated and name not in pending and image["source"] != UNKNOWN
        wanted[name] = {
            "image": image["reference"],
            "image_id": _short(image.get("id")),
            "source": image["source"],
            "model": _short(entries[name]["labels"].get(LABEL_MODEL)) if certain else UNKNOWN,
        }
    return wanted


def _short(digest: str | None) -> str:
    """Return the 12 digits that Docker shows; V(unknown) for what only a pull or build tells."""
    return (digest or UNKNOWN).rpartition(":")[2][:12]


def _steps(plan: Found, survey: Found, wanted: Found) -> tuple[list[dict[str, Any]], list[str]]:
    """Return what is done, in order, and the names of the services that stay as they are."""
    services = survey.get("services") or {}
    steps: list[dict[str, Any]] = []
    stay: list[str] = []
    phases = [(phase, tier) for tier, by_phase in plan["steps"].items() for phase in by_phase]
    for phase, tier in sorted(phases, key=lambda key: place_in_order(*key)):
        waves = plan["steps"][tier][phase]["waves"]
        for number, wave in enumerate(waves, 1):
            for name in wave:
                seen = services.get(name)
                step = _step(name, seen, plan["images"][name], wanted[name]) if seen else None
                if step:
                    steps.append(
                        {
                            "phase": phase,
                            "tier": tier,
                            "wave": number,
                            "sequential": len(waves) > 1 and all(len(one) == 1 for one in waves),
                            **step,
                        }
                    )
                else:
                    stay.append(name)
    return steps, stay


def _step(name: str, seen: Found, image: Found, wanted: Found) -> dict[str, Any] | None:
    action, causes = seen["action"], list(seen.get("causes") or ())
    if action == NONE:
        if seen.get("ready", True):
            return None
        action, causes = WAIT, [seen.get("last_error") or seen.get("state") or "not ready"]
    return {
        "service": name,
        "action": action,
        "causes": causes,
        "changes": [dict(change) for change in seen.get("changes") or ()],
        "image": wanted["image"],
        # What identifies the image: the registry's digest if there is one, else the host's own.
        "digest": _short(image.get("digest") or image.get("id")),
        "source": wanted["source"],
    }


def _is_empty(host: Found) -> bool:
    return not (host["before"] or host["orphans"] or host["taken_over"] or host["steps"] or host["after"])


def _to_carry_out(host: Found) -> dict[str, Any]:
    """What makes two plans the same. Who is not ready changes by the second and is left out."""
    return {
        "steps": [
            (step["service"], step["action"], step["causes"]) for step in host["steps"] if step["action"] != WAIT
        ],
        "orphans": host["orphans"],
        "taken_over": host["taken_over"],
        "wanted": host["wanted"],
    }


def _observed(host: Found) -> dict[str, Any]:
    return {"release": host["release"], "containers": host["observed"], "orphans": host["orphans"]}
