# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judgement of data volumes."""

from __future__ import annotations

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._volumes.docker import State, User, Volume
from ansible_collections.sahool.platform.plugins.module_utils._volumes.guard import Verdict, judge, namesakes, strangers
from ansible_collections.sahool.platform.plugins.module_utils._volumes.wish import (
    AcceptError,
    VolumeWish,
    accepted_services,
)

OWN = "sahool_postgres_data"
OTHER = "old_postgres_data"


def volume(name: str, project: str = "", key: str = "") -> Volume:
    return Volume(name, "local", f"/v/{name}", project, key)


def wish(**changes: str | None) -> VolumeWish:
    fields: dict[str, str | None] = {
        "service": "postgres",
        "volume": OWN,
        "key": "postgres_data",
        "source": "build",
        "major": "17",
        "recorded_source": None,
        "recorded_major": None,
    }
    return VolumeWish.from_params({**fields, **changes})


def judged(wanted: VolumeWish, states: dict[str, State], accepted: set[str] | None = None) -> Verdict:
    volumes = {OWN: volume(OWN, "sahool", "postgres_data"), OTHER: volume(OTHER, "old", "postgres_data")}
    present = {name: volumes[name] for name in states}
    return judge([wanted], "sahool", present, states, accepted or set())


def test_a_fresh_machine_has_nothing_to_say() -> None:
    assert judged(wish(), {}) == Verdict()


def test_the_same_server_again_has_nothing_to_say() -> None:
    assert judged(wish(recorded_source="build", recorded_major="17"), {OWN: State.FILLED}) == Verdict()


@pytest.mark.parametrize(("source", "major"), [("registry", "17"), ("build", "16"), ("registry", "16")])
@pytest.mark.parametrize("state", [State.FILLED, State.UNKNOWN])
def test_another_source_or_major_version_is_an_error(source: str, major: str, state: State) -> None:
    verdict = judged(wish(recorded_source=source, recorded_major=major), {OWN: state})
    origin = {"registry": "the registry's image", "build": "the embedded image"}[source]
    assert len(verdict.findings) == 1
    assert f"postgres: volume {OWN} was written by {origin}, major version {major}" in verdict.findings[0]
    assert "but the embedded image, major version 17 is about to run on it" in verdict.findings[0]
    assert "{postgres: {volumes: {postgres_data: {name: <new volume>}}}}" in verdict.findings[0]


def test_an_empty_volume_may_change_its_server() -> None:
    verdict = judged(wish(recorded_source="registry", recorded_major="16"), {OWN: State.EMPTY})
    assert verdict.findings == []


def test_a_recorded_volume_that_vanished_is_a_warning() -> None:
    verdict = judged(wish(recorded_source="build", recorded_major="17"), {})
    assert verdict.findings == []
    assert f"its volume {OWN} is absent although" in verdict.warnings[0]


@pytest.mark.parametrize("own", [State.ABSENT, State.EMPTY])
@pytest.mark.parametrize("other", [State.FILLED, State.UNKNOWN])
def test_an_empty_volume_beside_another_projects_data_is_an_error(own: State, other: State) -> None:
    states = {OTHER: other} if own is State.ABSENT else {OWN: own, OTHER: other}
    verdict = judged(wish(), states)
    assert len(verdict.findings) == 1
    assert f"volume {OWN} of project sahool is {own.value}" in verdict.findings[0]
    assert f"in {OTHER} (project old)" in verdict.findings[0]
    assert f"{{postgres: {{volumes: {{postgres_data: {{name: {OTHER}}}}}}}}}" in verdict.findings[0]
    assert "add postgres to the list release_accept_new_volumes" in verdict.findings[0]


def test_two_empty_volumes_are_no_error() -> None:
    assert judged(wish(), {OWN: State.EMPTY, OTHER: State.EMPTY}) == Verdict()


def test_a_filled_volume_beside_another_projects_data_is_no_error() -> None:
    wanted = wish(recorded_source="build", recorded_major="17")
    assert judged(wanted, {OWN: State.FILLED, OTHER: State.FILLED}) == Verdict()


def test_starting_from_nothing_can_be_accepted() -> None:
    assert judged(wish(), {OTHER: State.FILLED}, {"postgres"}) == Verdict()
    assert judged(wish(), {OTHER: State.FILLED}, {"redis"}).findings


def test_accepting_does_not_cover_a_changed_server() -> None:
    wanted = wish(recorded_source="registry", recorded_major="16")
    assert judged(wanted, {OWN: State.FILLED}, {"postgres"}).findings


def test_data_without_record_are_adopted() -> None:
    verdict = judged(wish(), {OWN: State.FILLED})
    assert verdict.findings == []
    assert verdict.adopted == ["postgres"]
    assert f"volume {OWN} holds data that no earlier deployment recorded" in verdict.warnings[0]


def test_all_findings_are_collected() -> None:
    wishes = [wish(service=name, recorded_source="registry", recorded_major="16") for name in ("a", "b")]
    verdict = judge(wishes, "sahool", {OWN: volume(OWN)}, {OWN: State.FILLED}, set())
    assert [finding.split(":")[0] for finding in verdict.findings] == ["a", "b"]


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (volume("old_postgres_data", "old", "postgres_data"), True),
        (volume("pg", "old", "postgres_data"), True),
        (volume("restored_postgres_data"), True),
        (volume("sahool_postgres_data_2024", "sahool", "postgres_data"), False),
        (volume(OWN, "sahool", "postgres_data"), False),
        (volume("old_redis_data", "old", "redis_data"), False),
        (volume("mypostgres_data"), False),
    ],
)
def test_which_volumes_are_of_the_same_service(other: Volume, found: bool) -> None:
    assert (namesakes(wish(), "sahool", {other.name: other}) == [other]) is found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, {"a", "b"}),
        ("yes", {"a", "b"}),
        ("True", {"a", "b"}),
        (False, set()),
        ("false", set()),
        ([], set()),
        (["a"], {"a"}),
    ],
)
def test_accept_new(value: object, expected: set[str]) -> None:
    assert accepted_services(value, ["a", "b"]) == expected


@pytest.mark.parametrize("value", [["c"], "a", 3, {"a": True}, None])
def test_accept_new_of_another_form_is_refused(value: object) -> None:
    with pytest.raises(AcceptError, match="accept_new"):
        accepted_services(value, ["a", "b"])


def user(project: str, tier: str = "", state: str = "running", mounts: tuple[str, ...] = (OWN,)) -> User:
    return User(f"{project or 'lone'}-postgres-1", project, tier, state, mounts)


@pytest.mark.parametrize(
    "one",
    [
        user("sahool", "data_tier"),
        user("sahool", "data_tier", "exited"),
        user("stock"),
        user("stock", state="exited"),
        user("old", state="exited"),
        user("old", mounts=(OTHER,)),
    ],
)
def test_these_may_have_the_volume(one: User) -> None:
    assert strangers([wish()], "sahool", "stock", [one]) == []


@pytest.mark.parametrize("state", ["running", "paused", "restarting"])
@pytest.mark.parametrize("project", ["old", ""])
def test_two_servers_on_the_same_data(project: str, state: str) -> None:
    texts = strangers([wish()], "sahool", "stock", [user(project, state=state)])
    assert len(texts) == 1
    assert (
        f"volume {OWN} is in use by container {project or 'lone'}-postgres-1 of project {project or 'none'}" in texts[0]
    )


@pytest.mark.parametrize("state", ["running", "exited"])
def test_a_container_of_somebody_else_under_our_name(state: str) -> None:
    texts = strangers([wish()], "sahool", "", [user("sahool", state=state)])
    assert len(texts) == 1
    assert "was not made by this collection; Compose would replace it" in texts[0]
    assert "sahool_takeover_project=sahool" in texts[0]
