# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pulls, a few at a time, that give up on a registry which cannot be reached at all."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Iterable
from typing import Protocol

from ansible_collections.sahool.platform.plugins.module_utils._images.docker import Answer
from ansible_collections.sahool.platform.plugins.module_utils._images.failure import unreachable
from ansible_collections.sahool.platform.plugins.module_utils._images.reference import registry_host


class Puller(Protocol):
    """What pulls an image."""

    def pull(self, reference: str) -> Answer:
        """Pull *reference*."""


class Pulls:
    """Pulls images and remembers the registries that did not answer.

    :param parallel: how many pulls run at once.
    """

    def __init__(self, docker: Puller, parallel: int) -> None:
        self._docker = docker
        self._parallel = parallel
        self._silent_registries: dict[str, str] = {}

    def pull(self, references: Iterable[str]) -> dict[str, Answer]:
        """Pull all *references*; none is tried once its registry has proved unreachable."""
        wanted = sorted(set(references))
        with concurrent.futures.ThreadPoolExecutor(max_workers=self._parallel) as pool:
            return dict(zip(wanted, pool.map(self._pull_one, wanted)))

    def _pull_one(self, reference: str) -> Answer:
        host = registry_host(reference)
        if host in self._silent_registries:
            return Answer(False, f"not tried, {host} cannot be reached: {self._silent_registries[host]}")
        answer = self._docker.pull(reference)
        if not answer.ok and unreachable(answer.said):
            self._silent_registries[host] = answer.said
        return answer
