# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rendered Compose model, as far as the roll-out reads it itself."""

from __future__ import annotations

import json
import os
import typing as t
from dataclasses import dataclass


class ModelError(ValueError):
    """The model cannot be rolled out; the text says what is wrong and what it should be."""


class ModelMissing(ModelError):
    """There is no such file."""


@dataclass(frozen=True)
class Service:
    """A service of the model."""

    name: str
    image: str
    env_files: tuple[str, ...]
    labels: t.Mapping[str, str]

    def env_names(self) -> set[str]:
        """Names of the variables in the environment files."""
        return {line.partition("=")[0].strip() for path in self.env_files for line in _env_lines(path)}


class Model:
    """A model file. Every service runs one container, and the order is not Compose's but the caller's."""

    def __init__(self, path: str, services: t.Mapping[str, Service]) -> None:
        self.path = path
        self.services = services

    @classmethod
    def load(cls, path: str) -> Model:
        """Read a model.

        :raises ModelMissing: there is no such file.
        :raises ModelError: it is not what the platform renders.
        """
        if not os.path.isabs(path):
            raise ModelError("model is %r, it should be an absolute path" % path)
        try:
            with open(path, encoding="utf-8") as file:
                document = json.load(file)
        except FileNotFoundError as error:
            raise ModelMissing("model %s does not exist; render the release first" % path) from error
        except OSError as error:
            raise ModelError("model %s cannot be read: %s" % (path, error.strerror)) from error
        except ValueError as error:
            text = "model %s is not JSON (%s); it should be a Compose file in JSON, as the release renders it"
            raise ModelError(text % (path, error)) from error
        entries = document.get("services") if isinstance(document, dict) else None
        if not isinstance(entries, dict) or not entries:
            raise ModelError("model %s has no `services`" % path)
        problems = [problem for name, entry in entries.items() for problem in _problems(name, entry)]
        if problems:
            raise ModelError("model %s: %s" % (path, "; ".join(problems)))
        return cls(path, {name: _service(name, entry) for name, entry in entries.items()})

    def secrets(self) -> set[str]:
        """The values in the environment files of the services, to be kept out of every message."""
        found: set[str] = set()
        for path in sorted({path for service in self.services.values() for path in service.env_files}):
            for line in _env_lines(path):
                value = line.partition("=")[2].strip()
                found.update((value, value.strip("'\"")))
        return found


def _env_lines(path: str) -> list[str]:
    """The lines of an environment file that set something. One that cannot be read is for Compose to report."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return []
    return [line for line in map(str.strip, lines) if line and not line.startswith("#")]


def _problems(name: str, entry: t.Any) -> t.Iterator[str]:
    if not isinstance(entry, dict):
        yield "service %s is not a mapping" % name
        return
    if not isinstance(entry.get("image"), str):
        yield "service %s has no `image`; the platform pulls or builds before it rolls out" % name
    if entry.get("depends_on"):
        yield "service %s has `depends_on`; the waves are the order, and Compose would add its own" % name
    copies = entry.get("scale", (entry.get("deploy") or {}).get("replicas", 1))
    if copies not in (1, None):
        yield "service %s wants %s containers; a service is one container" % (name, copies)


def _service(name: str, entry: t.Mapping[str, t.Any]) -> Service:
    files = entry.get("env_file") or []
    files = [files] if isinstance(files, (str, dict)) else files
    labels = entry.get("labels") or {}
    if isinstance(labels, list):
        labels = dict(label.partition("=")[::2] for label in labels)
    return Service(
        name=name,
        image=entry["image"],
        env_files=tuple(file["path"] if isinstance(file, dict) else file for file in files),
        labels={key: str(value) for key, value in labels.items()},
    )
