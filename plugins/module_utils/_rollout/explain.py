# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a container is made anew, field by field."""

from __future__ import annotations

import json
import os
import typing as t
from dataclasses import replace

from .action import Step
from .change import CONFIGURATION, IMAGE, KINDS, MODEL, PROJECT, Change, short
from .container import Container
from .digest import LABEL, described, digest_of
from .explain_container import container_changes
from .explain_entry import entry_changes
from .files import Files
from .model import Model, Service, env_files, secret_values
from .redact import Redactor


class Explainer:
    """Explains by the model file that a container was made from, which its labels name and which never changes.

    :param model: as it is wanted.
    """

    def __init__(self, model: Model, files: Files) -> None:
        self._model = model
        self._files = files
        self._documents: dict[str, t.Any] = {}
        self._secrets: set[str] | None = None

    def explained(self, step: Step, service: Service, image_id: str | None) -> Step:
        """A step whose container differs, with its changes, and with their kinds in place of what was compared.

        :param image_id: of the image that the service is to have; None when the host does not have it.
        """
        before = t.cast(Container, step.before)
        changes: list[Change] = []
        if PROJECT in step.causes:
            changes.append(Change(PROJECT, "compose files", ", ".join(before.config_files) or None, self._model.path))
        if MODEL in step.causes:
            changes += self._changes_of_the_model(before, service)
        if IMAGE in step.causes and not any(change.field == "image" for change in changes):
            changes.append(Change(IMAGE, "image id", short(before.image), short(image_id or "")))
        found = {change.kind for change in changes}
        causes = [cause for cause in step.causes if cause not in KINDS] + [kind for kind in KINDS if kind in found]
        return replace(step, causes=tuple(causes), changes=tuple(changes))

    def _changes_of_the_model(self, before: Container, service: Service) -> list[Change]:
        if self._secrets is None:
            self._secrets = self._model.secrets(self._files)
        digests = short(before.model) or None, short(service.digest)
        old = self._description(before)
        if old is not None:
            past = {value for path in env_files(old) for value in secret_values(self._files, path)}
            changes = entry_changes(old, service.description, self._files, Redactor(self._secrets | past))
            return changes or [Change(CONFIGURATION, "labels." + LABEL, *digests)]  # `environment: {}` for none, say
        found = container_changes(before, service, self._files, Redactor(self._secrets))
        return [Change(MODEL, "model", *digests), *found]

    def _description(self, container: Container) -> dict[str, t.Any] | None:
        """What the container was made from, as far as a file still says so; its digest proves that it does."""
        for path in container.config_files:
            if path not in self._documents:
                self._documents[path] = _read(path)
            services = self._documents[path].get("services") or {}
            if isinstance(services, dict) and isinstance(services.get(container.service), dict):
                description = described(self._documents[path], container.service)
                if digest_of(description) == container.model:
                    return description
        return None


def _read(path: str) -> dict[str, t.Any]:
    """A model file; nothing where there is none, or one that is not of the platform."""
    if not os.path.isfile(path):
        return {}
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}
