# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading what was recorded of releases. Private to this collection."""

from __future__ import annotations

import json
import os
import typing as t


class ReleaseRecordError(Exception):
    """A record that is there and cannot be read."""


def read_records(home: str) -> dict[str, t.Any]:
    """Read the links, the manifest of the current release, the recorded image sources and volumes below *home*.

    :returns: ``current`` and ``previous`` (identifiers or None), ``manifest``, ``recorded`` and ``volumes``
        (dictionaries, empty where nothing was recorded yet).
    :raises ReleaseRecordError: a record is there and is not readable JSON.
    """
    return {
        "current": _link(os.path.join(home, "current")),
        "previous": _link(os.path.join(home, "previous")),
        "manifest": _read(os.path.join(home, "current", "manifest.json")),
        "recorded": _read(os.path.join(home, "state", "recorded", "images.json")),
        "volumes": _read(os.path.join(home, "state", "recorded", "volumes.json")),
    }


def _link(path: str) -> str | None:
    try:
        return os.path.basename(os.readlink(path))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ReleaseRecordError(
            f"{path} should be a symbolic link to a release and is not ({error.strerror}); move it away"
        ) from error


def _read(path: str) -> dict[str, t.Any]:
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ReleaseRecordError(f"{path} cannot be read: {error}; restore it, or move it away") from error
    if not isinstance(found, dict):
        raise ReleaseRecordError(f"{path} should hold a mapping and holds a {type(found).__name__}; restore it")
    return found
