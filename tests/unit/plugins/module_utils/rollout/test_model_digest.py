# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The digest by which containers are compared with a model."""

from __future__ import annotations

import copy
import hashlib
import json

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._rollout.digest import (
    LABEL,
    described,
    digest_of,
    labelled,
)

DOCUMENT = {
    "name": "p",
    "services": {
        "db": {
            "image": "db:1",
            "labels": {"a": "1"},
            "volumes": [
                {"type": "volume", "source": "data", "target": "/data"},
                {"type": "bind", "source": "/files/d/db.conf", "target": "/etc/db.conf"},
            ],
        },
        "web": {"image": "web:1"},
    },
    "volumes": {"data": {"name": "p_data"}},
}


def digests(document):
    return {name: entry["labels"][LABEL] for name, entry in labelled(document)["services"].items()}


def test_it_is_the_sha_256_of_the_canonical_json():
    text = '{"image":"web:1","labels":{}}'
    assert digests(DOCUMENT)["web"] == hashlib.sha256(text.encode()).hexdigest()[:32]
    assert json.loads(text) == described(DOCUMENT, "web")


def test_labelling_changes_nothing_else_and_may_be_repeated():
    before = copy.deepcopy(DOCUMENT)
    once = labelled(DOCUMENT)
    assert before == DOCUMENT
    assert labelled(once) == once
    del once["services"]["db"]["labels"][LABEL]
    assert once["services"]["db"] == DOCUMENT["services"]["db"]


@pytest.mark.parametrize(
    ("path", "value", "changed"),
    [
        (("services", "db", "image"), "db:2", {"db"}),
        (("services", "db", "labels", "a"), "2", {"db"}),
        (("services", "db", "labels", LABEL), "forged", set()),
        (("volumes", "data", "name"), "adopted", {"db"}),  # the key stays, the volume does not
        (("volumes", "data", "external"), True, set()),  # a container does not notice
        (("volumes", "other"), {"name": "other"}, set()),
        (("name",), "q", set()),
    ],
)
def test_it_changes_with_what_a_container_is_made_from(path, value, changed):
    document = copy.deepcopy(DOCUMENT)
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    old, new = digests(DOCUMENT), digests(document)
    assert {name for name in old if old[name] != new[name]} == changed


def test_a_volume_without_a_name_is_called_as_compose_calls_it():
    document = {**DOCUMENT, "volumes": {"data": None}}
    assert described(document, "db")["volumes"][0]["source"] == "p_data"
    assert digests(document) == digests(DOCUMENT)
    assert digest_of(described(document, "db")) == digests(document)["db"]
