# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pulls that give up on a registry which does not answer."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._images.docker import Answer
from ansible_collections.sahool.platform.plugins.module_utils._images.failure import pull_advice, unreachable
from ansible_collections.sahool.platform.plugins.module_utils._images.pulling import Pulls

NO_HOST = 'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: no such host'
REFUSED = 'Get "http://localhost:5999/v2/": dial tcp 127.0.0.1:5999: connect: connection refused'
DENIED = (
    "pull access denied for x/y, repository does not exist or may require 'docker login': denied: requested access "
    "to the resource is denied"
)
UNKNOWN = "manifest for redis:9 not found: manifest unknown: manifest unknown"


class StandInPuller:
    """Answers pulls from a table."""

    def __init__(self, answers: dict[str, str]) -> None:
        self._answers = answers
        self.tried: list[str] = []
        self._lock = threading.Lock()
        self.at_once = 0
        self.most_at_once = 0
        self.gate = threading.Event()

    def pull(self, reference: str) -> Answer:
        with self._lock:
            self.tried.append(reference)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            if self.at_once == 4:
                self.gate.set()
        self.gate.wait(2)
        with self._lock:
            self.at_once -= 1
        said = self._answers.get(reference, "")
        return Answer(not said, said)


def test_one_failure_ends_the_attempts_at_that_registry_only() -> None:
    puller = StandInPuller({"a/a:1": NO_HOST})
    puller.gate.set()
    answers = Pulls(puller, 1).pull(["a/a:1", "a/b:1", "a/c:1", "quay.io/x/y:1"])
    assert puller.tried == ["a/a:1", "quay.io/x/y:1"]
    assert answers["quay.io/x/y:1"].ok
    assert answers["a/c:1"].said == f"not tried, docker.io cannot be reached: {NO_HOST}"


def test_a_later_call_remembers_the_registry() -> None:
    puller = StandInPuller({"a/a:1": NO_HOST})
    puller.gate.set()
    pulls = Pulls(puller, 1)
    pulls.pull(["a/a:1"])
    assert not pulls.pull(["debian:trixie-slim"])["debian:trixie-slim"].ok
    assert puller.tried == ["a/a:1"]


def test_a_missing_image_does_not_end_the_attempts() -> None:
    puller = StandInPuller({"a/a:1": DENIED})
    puller.gate.set()
    answers = Pulls(puller, 1).pull(["a/a:1", "a/b:1"])
    assert puller.tried == ["a/a:1", "a/b:1"]
    assert answers["a/b:1"].ok


def test_four_pulls_run_at_once_and_no_fifth() -> None:
    puller = StandInPuller({})
    Pulls(puller, 4).pull([f"a/{number}:1" for number in range(12)])
    assert puller.most_at_once == 4


@pytest.mark.parametrize(("said", "expected"), [(NO_HOST, True), (REFUSED, True), (DENIED, False), (UNKNOWN, False)])
def test_which_failures_mean_an_unreachable_registry(said: str, expected: bool) -> None:
    assert unreachable(said) is expected


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        (NO_HOST, "name resolution"),
        (DENIED, "docker login"),
        (UNKNOWN, "check the image and tag"),
        ("no matching manifest for linux/arm64/v8 in the manifest list entries", "architecture"),
        ("toomanyrequests: You have reached your pull rate limit", "rate limit"),
        ("write /var/lib/docker/tmp/x: no space left on device", "free space"),
        ("x509: certificate signed by unknown authority", "certificate authority"),
        ("something new", "daemon's log"),
    ],
)
def test_advice_fits_what_docker_said(said: str, advice: str) -> None:
    assert advice in pull_advice(said)
