# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rendered Compose model, as far as the roll-out reads it itself."""

from __future__ import annotations

import json
import os
import typing as t
from dataclasses import dataclass, field

from .digest import LABEL, described, digest_of
from .files import Files


class ModelError(ValueError):
    """The model cannot be rolled out; the text says what is wrong and what it should be."""


class ModelMissing(ModelError):
    """There is no such file."""


@dataclass(frozen=True)
class Service:
    """A service of the model.

    :param digest: what the label of a container made of it says.
    :param description: its entry, as ``digest.described`` returns it.
    """

    name: str
    image: str
    env_files: tuple[str, ...]
    labels: t.Mapping[str, str]
    digest: str = ""
    description: t.Mapping[str, t.Any] = field(default_factory=dict)


class Model:
    """A model file. Every service runs one container, and the order is not Compose's but the caller's."""

    def __init__(self, path: str, services: t.Mapping[str, Service]) -> None:
        self.path = path
        self.services = services

    @property
    def files_root(self) -> str:
        """The folder of the files that never change, of which the model is one: ``<root>/<digest>/<name>``."""
        return os.path.dirname(os.path.dirname(self.path))

    @classmethod
    def load(cls, path: str) -> Model:
        """Read a model.

        :raises ModelMissing: there is no such file.
        :raises ModelError: it is not what the platform renders.
        """
        _check_path(path)
        try:
            with open(path, encoding="utf-8") as file:
                return cls.parse(path, file.read())
        except FileNotFoundError as error:
            raise ModelMissing("model %s does not exist; render the release first" % path) from error
        except OSError as error:
            raise ModelError("model %s cannot be read: %s" % (path, error.strerror)) from error
        except UnicodeDecodeError as error:
            raise ModelError("model %s is not text in UTF-8 (%s)" % (path, error)) from error

    @classmethod
    def parse(cls, path: str, text: str) -> Model:
        """Take a model from its text.

        :param path: where it is, or will be once it is written.
        :raises ModelError: it is not what the platform renders.
        """
        _check_path(path)
        try:
            document = json.loads(text)
        except ValueError as error:
            message = "model %s is not JSON (%s); it should be a Compose file in JSON, as the release renders it"
            raise ModelError(message % (path, error)) from error
        entries = document.get("services") if isinstance(document, dict) else None
        if not isinstance(entries, dict) or not entries:
            raise ModelError("model %s has no `services`" % path)
        problems = [problem for name, entry in entries.items() for problem in _problems(name, entry)]
        services = {} if problems else {name: _service(document, name) for name in entries}
        problems += [problem for service in services.values() for problem in _label_problems(service)]
        if problems:
            raise ModelError("model %s: %s" % (path, "; ".join(problems)))
        return cls(path, services)

    def secrets(self, files: Files | None = None) -> set[str]:
        """The values in the environment files of the services, to be kept out of every message."""
        files = files or Files(self.files_root)
        paths = sorted({path for service in self.services.values() for path in service.env_files})
        return {value for path in paths for value in secret_values(files, path)}


def secret_values(files: Files, path: str) -> set[str]:
    """The values in an environment file."""
    file = files.read(path)
    return set(file.variables().values()) if file else set()


def env_files(entry: t.Mapping[str, t.Any]) -> tuple[str, ...]:
    """Paths of the environment files of a service."""
    files = entry.get("env_file") or []
    files = [files] if isinstance(files, (str, dict)) else files
    return tuple(file["path"] if isinstance(file, dict) else file for file in files)


def _check_path(path: str) -> None:
    if not os.path.isabs(path):
        raise ModelError("model is %r, it should be an absolute path" % path)


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


def _label_problems(service: Service) -> t.Iterator[str]:
    """What is compared is the label alone, so that it has to be true."""
    if LABEL not in service.labels:
        yield "service %s has no label %s; the plan gives it, with the digest of the service" % (service.name, LABEL)
    elif service.labels[LABEL] != service.digest:
        yield "service %s has the label %s of another text (%s, its own is %s); do not edit it, render it again" % (
            service.name,
            LABEL,
            service.labels[LABEL],
            service.digest,
        )


def _service(document: t.Mapping[str, t.Any], name: str) -> Service:
    entry = document["services"][name]
    labels = entry.get("labels") or {}
    if isinstance(labels, list):
        labels = dict(label.partition("=")[::2] for label in labels)
    description = described(document, name)
    return Service(
        name=name,
        image=entry["image"],
        env_files=env_files(entry),
        labels={key: str(value) for key, value in labels.items()},
        digest=digest_of(description),
        description=description,
    )
