# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges data volumes: a pure function of what is asked for and what the host has."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.sahool.platform.plugins.module_utils._volumes.docker import State, User, Volume
from ansible_collections.sahool.platform.plugins.module_utils._volumes.wish import VolumeWish


@dataclass
class Verdict:
    """What was found.

    :ivar findings: what must stop the deployment.
    :ivar adopted: services whose volume holds data that no earlier deployment recorded.
    """

    findings: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    adopted: list[str] = field(default_factory=list)


def namesakes(wish: VolumeWish, project: str, volumes: Mapping[str, Volume]) -> list[Volume]:
    """Return the volumes that another Compose project has for the same service.

    Another project's volume has the same key in its label, or, made by hand or restored, a name that ends alike.
    """
    return [
        volume
        for volume in volumes.values()
        if volume.name != wish.volume
        and volume.project != project
        and (volume.key == wish.key or volume.name.endswith(f"_{wish.key}"))
    ]


def judge(
    wishes: Sequence[VolumeWish],
    project: str,
    volumes: Mapping[str, Volume],
    states: Mapping[str, State],
    accepted: Collection[str],
) -> Verdict:
    """Judge all *wishes*.

    :param volumes: all volumes of the host by name.
    :param states: whether they hold data, for the wanted ones and their namesakes.
    :param accepted: services that may start from nothing beside another project's data.
    """
    verdict = Verdict()
    for wish in wishes:
        state = states.get(wish.volume, State.ABSENT)
        if state.may_hold_data:
            _judge_filled(wish, state, verdict)
            continue
        if wish.recorded:
            verdict.warnings.append(
                f"{wish.service}: its volume {wish.volume} is {state.value} although the platform was deployed with it "
                "before; the service starts from nothing"
            )
        filled = [other for other in namesakes(wish, project, volumes) if states[other.name].may_hold_data]
        if filled and wish.service not in accepted:
            verdict.findings.append(_beside(wish, state, project, filled))
    return verdict


def strangers(wishes: Sequence[VolumeWish], project: str, taken_over: str, users: Sequence[User]) -> list[str]:
    """Return one text for each container that is not the platform's and uses a volume of *wishes*.

    :param taken_over: Compose project whose containers are stopped before anything starts.
    """
    findings = []
    for wish in wishes:
        for user in users:
            if wish.volume not in user.mounts or (user.project == project and user.tier):
                continue
            if user.project == project:
                findings.append(
                    f"{wish.service}: container {user.container} has volume {wish.volume}, bears the project name "
                    f"{project}, and was not made by this collection; Compose would replace it.\n"
                    f"    What to do: to run on its data, give the platform another name (sahool_project) and pass "
                    f"sahool_takeover_project={project}; or remove the container."
                )
            elif user.lives and user.project != taken_over:
                findings.append(
                    f"{wish.service}: volume {wish.volume} is in use by container {user.container} of project "
                    f"{user.project or 'none'}, and two servers on the same data destroy them.\n"
                    f"    What to do: stop that container; or, to run on its data instead of it, pass "
                    f"sahool_takeover_project={user.project or '<its project>'}."
                )
    return findings


def _judge_filled(wish: VolumeWish, state: State, verdict: Verdict) -> None:
    if not wish.recorded:
        verdict.adopted.append(wish.service)
        verdict.warnings.append(
            f"{wish.service}: volume {wish.volume} {'holds' if state is State.FILLED else 'may hold'} data that no "
            f"earlier deployment recorded; it is adopted and runs {_version(wish.source, wish.major)} from now on"
        )
        return
    recorded = _version(wish.recorded_source, wish.recorded_major)
    wanted = _version(wish.source, wish.major)
    if recorded != wanted:
        verdict.findings.append(
            f"{wish.service}: volume {wish.volume} was written by {recorded}, but {wanted} is about to run on it.\n"
            "    What to do: keep the image that wrote it (sahool_image_source and the service's tag in "
            "sahool_service_overrides); or move the data over: back up, give the service a new volume "
            f"(sahool_service_overrides: {{{wish.service}: {{volumes: {{{wish.key}: {{name: <new volume>}}}}}}}}), "
            "deploy, restore."
        )


def _beside(wish: VolumeWish, state: State, project: str, others: Sequence[Volume]) -> str:
    listed = ", ".join(f"{other.name} (project {other.project or 'none'})" for other in others)
    return (
        f"{wish.service}: volume {wish.volume} of project {project} is {state.value}, while data of this service lie "
        f"in {listed}.\n"
        f"    What to do: to run on those data, sahool_service_overrides: {{{wish.service}: {{volumes: "
        f"{{{wish.key}: {{name: {others[0].name}}}}}}}}}; to start from nothing beside them, add {wish.service} to the "
        "list release_accept_new_volumes."
    )


def _version(source: str | None, major: str | None) -> str:
    origin = {"registry": "the registry's image", "build": "the embedded image"}.get(source or "", "an unknown image")
    return f"{origin}, major version {major or 'unknown'}"
