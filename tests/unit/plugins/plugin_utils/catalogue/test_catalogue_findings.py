# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check finds what it is there for, and nothing in a catalogue that is in order."""

from __future__ import annotations

import re
from typing import Any

import pytest


def service(name: str, **fields: Any) -> dict[str, Any]:
    """Return the overrides of one service."""
    return {"overrides": {name: fields}}


NEW = {
    "phase": 3,
    "tier": "application_tier",
    "container_port": 80,
    "health_path": "/",
    "identity": {"container": True},
}
HOST = {"name": "alpha", "cores": 8, "memory_mb": 16384}

# what is changed, service, field, what the message must say
CASES: list[tuple[str, dict[str, Any], str, str, str]] = [
    # schema
    ("unknown key", service("fields", prot=1), "fields", "prot", "did you mean 'port'"),
    ("unknown key, no idea", service("fields", zzz=1), "fields", "zzz", "remove it"),
    ("unknown nested key", service("fields", resources={"mem": "1G"}), "fields", "resources.mem", "'memory'"),
    (
        "unknown key of a port",
        service("kong", extra_ports={"admin": {"prt": 1}}),
        "kong",
        "extra_ports.admin.prt",
        "an unknown",
    ),
    ("text for a number", service("fields", port="8100"), "fields", "port", "remove the quotes"),
    ("number for a text", service("kong", tag=3.4), "kong", "tag", "put the value in quotes"),
    ("boolean for a policy", service("fields", restart=False), "fields", "restart", "found the boolean false"),
    ("boolean for a number", service("fields", port=True), "fields", "port", "a whole number from 1 to 65535"),
    ("list for a dictionary", service("fields", environment=["A=b"]), "fields", "environment", "a dictionary"),
    ("element of a list", service("fields", dependencies=[1]), "fields", "dependencies[0]", "a text"),
    ("value out of range", service("fields", port=70000), "fields", "port", "from 1 to 65535"),
    ("value below range", service("fields", consecutive=0), "fields", "consecutive", "from 1"),
    ("unknown tier", service("fields", tier="app_tier"), "fields", "tier", "one of data_tier"),
    ("unknown protocol", service("fields", protocol="https"), "fields", "protocol", "did you mean 'http'"),
    ("unknown class", service("demo", optional="gpus"), "demo", "optional", "did you mean 'gpu'"),
    ("phase out of range", service("fields", phase=10), "fields", "phase", "one of 1, 2, 3"),
    ("missing phase", service("fields", phase=None), "fields", "phase", "found nothing"),
    ("missing template", service("pgbouncer", files={"/a": {"uid": 1}}), "pgbouncer", "files./a.template", "set"),
    (
        "mode as a number",
        service("pgbouncer", files={"/a": {"template": "a", "mode": 400}}),
        "pgbouncer",
        "files./a.mode",
        "four octal digits in quotes",
    ),
    (
        "bad mode",
        service("pgbouncer", files={"/a": {"template": "a", "mode": "0999"}}),
        "pgbouncer",
        "files./a.mode",
        "octal",
    ),
    (
        "relative target",
        service("postgres", volumes={"postgres_data": {"target": "data"}}),
        "postgres",
        "volumes.postgres_data.target",
        "absolute path",
    ),
    ("relative path", service("fields", health_path="healthz"), "fields", "health_path", "starts with /"),
    ("memory without a unit", service("fields", resources={"memory": "512"}), "fields", "resources.memory", "512M"),
    ("memory as a word", service("fields", resources={"memory": "lots"}), "fields", "resources.memory", "512M"),
    ("variable name", service("fields", environment={"A-B": "c"}), "fields", "environment.A-B", "rename"),
    ("number as a variable", service("fields", environment={"A": 1}), "fields", "environment.A", "quotes"),
    ("entry is no dictionary", {"extra": {"new": "redis"}}, "new", "entry", "a dictionary of fields"),
    ("name is no DNS label", {"extra": {"New_Service": NEW}}, "New_Service", "name", "DNS label"),
    # images
    ("latest", service("kong", tag="latest"), "kong", "tag", "pin the tag"),
    ("latest with numbers", service("kong", tag="3.4.2-latest"), "kong", "tag", "pin the tag"),
    ("two numbers", service("kong", tag="3.4"), "kong", "tag", "at least three numbers in a row"),
    ("two numbers and an alpine", service("kong", tag="7.4-alpine3.20"), "kong", "tag", "three numbers"),
    ("one number", service("kong", tag="2"), "kong", "tag", "3.4.2"),
    ("missing tag", service("kong", tag=None), "kong", "tag", "set the tag of kong"),
    ("tag within the image", service("kong", image="kong:3.4.2"), "kong", "image", "move what follows to tag"),
    ("digest within the image", service("kong", image="r:5000/kong@sha256:00"), "kong", "image", "without tag"),
    ("no registry", {"registry": ""}, "platform", "sahool_registry", "set sahool_registry"),
    ("floating version", {"version": "latest"}, "platform", "sahool_version", "pin the release"),
    ("no version", {"version": ""}, "platform", "sahool_version", "found nothing"),
    # ports
    ("two owners", service("fields", port=8000), "fields", "port", "host port 8000, which belongs to kong"),
    ("two owners, extra port", service("fields", port=8001), "fields", "port", "kong \\(admin\\)"),
    ("owner of a given port", service("fields", port=8115), "weather", "port", "8115, which belongs to fields"),
    ("offset too large", {"port_offset": 60000}, "kong", "port", "68000 \\(sahool_port_offset is 60000\\)"),
    ("offset too small", {"port_offset": -5432}, "postgres", "port", "found 0"),
    ("public", service("fields", publish="public"), "fields", "publish", "reach the service through Kong"),
    (
        "public extra port",
        service("postgres", extra_ports={"x": {"container_port": 1, "publish": "public"}}),
        "postgres",
        "extra_ports.x.publish",
        "loopback",
    ),
    # dependencies
    (
        "unknown dependency",
        service("fields", dependencies=["pgbounce"]),
        "fields",
        "dependencies",
        "did you mean 'pgbouncer'",
    ),
    ("dependency left out", {"exclude": ["fields"]}, "advice", "dependencies", "'fields', which is left out: named in"),
    ("soft dependency left out", {"exclude": ["seed"]}, "weather", "dependencies", "which is left out"),
    (
        "cycle",
        service("fields", dependencies=["advice"]),
        "fields",
        "dependencies",
        "a cycle: fields -> advice -> fields",
    ),
    ("cycle of one", service("fields", dependencies=["fields"]), "fields", "dependencies", "fields -> fields"),
    (
        "tier that starts later",
        {
            "extra": {"store": {**NEW, "phase": 1, "tier": "ai_tier"}},
            "overrides": {"pgbouncer": {"dependencies": ["postgres", "store"]}},
        },
        "pgbouncer",
        "dependencies",
        "a tier that starts before data_tier",
    ),
    # selection
    (
        "unknown service in overrides",
        {"overrides": {"felds": {}}},
        "platform",
        "sahool_service_overrides",
        "did you mean 'fields'",
    ),
    (
        "override is no dictionary",
        {"overrides": {"fields": None}},
        "fields",
        "sahool_service_overrides",
        "use sahool_services_exclude",
    ),
    ("unknown excluded", {"exclude": ["felds"]}, "platform", "sahool_services_exclude", "'fields'"),
    ("unknown optional", {"optional": ["dem"]}, "platform", "sahool_services_optional", "'demo'"),
    ("extra that exists", {"extra": {"kong": NEW}}, "kong", "sahool_services_extra", "sahool_service_overrides"),
    ("pgbouncer excluded", {"exclude": ["pgbouncer"]}, "pgbouncer", "selection", "named in sahool_services_exclude"),
    ("pgbouncer optional", service("pgbouncer", optional="demo"), "pgbouncer", "selection", "optional \\(demo\\)"),
    ("required phase empty", service("kong", optional="demo"), "platform", "phase 2", "left out: kong"),
    ("phase emptied by selection", {"exclude": ["seed"]}, "platform", "phase 7", "left out: seed"),
    ("required phase not there", {"phases_required": [1, 2, 3, 4]}, "platform", "phase 4", "none in the catalogue"),
    # one service
    ("phase of another tier", service("fields", phase=2), "fields", "phase", "3, 4, 5, 6, 7, 8, 9"),
    ("stateful without major", service("postgres", major=None), "postgres", "major", "the registry image"),
    ("stateful without embedded major", service("postgres", embedded_major=None), "postgres", "embedded_major", "set"),
    ("stateful without volume", service("postgres", volumes=None), "postgres", "volumes", "holds the data"),
    ("one-shot that restarts", service("seed", restart="always"), "seed", "restart", "one-shot"),
    ("no identity", service("fields", identity=None), "fields", "identity", "container: true"),
    ("identity without values", service("fields", identity={"accept": None}), "fields", "identity.accept", "service"),
    ("identity without field", service("fields", identity={"field": None}), "fields", "identity.field", "accept"),
    ("two identities", service("fields", identity={"container": True}), "fields", "identity", "both"),
    ("unknown probe port", service("kong", probe_port="admn"), "kong", "probe_port", "main, admin"),
    ("probe without a port", service("seed", protocol="tcp"), "seed", "probe_port", "it has none"),
    ("no health path", service("fields", health_path=None), "fields", "health_path", "set health_path"),
    ("port without container port", service("fields", container_port=None), "fields", "container_port", "listens on"),
    (
        "volume name of two",
        {
            "overrides": {
                "postgres": {"volumes": {"postgres_data": {"name": "shared"}}},
                "fields": {"volumes": {"files": {"target": "/f", "name": "shared"}}},
            }
        },
        "fields",
        "volumes.files.name",
        "'shared', which postgres uses",
    ),
    (
        "volume key of two",
        service("fields", volumes={"postgres_data": {"target": "/f"}}),
        "fields",
        "volumes.postgres_data",
        "which postgres uses",
    ),
    # certificates
    ("certificate without a reader", service("kong", certificate={"gid": 0}), "kong", "certificate.uid", "set"),
    (
        "unknown file of a certificate",
        service("kong", certificate={"uid": 1, "gid": 1, "files": {"chain": "/a"}}),
        "kong",
        "certificate.files.chain",
        "authority, certificate, key",
    ),
    (
        "relative path of a key",
        service("kong", certificate={"uid": 1, "gid": 1, "files": {"certificate": "/a", "key": "b"}}),
        "kong",
        "certificate.files.key",
        "absolute path",
    ),
    (
        "certificate without its key",
        service("kong", certificate={"uid": 1, "gid": 1, "files": {"certificate": "/a"}}),
        "kong",
        "certificate.files.key",
        "of no use without each other",
    ),
    (
        "key without its certificate",
        service("kong", certificate={"uid": 1, "gid": 1, "files": {"key": "/a"}}),
        "kong",
        "certificate.files.certificate",
        "of no use without each other",
    ),
    (
        "two files at one path",
        service("kong", certificate={"uid": 1, "gid": 1, "files": {"certificate": "/a", "key": "/a"}}),
        "kong",
        "certificate.files.key",
        "nothing else is mounted",
    ),
    (
        "certificate over a file",
        service(
            "pgbouncer",
            certificate={"uid": 70, "gid": 70, "files": {"certificate": "/etc/pgbouncer.ini", "key": "/a"}},
        ),
        "pgbouncer",
        "certificate.files.certificate",
        "nothing else is mounted",
    ),
    (
        "certificate over a volume",
        service(
            "postgres",
            certificate={"uid": 1, "gid": 1, "files": {"certificate": "/var/lib/postgresql/data", "key": "/a"}},
        ),
        "postgres",
        "certificate.files.certificate",
        "nothing else is mounted",
    ),
    (
        "variable of a certificate that is not mounted",
        service("kong", certificate={"uid": 1, "gid": 1, "environment": {"A": "/a"}}),
        "kong",
        "certificate.environment.A",
        "no file is mounted",
    ),
    (
        "variable of a certificate that is set besides",
        service(
            "kong",
            environment={"A": "b"},
            certificate={
                "uid": 1,
                "gid": 1,
                "files": {"certificate": "/a", "key": "/b"},
                "environment": {"A": "/a"},
            },
        ),
        "kong",
        "certificate.environment.A",
        "of environment, too",
    ),
    # resources
    (
        "reserved cores",
        service("fields", resources={"cpus": 1, "reserve_cpus": 2}),
        "fields",
        "resources.reserve_cpus",
        "at most the limit, 1",
    ),
    (
        "reserved memory",
        service("fields", resources={"memory": "1G", "reserve_memory": "1025M"}),
        "fields",
        "resources.reserve_memory",
        "at most the limit, 1G",
    ),
    ("too little memory", service("fields", resources={"memory": "4M"}), "fields", "resources.memory", "6M"),
    (
        "limit beyond the host",
        {"hosts": [{**HOST, "memory_mb": 1024}]},
        "postgres",
        "resources.memory",
        "1024 MiB of host alpha",
    ),
    (
        "memory of the host",
        {"hosts": [{**HOST, "memory_mb": 255}]},
        "host alpha",
        "resources.reserve_memory",
        "256 MiB reserved",
    ),
    ("cores of the host", {"hosts": [{**HOST, "cores": 0.4}]}, "host alpha", "resources.reserve_cpus", "0.5 cores"),
    # tokens
    ("unknown set", service("fields", environment_sets=["comon"]), "fields", "environment_sets", "'common'"),
    (
        "token of no service",
        service("fields", environment={"A": "{address:pgbounce}"}),
        "fields",
        "environment.A",
        "did you mean 'pgbouncer'",
    ),
    (
        "token of a service left out",
        service("fields", environment={"A": "http://{address:demo}"}),
        "fields",
        "environment.A",
        "demo is left out: optional",
    ),
    (
        "token of no port",
        service("fields", environment={"A": "{port:kong:admn}"}),
        "fields",
        "environment.A",
        "main, admin",
    ),
    (
        "token of a service without port",
        service("fields", environment={"A": "{port:seed}"}),
        "fields",
        "environment.A",
        "it has none",
    ),
    (
        "token of no secret",
        service("fields", environment={"A": "{secret:POSTGRES_PASWORD}"}),
        "fields",
        "environment.A",
        "did you mean 'POSTGRES_PASSWORD'",
    ),
    (
        "token of no setting",
        service("fields", environment={"A": "{setting:loglevel}"}),
        "fields",
        "environment.A",
        "did you mean 'log_level'",
    ),
    (
        "token of no kind",
        service("fields", environment={"A": "{adress:kong}"}),
        "fields",
        "environment.A",
        "\\{address:…\\}",
    ),
    (
        "token with too much",
        service("fields", environment={"A": "{secret:POSTGRES_PASSWORD:x}"}),
        "fields",
        "environment.A",
        "remove the last part",
    ),
    ("token of itself", service("fields", environment={"A": "{self:prt}"}), "fields", "environment.A", "self:port"),
    (
        "token in embedded environment",
        service("fields", embedded_environment={"A": "{secret:X}"}),
        "fields",
        "embedded_environment.A",
        "catalogue_secret_names",
    ),
    (
        "token in credentials",
        service("postgres", credentials={"password": "{secret:X}"}),
        "postgres",
        "credentials.password",
        "catalogue_secret_names",
    ),
    (
        "secret in a health check",
        service("fields", healthcheck={"test": ["CMD", "a", "{secret:POSTGRES_PASSWORD}"]}),
        "fields",
        "healthcheck.test",
        "process list",
    ),
    (
        "secret in a command",
        service("fields", command=["a", "{secret:POSTGRES_PASSWORD}"]),
        "fields",
        "command",
        "docker inspect",
    ),
]


def test_a_catalogue_in_order_has_no_findings(findings_with):
    assert findings_with() == []


@pytest.mark.parametrize(("changes", "name", "field", "says"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_each_fault_is_found(findings_with, changes, name, field, says):
    found = [finding for finding in findings_with(**changes) if (finding.service, finding.field) == (name, field)]

    assert len(found) == 1, findings_with(**changes)
    message = found[0].message
    assert re.search(says, message), message
    assert message.startswith(f"{name}: {field}: found ")


def test_all_findings_come_at_once_in_the_order_of_the_catalogue(findings_with):
    changes = {
        "version": "latest",
        "exclude": ["nobody"],
        "overrides": {
            "weather": {"prot": 1},
            "fields": {"dependencies": ["nobody"], "environment": {"A": "{secret:X}"}},
            "postgres": {"major": None},
        },
    }

    services = [finding.service for finding in findings_with(**changes)]

    assert services == ["platform", "platform", "postgres", "fields", "fields", "weather"]
    assert findings_with(**changes) == findings_with(**changes)


def test_a_finding_never_shows_what_may_be_secret(findings_with):
    changes = {
        "overrides": {
            "fields": {"environment": {"A": ["hunter2"], "B": 8675309}},
            "postgres": {"credentials": {"password": 8675309}},
        }
    }

    messages = " ".join(finding.message for finding in findings_with(**changes))

    assert messages.count("expected") == 3
    assert "hunter2" not in messages
    assert "8675309" not in messages


def test_a_broken_service_does_not_hide_faults_of_others_nor_cause_new_ones(findings_with):
    changes = {"overrides": {"pgbouncer": {"phase": "one"}, "fields": {"dependencies": ["pgbouncer", "nobody"]}}}

    found = [(finding.service, finding.field) for finding in findings_with(**changes)]

    assert found == [("pgbouncer", "phase"), ("fields", "dependencies")]


def test_two_cycles_are_two_findings_and_one_cycle_is_one(findings_with):
    new = {**NEW, "tier": "application_tier"}
    extra = {
        "a": {**new, "dependencies": ["b"]},
        "b": {**new, "dependencies": ["c"]},
        "c": {**new, "dependencies": ["a", "b"]},
        "x": {**new, "dependencies": ["y"]},
        "y": {**new, "dependencies": ["x"]},
    }

    found = [finding.found for finding in findings_with(extra=extra)]

    assert found == ["a cycle: a -> b -> c -> a", "a cycle: x -> y -> x"]


def test_an_edge_to_a_later_phase_closes_no_cycle(findings_with):
    # weather (3) -> seed (7) -> weather (3) is in the small catalogue: the first edge does not block.
    assert findings_with() == []


@pytest.mark.parametrize("tag", ["3.4.2", "16-3.4", "2024-01-16", "v1.24.1-p1", "RELEASE.2024-01-16T16-07-38Z"])
def test_pinned_tags_pass(findings_with, tag):
    assert findings_with(**service("kong", tag=tag)) == []


@pytest.mark.parametrize("tag", ["sha256:" + "0" * 64, "3.4@sha256:" + "0" * 64])
def test_digests_pass(findings_with, tag):
    assert findings_with(**service("kong", tag=tag)) == []


def test_braces_that_are_no_tokens_are_left_alone(findings_with):
    values = {"A": '{"level":"info"}', "B": "{level:info}", "C": "${HOME}", "D": "{}"}

    assert findings_with(**service("fields", environment=values)) == []


def test_a_phase_of_optional_services_may_be_empty_but_not_a_required_one(findings_with):
    assert findings_with(optional=[]) == []

    found = findings_with(phases_required=[1, 2, 3, 9])

    assert [(finding.service, finding.field) for finding in found] == [("platform", "phase 9")]


def test_a_host_is_compared_with_the_services_of_its_tiers_only(findings_with):
    small = {"name": "edge", "cores": 0.1, "memory_mb": 64, "tiers": ["gateway_tier", "application_tier"]}

    assert findings_with(hosts=[small]) == []
