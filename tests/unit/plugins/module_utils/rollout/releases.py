# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models on the disk, and what the explanation says of a container that was made from another."""

from __future__ import annotations

import copy
import hashlib
import json
import pathlib
import typing as t

from containers import container

from ansible_collections.sahool.platform.plugins.module_utils._rollout.action import Step, Wanted, decide
from ansible_collections.sahool.platform.plugins.module_utils._rollout.digest import labelled
from ansible_collections.sahool.platform.plugins.module_utils._rollout.explain import Explainer
from ansible_collections.sahool.platform.plugins.module_utils._rollout.files import Files
from ansible_collections.sahool.platform.plugins.module_utils._rollout.model import Model

Entry = dict[str, t.Any]


class Releases:
    """Writes models and the files that they read, each at a path that stands for its content.

    :param root: where the files lie.
    """

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root

    def file(self, name: str, text: str, mode: int = 0o644) -> str:
        """Write a file and return its path."""
        folder = self.root / hashlib.sha256(f"{name} {mode} {text}".encode()).hexdigest()[:32]
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return str(path)

    def model(self, entry: Entry, **document: t.Any) -> Model:
        """Write a model with one service and load it."""
        text = json.dumps(labelled({"name": "p", **document, "services": {"svc": copy.deepcopy(entry)}}))
        return Model.load(self.file("compose.yaml", text))

    def secrets(self, **variables: str) -> list[str]:
        """Write an environment file; the value of ``env_file``."""
        text = "".join(f"{name}='{value}'\n" for name, value in sorted(variables.items()))
        return [self.file("svc.env", text, 0o600)]

    def mount(self, target: str, text: str, mode: int = 0o644) -> Entry:
        """Write a file; the mount of it."""
        source = self.file(target.rpartition("/")[2], text, mode)
        return {"type": "bind", "source": source, "target": target, "read_only": True}

    def explained(self, before: Model, after: Model, rendered: t.Iterable[Entry] = (), **fields: t.Any) -> Step:
        """What is to be done where a container of *before* runs and *after* is wanted."""
        values = {"model": before.services["svc"].digest, "config_files": (before.path,), **fields}
        service = after.services["svc"]
        step = decide(Wanted("svc", service.digest, "image-1", False, after.path), [container(**values)])
        if not step.differs:
            return step
        return Explainer(after, Files(str(self.root), rendered)).explained(step, service, "image-1")


def fields(step: Step) -> dict[str, tuple[str | None, str | None]]:
    """The changes of a step by field."""
    found = {change.field: (change.before, change.after) for change in step.changes}
    assert len(found) == len(step.changes)
    return found
