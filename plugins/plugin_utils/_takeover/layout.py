# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the servers of another platform keep their data within a volume, and how ours are told to find them there.

A server that does not find its data starts from nothing beside them, and says that all is well. Each rule here is such
a case: PostgreSQL's cluster lies in PGDATA, Redis reads the append-only file of one name only, NATS keeps streams in
a folder for each account.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# What compose_project_info looks for in every volume.
LOOK_FOR = (
    "PG_VERSION",
    "*/PG_VERSION",
    "*/*.manifest",
    "*.aof",
    "*.rdb",
    "jetstream/*/streams",
    "jetstream/*/streams/*/meta.key",
    "jetstream/jetstream",
    "member",
    ".minio.sys",
    "collections",
    "raft_state.json",
)
# The account of the platform's services, as the template nats/nats.conf.j2 has it.
NATS_ACCOUNT = "APP"
NATS_SYSTEM_ACCOUNTS = frozenset({"SYS", "$SYS"})


@dataclass
class Layout:
    """What our server is told besides, and what speaks against running it on the data.

    :ivar environment: variables.
    :ivar arguments: further arguments of its command.
    :ivar moves: folders of the volume that get another name, each with ``path`` and ``to``.
    :ivar major: major version that the data themselves tell.
    :ivar problem: why the server would not find its data.
    :ivar bearable: whether an operator may want to go on without them.
    :ivar marks: paths of what shows that data are there.
    """

    environment: dict[str, str] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)
    moves: list[dict[str, str]] = field(default_factory=list)
    major: str | None = None
    problem: str | None = None
    bearable: bool = False
    marks: list[str] = field(default_factory=list)


Found = Sequence[Mapping[str, Any]]


def layout(service: str, entry: Mapping[str, Any], target: str, found: Found, *, stand_in: bool) -> Layout:
    """Return how the server of *service* finds its data.

    :param entry: complete catalogue entry.
    :param target: where the volume is mounted in our container.
    :param found: what of :data:`LOOK_FOR` a volume that holds data has.
    :param stand_in: an embedded image wrote them, which has the folders of no real server.
    """
    if service in _BY_SERVICE:
        return _BY_SERVICE[service](entry, target, found)
    wanted = [] if stand_in else _MARKS.get(service, [])
    paths = _paths(found)
    if wanted and not any(mark in paths for mark in wanted):
        return Layout(
            problem=f"has no {' or '.join(wanted)} at its root, where the platform's server looks for its data"
        )
    return Layout(marks=[mark for mark in wanted if mark in paths])


def _paths(found: Found) -> list[str]:
    return [str(one["path"]) for one in found]


def _postgres(entry: Mapping[str, Any], target: str, found: Found) -> Layout:
    clusters = {path.rpartition("/")[0]: one for one in found if (path := str(one["path"])).endswith("PG_VERSION")}
    if "" in clusters:
        # A cluster at the root of the volume; what lies below it belongs to it.
        clusters = {"": clusters[""]}
    if len(clusters) != 1:
        what = f"{len(clusters)} clusters ({', '.join(sorted(clusters))})" if clusters else "no PG_VERSION"
        return Layout(problem=f"has {what}; expected one cluster, at its root or in a folder there")
    folder, version = next(iter(clusters.items()))
    data = f"{target}/{folder}" if folder else target
    told = {} if entry["environment"].get("PGDATA") == data else {"PGDATA": data}
    return Layout(environment=told, major=version.get("text") or None, marks=[str(version["path"])])


def _redis(_entry: Mapping[str, Any], _target: str, found: Found) -> Layout:
    paths = _paths(found)
    manifests = [path for path in paths if path.endswith(".manifest")]
    if len(manifests) > 1:
        return Layout(problem=f"has {len(manifests)} append-only files ({', '.join(manifests)}); expected one")
    if manifests:
        folder, _slash, name = manifests[0].removesuffix(".manifest").partition("/")
        arguments = [] if name == "appendonly.aof" else ["--appendfilename", name]
        arguments += [] if folder == "appendonlydir" else ["--appenddirname", folder]
        return Layout(arguments=arguments, marks=manifests)
    snapshots = [path for path in paths if path.endswith((".rdb", ".aof"))]
    if snapshots:
        return Layout(
            problem=f"has {', '.join(snapshots)} and no append-only file of Redis 7 or newer, the only one that the "
            "platform's server reads; switch it on in the running one (CONFIG SET appendonly yes, then wait until INFO "
            "persistence says aof_rewrite_in_progress:0)",
            bearable=True,
        )
    return Layout()


def _nats(_entry: Mapping[str, Any], _target: str, found: Found) -> Layout:
    paths = _paths(found)
    if any(path.endswith("meta.key") for path in paths):
        return Layout(problem="holds streams that are encrypted with a key that the platform's NATS does not have")
    if "jetstream/jetstream" in paths:
        return Layout(problem="keeps its streams in jetstream/jetstream; expected jetstream (store_dir /data)")
    accounts = {path.split("/")[1] for path in paths if path.endswith("/streams")} - NATS_SYSTEM_ACCOUNTS
    marks = sorted(path for path in paths if path.endswith("/streams"))
    if not accounts - {NATS_ACCOUNT}:
        return Layout(marks=marks)
    if len(accounts) > 1:
        return Layout(
            problem=f"has streams of the accounts {', '.join(sorted(accounts))}; the platform's services see those of "
            f"{NATS_ACCOUNT} only",
            bearable=True,
        )
    # Not linked: NATS removes the link, and reports the streams of an account that it does not know as lost.
    return Layout(moves=[{"path": f"jetstream/{next(iter(accounts))}", "to": f"jetstream/{NATS_ACCOUNT}"}], marks=marks)


_BY_SERVICE: dict[str, Callable[[Mapping[str, Any], str, Found], Layout]] = {
    "postgres": _postgres,
    "redis": _redis,
    "nats": _nats,
}
_MARKS = {"etcd": ["member"], "minio": [".minio.sys"], "qdrant": ["collections", "raft_state.json"]}
