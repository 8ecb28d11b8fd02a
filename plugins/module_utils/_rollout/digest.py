# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The digest that says from which model a container was made.

Compose has one of its own (``config --hash``), which differs from version to version, so that another Compose would
see every container as changed. This one is of the model's text alone: it is known before anything is rendered.
"""

from __future__ import annotations

import hashlib
import json
import typing as t

LABEL = "sahool.platform.model"
_LENGTH = 32  # hexadecimal digits


def described(document: t.Mapping[str, t.Any], name: str) -> dict[str, t.Any]:
    """What a model says of a service: its entry without the label, its volumes by the names that the engine has.

    :param document: a Compose model; ``services`` has the name.
    """
    entry = dict(document["services"][name])
    labels = entry.get("labels") or {}
    if isinstance(labels, list):
        labels = dict(label.partition("=")[::2] for label in labels)
    entry["labels"] = {key: value for key, value in labels.items() if key != LABEL}
    mounts = entry.get("volumes")
    if isinstance(mounts, list):
        entry["volumes"] = [_with_name(mount, document) for mount in mounts]
    return entry


def digest_of(entry: t.Mapping[str, t.Any]) -> str:
    """The digest of what ``described`` returns: SHA-256 of its canonical JSON, 32 hexadecimal digits of it."""
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def labelled(document: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The model with the label in every service."""
    services = {}
    for name, entry in document["services"].items():
        description = described(document, name)
        services[name] = {**entry, "labels": {**description["labels"], LABEL: digest_of(description)}}
    return {**document, "services": services}


def _with_name(mount: t.Any, document: t.Mapping[str, t.Any]) -> t.Any:
    """A mount; of a volume with the volume's real name, for the key in the model may stay while the volume changes."""
    if not isinstance(mount, dict) or mount.get("type") != "volume" or not mount.get("source"):
        return mount
    volume = (document.get("volumes") or {}).get(mount["source"]) or {}
    return {**mount, "source": volume.get("name") or "%s_%s" % (document.get("name", ""), mount["source"])}
