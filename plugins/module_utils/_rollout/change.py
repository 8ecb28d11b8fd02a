# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One difference between a container and what is wanted, and the kinds of them."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

IMAGE = "image"
ENVIRONMENT = "environment"
HIDDEN = "secret"
FILE = "file"
CONFIGURATION = "configuration"  # any other field of the model
MODEL = "model"  # made from a model that is gone
PROJECT = "project"  # made by other Compose files

KINDS = (PROJECT, MODEL, IMAGE, ENVIRONMENT, HIDDEN, FILE, CONFIGURATION)


@dataclass(frozen=True)
class Change:
    """One field.

    :param field: as operators call it: a dotted path in the model, ``environment.NAME``, ``secret NAME``, …
    :param before: None when it was not there; so for ``after``.
    :param diff: lines of a unified diff, for a file.
    """

    kind: str
    field: str
    before: str | None
    after: str | None
    diff: tuple[str, ...] = ()

    def as_result(self) -> dict[str, t.Any]:
        """The element of what the module returns."""
        result: dict[str, t.Any] = {"field": self.field, "before": self.before, "after": self.after}
        return {**result, "diff": list(self.diff)} if self.diff else result


def short(digest: str) -> str:
    """As much of a digest or an id as people compare."""
    return digest.rpartition(":")[2][:12]
