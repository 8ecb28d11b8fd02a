# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which step each service's image needs: a pure function of the wish and of what the host has."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.sahool.platform.plugins.module_utils._images.docker import LocalImage
from ansible_collections.sahool.platform.plugins.module_utils._images.failure import Failure
from ansible_collections.sahool.platform.plugins.module_utils._images.reference import familiar
from ansible_collections.sahool.platform.plugins.module_utils._images.request import BUILD, REGISTRY, Build, Request


class Step(enum.Enum):
    """What is to be done for one service's image."""

    READY = "ready"
    PULL = "pull"
    TRY_PULL = "try pull"
    TAG = "tag"
    BUILD = "build"
    FAIL = "fail"


@dataclass(frozen=True)
class Decision:
    """A step, where the image then comes from, and what to call it.

    :param source: ``registry`` or ``build``; None while a pull has yet to tell.
    :param image: id of the image at hand (READY), or of the one to tag (TAG).
    """

    step: Step
    source: str | None
    reference: str
    image: LocalImage | None = None
    failure: Failure | None = None


def decide(
    request: Request,
    source: str | None,
    builds: Mapping[str, Build],
    local: Mapping[str, LocalImage],
) -> Decision:
    """Decide for one service.

    :param source: ``registry``, ``build``, or None when a pull decides.
    :param local: images of the host by short reference.
    """
    if source == BUILD:
        return _decide_build(request, builds, local)
    present = local.get(familiar(request.registry_reference))
    if present and present.context is None:
        return Decision(Step.READY, REGISTRY, request.registry_reference, present)
    # An image that this collection built under the registry's name is not the registry's image.
    if source == REGISTRY:
        return Decision(Step.PULL, REGISTRY, request.registry_reference)
    return Decision(Step.TRY_PULL, None, request.registry_reference)


def _decide_build(request: Request, builds: Mapping[str, Build], local: Mapping[str, LocalImage]) -> Decision:
    if request.build is None or request.build_reference is None:
        failure = Failure(
            (request.service,),
            request.registry_reference,
            "there is no embedded image of this service",
            "give its catalogue entry the field 'embedded', or take its image from a registry",
        )
        return Decision(Step.FAIL, BUILD, request.registry_reference, failure=failure)
    reference = request.build_reference
    build = builds[request.build]
    present = local.get(familiar(reference))
    if present and _is_made_by(present, build):
        return Decision(Step.READY, BUILD, reference, present)
    if present and present.context is None:
        failure = Failure(
            (request.service,),
            reference,
            f"the name holds an image ({present.id[:19]}) that this collection did not build, and keeps it",
            f"to run that image set sahool_image_source to 'registry' for this host; to run the embedded one give "
            f"yours another name: docker tag {reference} <other name> && docker rmi {reference}",
        )
        return Decision(Step.FAIL, BUILD, reference, failure=failure)
    built = next((image for image in local.values() if _is_made_by(image, build)), None)
    if built:
        return Decision(Step.TAG, BUILD, reference, built)
    return Decision(Step.BUILD, BUILD, reference)


def _is_made_by(image: LocalImage, build: Build) -> bool:
    return image.context == build.digest and image.embedded == build.name
