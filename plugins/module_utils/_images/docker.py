# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The few calls of the Docker CLI that images need."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ansible_collections.sahool.platform.plugins.module_utils._health.docker_cli import lacks_engine
from ansible_collections.sahool.platform.plugins.module_utils._images.reference import familiar, repository
from ansible_collections.sahool.platform.plugins.module_utils._images.request import Build

CONTEXT_LABEL = "sahool.platform.context"
NAME_LABEL = "sahool.platform.embedded"

# One line per image; a field that an image lacks must not break the template.
_INSPECT_FORMAT = (
    '{"id":{{json .Id}},"tags":{{json .RepoTags}},"digests":{{json .RepoDigests}},'
    '"labels":{{if .Config}}{{json .Config.Labels}}{{else}}null{{end}}}'
)


class DockerError(Exception):
    """The Docker CLI or its daemon cannot be used at all; the text says what it answered."""


class DockerMissing(DockerError):
    """There is no Docker CLI, or no engine behind it."""


@dataclass(frozen=True)
class LocalImage:
    """An image that the host has.

    :param context: digest of the build context, when this collection built the image, else None.
    :param embedded: name of the build, under the same condition.
    """

    id: str
    digests: tuple[str, ...]
    context: str | None
    embedded: str | None

    def digest_of(self, reference: str) -> str | None:
        """Return ``repository@sha256:…`` by which the registry of *reference* knows this image, if it does."""
        wanted = repository(reference)
        return next((digest for digest in self.digests if digest.partition("@")[0] == wanted), None)


@dataclass(frozen=True)
class Answer:
    """What a call of the CLI ended with."""

    ok: bool
    said: str


class DockerCli:
    """Calls ``docker``.

    :param executable: path or name of the CLI.
    :param timeout: seconds that one pull or one build may take.
    """

    def __init__(self, executable: str, timeout: float) -> None:
        self._executable = executable
        self._timeout = timeout

    def inspect(self, references: Iterable[str]) -> dict[str, LocalImage]:
        """Return those of *references* that the host has, by their short form, from a single call.

        :raises DockerMissing: the CLI or the engine is not there.
        :raises DockerError: the daemon did not answer.
        """
        wanted = sorted({familiar(reference) for reference in references})
        if not wanted:
            return {}
        result = self._run(["image", "inspect", "--format", _INSPECT_FORMAT, *wanted], timeout=60)
        unexpected = [line for line in result.stderr.splitlines() if line and "no such image" not in line.lower()]
        if unexpected and result.returncode:
            text = "docker image inspect failed: " + " ".join(unexpected)
            raise (DockerMissing if lacks_engine(text) else DockerError)(text)
        found: dict[str, LocalImage] = {}
        for line in result.stdout.splitlines():
            if not line.strip():
                continue
            raw = json.loads(line)
            labels = raw["labels"] or {}
            image = LocalImage(
                raw["id"], tuple(raw["digests"] or ()), labels.get(CONTEXT_LABEL), labels.get(NAME_LABEL)
            )
            for name in [*(raw["tags"] or ()), *(raw["digests"] or ())]:
                found[name] = image
        return {name: found[name] for name in wanted if name in found}

    def pull(self, reference: str) -> Answer:
        """Pull *reference*."""
        return self._answer(["pull", "--quiet", reference])

    def tag(self, image: str, reference: str) -> Answer:
        """Give *image* the further name *reference*."""
        return self._answer(["tag", image, reference])

    def build(self, build: Build, log: str) -> Answer:
        """Make the image of *build* by the legacy builder, which every engine from 20.10 on has.

        The output goes to the file *log*; the answer holds its last lines.
        """
        # Without --force-rm the container of a step that failed stays behind.
        command = ["build", "--force-rm", "--tag", build.reference]
        command += ["--label", f"{CONTEXT_LABEL}={build.digest}", "--label", f"{NAME_LABEL}={build.name}"]
        if build.target:
            command += ["--target", build.target]
        command.append(build.context)
        environment = {**os.environ, "DOCKER_BUILDKIT": "0"}
        with open(log, "w+", encoding="utf-8", errors="replace") as output:
            try:
                code = subprocess.run(
                    [self._executable, *command],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=environment,
                    timeout=self._timeout,
                    check=False,
                ).returncode
                ending = ""
            except subprocess.TimeoutExpired:
                code, ending = -1, f"\nThe build was ended after {self._timeout:.0f} s."
            except OSError as error:
                raise DockerError(f"{self._executable} cannot be run: {error}") from error
            output.seek(0)
            last_lines = output.read().rstrip().splitlines()[-15:]
        return Answer(code == 0, "\n".join(last_lines) + ending)

    def _answer(self, arguments: Sequence[str]) -> Answer:
        try:
            result = self._run(arguments, timeout=self._timeout)
        except subprocess.TimeoutExpired:
            return Answer(False, f"no answer within {self._timeout:.0f} s")
        text = result.stderr.strip() or result.stdout.strip()
        return Answer(result.returncode == 0, " ".join(text.split()))

    def _run(self, arguments: Sequence[str], timeout: float) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                [self._executable, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        except FileNotFoundError as error:
            raise DockerMissing(f"{self._executable} is not installed on this host; role host installs it") from error
        except OSError as error:
            raise DockerError(f"{self._executable} cannot be run: {error}") from error
