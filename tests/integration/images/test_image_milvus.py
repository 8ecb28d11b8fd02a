# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Milvus: a real server that keeps vectors."""

from __future__ import annotations

import json
import urllib.request

import pytest
from server_platform import Platform, until


def get(servers, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{servers.port('milvus', 'metrics')}{path}", timeout=5) as reply:
        return reply.read().decode()


@pytest.fixture(scope="module")
def milvus(servers: Platform) -> Platform:
    until(lambda: get(servers, "/healthz") == "OK", 120)
    return servers


def api(servers, path, document):
    """Call Milvus' REST interface, which its main port serves beside gRPC."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{servers.port('milvus')}/v1/vector/{path}",
        json.dumps(document).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as reply:
        answer = json.load(reply)
    assert answer["code"] == 200, answer
    return answer["data"]


def nearest(servers):
    question = {"collectionName": "fields", "vector": [0.1, 1, 0, 0], "limit": 1, "outputFields": ["name"]}
    found = api(servers, "search", question)
    return found[0]["name"] if found else None


def test_vectors_are_found_again_also_after_the_container_was_replaced(milvus):
    api(milvus, "collections/create", {"collectionName": "fields", "dimension": 4})
    rows = [{"vector": [1, 0, 0, 0], "name": "north"}, {"vector": [0, 1, 0, 0], "name": "south"}]
    assert api(milvus, "insert", {"collectionName": "fields", "data": rows})["insertCount"] == 2
    assert until(lambda: nearest(milvus), 30) == "south"

    before = milvus.container("milvus")["Id"]
    milvus.recreate("milvus")
    assert milvus.container("milvus")["Id"] != before
    until(lambda: get(milvus, "/healthz") == "OK", 60)
    # Loaded collections become searchable a moment after the server is healthy.
    assert until(lambda: nearest(milvus), 60, (OSError, AssertionError)) == "south"


def test_it_is_the_version_of_the_wheel(milvus):
    assert "v2.3.5" in milvus.log("milvus")


def test_it_keeps_its_state_in_the_volume(milvus):
    done = milvus.run_inside("milvus", "ls", "/var/lib/milvus")
    assert {"etcd", "rocksmq"} <= set(done.stdout.split()), done.stderr
