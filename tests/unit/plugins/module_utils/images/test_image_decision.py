# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is decided for a service's image, from the wish and from what the host has."""

from __future__ import annotations

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._images.decision import Decision, Step, decide
from ansible_collections.sahool.platform.plugins.module_utils._images.docker import LocalImage
from ansible_collections.sahool.platform.plugins.module_utils._images.request import Build, Request

OFFICIAL = LocalImage("sha256:official", ("redis@sha256:aa",), None, None)
CURRENT = LocalImage("sha256:current", (), "d1", "redis")
STALE = LocalImage("sha256:stale", (), "d0", "redis")
OTHER_STAGE = LocalImage("sha256:other", (), "d1", "stand-in")
EMBEDDED = "sahool-embedded/redis:8-d1"
BUILDS = {
    "redis": Build("redis", EMBEDDED, "d1", "/context"),
    "reference": Build("reference", "sahool-embedded/reference:r1", "r1", "/context"),
}
REDIS = Request("redis", "redis:7.4.1", "7", "redis", EMBEDDED, "8")
OWN = Request("billing-core", "ghcr.io/s/billing-core:v1", None, "reference", "ghcr.io/s/billing-core:v1", None)


def decided(source: str | None, local: dict[str, LocalImage], request: Request = REDIS) -> Decision:
    return decide(request, source, BUILDS, local)


@pytest.mark.parametrize(
    ("source", "local", "step", "reference"),
    [
        ("registry", {"redis:7.4.1": OFFICIAL}, Step.READY, "redis:7.4.1"),
        ("registry", {}, Step.PULL, "redis:7.4.1"),
        ("registry", {EMBEDDED: CURRENT}, Step.PULL, "redis:7.4.1"),
        ("registry", {"redis:7.4.1": CURRENT}, Step.PULL, "redis:7.4.1"),
        ("build", {EMBEDDED: CURRENT}, Step.READY, EMBEDDED),
        ("build", {"redis:7.4.1": OFFICIAL}, Step.BUILD, EMBEDDED),
        ("build", {EMBEDDED: STALE}, Step.BUILD, EMBEDDED),
        ("build", {EMBEDDED: OTHER_STAGE}, Step.BUILD, EMBEDDED),
        ("build", {"elsewhere:1": CURRENT}, Step.TAG, EMBEDDED),
        ("build", {EMBEDDED: OFFICIAL}, Step.FAIL, EMBEDDED),
        (None, {"redis:7.4.1": OFFICIAL, EMBEDDED: CURRENT}, Step.READY, "redis:7.4.1"),
        (None, {EMBEDDED: CURRENT}, Step.TRY_PULL, "redis:7.4.1"),
    ],
)
def test_step(source: str | None, local: dict[str, LocalImage], step: Step, reference: str) -> None:
    decision = decided(source, local)
    assert (decision.step, decision.reference) == (step, reference)


def test_a_users_image_under_the_services_name_is_never_replaced() -> None:
    theirs = LocalImage("sha256:theirs", (), None, None)
    decision = decided("build", {OWN.registry_reference: theirs}, OWN)
    assert decision.step is Step.FAIL
    assert "billing-core (ghcr.io/s/billing-core:v1)" in str(decision.failure)
    assert "docker tag ghcr.io/s/billing-core:v1" in str(decision.failure)


def test_a_users_image_under_the_services_name_is_used_when_nothing_is_decided() -> None:
    theirs = LocalImage("sha256:theirs", (), None, None)
    decision = decided(None, {OWN.registry_reference: theirs}, OWN)
    assert (decision.step, decision.source, decision.image) == (Step.READY, "registry", theirs)


def test_a_service_without_embedded_image_cannot_be_built() -> None:
    request = Request("extra", "x/extra:1", None, None, None, None)
    decision = decided("build", {}, request)
    assert decision.step is Step.FAIL
    assert "no embedded image" in str(decision.failure)
