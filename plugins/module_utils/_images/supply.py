# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gets the images of all services onto the host: one look, then pulls, builds and names as decided."""

from __future__ import annotations

import concurrent.futures
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.sahool.platform.plugins.module_utils._images.decision import Decision, Step, decide
from ansible_collections.sahool.platform.plugins.module_utils._images.docker import (
    Answer,
    DockerCli,
    DockerError,
    DockerMissing,
    LocalImage,
)
from ansible_collections.sahool.platform.plugins.module_utils._images.failure import Failure, pull_advice
from ansible_collections.sahool.platform.plugins.module_utils._images.pulling import Pulls
from ansible_collections.sahool.platform.plugins.module_utils._images.reference import familiar
from ansible_collections.sahool.platform.plugins.module_utils._images.request import BUILD, REGISTRY, Build, Request

UNKNOWN = "unknown"
_PARALLEL_TAGS = 4


@dataclass(frozen=True)
class Settings:
    """How the work is done.

    :param build: False only reports what must be built.
    :param check: True does nothing and predicts.
    :param log_path: folder of the build logs.
    """

    build: bool
    check: bool
    base_image: str
    log_path: str
    parallel_pulls: int
    parallel_builds: int


@dataclass
class Supplied:
    """What came of it; ``images`` and ``actions`` are the module's return values of these names.

    :param docker_missing: why no image could be looked at, in check mode on a machine that has no Docker yet.
    """

    images: dict[str, dict[str, Any]] = field(default_factory=dict)
    actions: list[dict[str, str]] = field(default_factory=list)
    to_build: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    before: dict[str, str] = field(default_factory=dict)
    base_present: bool = False
    base_said: str = ""
    docker_missing: str = ""


class Supply:
    """One run over all services.

    :param sources: service to ``registry`` or ``build``; a pull decides for those that are missing.
    """

    def __init__(
        self,
        docker: DockerCli,
        requests: Sequence[Request],
        builds: Mapping[str, Build],
        sources: Mapping[str, str],
        settings: Settings,
    ) -> None:
        self._docker = docker
        self._requests = {request.service: request for request in requests}
        self._builds = builds
        self._sources = sources
        self._settings = settings
        self._pulls = Pulls(docker, settings.parallel_pulls)
        self._before: dict[str, LocalImage] = {}
        self._local: dict[str, LocalImage] = {}
        self._decisions: dict[str, Decision] = {}
        self._result = Supplied()

    def run(self) -> Supplied:
        """Do, or in check mode predict, whatever is missing.

        :raises DockerError: Docker cannot be used at all. In check mode a Docker that is not there is one without
            images: the role that installs it has only said that it would.
        """
        self._look()
        self._pull()
        self._build()
        self._tag()
        self._collect()
        return self._result

    def _look(self) -> None:
        references = [self._settings.base_image, *(build.reference for build in self._builds.values())]
        for request in self._requests.values():
            references.append(request.registry_reference)
            if request.build_reference:
                references.append(request.build_reference)
        try:
            self._before = self._docker.inspect(references)
        except DockerMissing as error:
            if not self._settings.check:
                raise
            self._result.docker_missing = str(error)
        self._local = dict(self._before)
        for service, request in self._requests.items():
            self._decisions[service] = decide(request, self._sources.get(service), self._builds, self._local)
        self._result.base_present = familiar(self._settings.base_image) in self._local

    # Pulls

    def _pull(self) -> None:
        wanted = self._with_step(Step.PULL, Step.TRY_PULL)
        references = sorted({self._decisions[service].reference for service in wanted})
        if self._settings.check:
            for reference in references:
                self._note("pull", reference)
            return
        if not references:
            return
        answers = self._pulls.pull(references)
        got = [reference for reference, answer in answers.items() if answer.ok]
        self._local.update(self._docker.inspect(got))
        for reference in got:
            self._note("pull", reference)
        for service in wanted:
            self._decisions[service] = self._after_pull(service, answers)

    def _after_pull(self, service: str, answers: Mapping[str, Answer]) -> Decision:
        request, decision = self._requests[service], self._decisions[service]
        answer = answers[decision.reference]
        if answer.ok:
            pulled = self._local.get(familiar(decision.reference))
            if pulled is None:
                raise DockerError(f"{decision.reference} was pulled, but this host has no image of that name")
            return Decision(Step.READY, REGISTRY, decision.reference, pulled)
        if decision.step is Step.TRY_PULL and request.build:
            return decide(request, BUILD, self._builds, self._local)
        advice = pull_advice(answer.said)
        if decision.step is Step.TRY_PULL:
            advice += "; there is no embedded image to fall back to"
        failure = Failure((service,), decision.reference, answer.said, advice)
        return Decision(Step.FAIL, decision.source, decision.reference, failure=failure)

    # Builds

    def _build(self) -> None:
        names = sorted({str(self._requests[service].build) for service in self._with_step(Step.BUILD)})
        if not names:
            return
        if not self._result.base_present and not self._settings.check:
            answer = self._pulls.pull([self._settings.base_image])[self._settings.base_image]
            self._result.base_present, self._result.base_said = answer.ok, answer.said
            if answer.ok:
                self._note("pull", self._settings.base_image)
        if not self._settings.build:
            self._result.to_build = names
            return
        if self._settings.check:
            self._predict_builds(names)
            return
        failures = self._build_all(names)
        self._local.update(self._docker.inspect(self._builds[name].reference for name in names))
        for service in self._with_step(Step.BUILD):
            request = self._requests[service]
            failure = failures.get(str(request.build))
            if failure:
                self._decisions[service] = Decision(
                    Step.FAIL, BUILD, self._decisions[service].reference, failure=failure
                )
            else:
                self._decisions[service] = decide(request, BUILD, self._builds, self._local)

    def _predict_builds(self, names: Sequence[str]) -> None:
        for name in names:
            self._note("build", self._builds[name].reference)
        for service in self._with_step(Step.BUILD):
            reference = self._decisions[service].reference
            if reference != self._builds[str(self._requests[service].build)].reference:
                self._note("tag", reference)

    def _build_all(self, names: Sequence[str]) -> dict[str, Failure]:
        """Build *names* and return the failures among them."""
        os.makedirs(self._settings.log_path, mode=0o755, exist_ok=True)
        # Builds of one context share their first stages: one after the other, the second finds them in the cache.
        by_context: dict[str, list[str]] = {}
        for name in names:
            by_context.setdefault(self._builds[name].context, []).append(name)
        with concurrent.futures.ThreadPoolExecutor(max_workers=self._settings.parallel_builds) as pool:
            failures = list(pool.map(self._build_in_turn, by_context.values()))
        return {name: failure for group in failures for name, failure in group.items()}

    def _build_in_turn(self, names: Sequence[str]) -> dict[str, Failure]:
        failures: dict[str, Failure] = {}
        for name in names:
            failure = self._build_one(name)
            if failure:
                failures[name] = failure
            else:
                self._note("build", self._builds[name].reference)
        return failures

    def _build_one(self, name: str) -> Failure | None:
        build = self._builds[name]
        users = tuple(service for service in self._with_step(Step.BUILD) if self._requests[service].build == name)
        if not self._result.base_present:
            base = self._settings.base_image
            said = f"the base image {base} is missing and could not be pulled: {self._result.base_said}"
            advice = f"load {base} on this host, or let role images make it with mmdebstrap"
            return Failure(users, build.reference, said, advice)
        if not os.path.isfile(os.path.join(build.context, "Dockerfile")):
            said = f"the build context {build.context} has no Dockerfile"
            advice = "copy the context to this host before it is built (role images does)"
            return Failure(users, build.reference, said, advice)
        log = os.path.join(self._settings.log_path, f"{name}.log")
        answer = self._docker.build(build, log)
        if answer.ok:
            return None
        said = "the build failed; its last lines:\n      " + answer.said.replace("\n", "\n      ")
        return Failure(users, build.reference, said, f"read {log}, mend the build context and run again")

    # Further names

    def _tag(self) -> None:
        services = self._with_step(Step.TAG)
        if not self._settings.check:
            with concurrent.futures.ThreadPoolExecutor(max_workers=_PARALLEL_TAGS) as pool:
                answers = list(pool.map(self._tag_one, services))
            for service, answer in zip(services, answers):
                if not answer.ok:
                    self._fail(service, answer.said, "free the name, or look into the Docker daemon's log")
        for service in self._with_step(Step.TAG):
            self._note("tag", self._decisions[service].reference)

    def _tag_one(self, service: str) -> Answer:
        decision = self._decisions[service]
        if decision.image is None:
            raise AssertionError(f"{service}: nothing to tag {decision.reference} from")
        return self._docker.tag(decision.image.id, decision.reference)

    # Results

    def _collect(self) -> None:
        failures: dict[tuple[str, str], Failure] = {}
        for service, request in self._requests.items():
            decision = self._decisions[service]
            if decision.failure:
                failures[(decision.failure.reference, decision.failure.said)] = decision.failure
                continue
            before = self._before.get(familiar(decision.reference))
            self._result.images[service] = self._image(request, decision)
            self._result.before[service] = before.id if before else "absent"
        self._result.failures = list(failures.values())

    def _image(self, request: Request, decision: Decision) -> dict[str, Any]:
        identity: str | None = None
        digest: str | None = None
        if decision.image is not None:
            identity = decision.image.id
            if decision.source == REGISTRY:
                digest = decision.image.digest_of(decision.reference)
        elif self._settings.check:
            identity = UNKNOWN
            digest = None if decision.source == BUILD else UNKNOWN
        return {
            "reference": decision.reference,
            "id": identity,
            "digest": digest,
            "source": decision.source or UNKNOWN,
            "major": request.build_major if decision.source == BUILD else request.major,
        }

    def _with_step(self, *steps: Step) -> list[str]:
        return [service for service, decision in self._decisions.items() if decision.step in steps]

    def _fail(self, service: str, said: str, advice: str) -> None:
        decision = self._decisions[service]
        failure = Failure((service,), decision.reference, said, advice)
        self._decisions[service] = Decision(Step.FAIL, decision.source, decision.reference, failure=failure)

    def _note(self, action: str, reference: str) -> None:
        self._result.actions.append({"action": action, "reference": reference})
