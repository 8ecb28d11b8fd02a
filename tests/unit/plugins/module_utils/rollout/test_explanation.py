# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a container is made anew, field by field."""

from __future__ import annotations

import json
import pathlib

import pytest
from containers import container
from releases import Releases, fields

from ansible_collections.sahool.platform.plugins.module_utils._rollout.change import short
from ansible_collections.sahool.platform.plugins.module_utils._rollout.record import difference, observed, record

ENTRY = {
    "image": "svc:1",
    "environment": {"LOG_LEVEL": "info", "URL": "redis://:oldPassword@redis/0", "COST": "5$$"},
    "ports": [{"target": 80, "published": "8080", "host_ip": "127.0.0.1", "protocol": "tcp", "mode": "ingress"}],
    "deploy": {"resources": {"limits": {"memory": "128M"}}},
    "labels": {"sahool.platform.inputs": "one", "sahool.platform.tier": "data"},
    "healthcheck": {"test": ["CMD", "true"]},
    "volumes": [{"type": "volume", "source": "data", "target": "/data"}],
}


@pytest.fixture
def releases(tmp_path):
    return Releases(tmp_path / "home/files")


def changed(releases, old=None, new=None, **options):
    before, after = releases.model({**ENTRY, **(old or {})}), releases.model({**ENTRY, **(new or {})})
    return releases.explained(before, after, **options)


def test_nothing_differs_nothing_is_done(releases):
    assert changed(releases).action == "none"


@pytest.mark.parametrize(
    ("new", "causes", "expected"),
    [
        ({"image": "svc:2"}, ("image",), {"image": ("svc:1", "svc:2")}),
        (
            {"environment": {**ENTRY["environment"], "LOG_LEVEL": "debug"}},
            ("environment",),
            {"environment.LOG_LEVEL": ("info", "debug")},
        ),
        (
            {"environment": {**ENTRY["environment"], "NEW": "1", "COST": "6$$"}},
            ("environment",),
            {"environment.NEW": (None, "1"), "environment.COST": ("5$", "6$")},
        ),
        (
            {"ports": [{**ENTRY["ports"][0], "published": "8081"}]},
            ("configuration",),
            {"ports": ('["127.0.0.1:8080:80/tcp"]', '["127.0.0.1:8081:80/tcp"]')},
        ),
        (
            {"ports": [{**ENTRY["ports"][0], "mode": "host"}]},
            ("configuration",),
            {
                "ports": tuple(
                    json.dumps([{**ENTRY["ports"][0], "mode": mode}], sort_keys=True) for mode in ("ingress", "host")
                )
            },
        ),
        (
            {"deploy": {"resources": {"limits": {"memory": "256M"}}}},
            ("configuration",),
            {"deploy.resources.limits.memory": ("128M", "256M")},
        ),
        ({"healthcheck": {}}, ("configuration",), {"healthcheck.test": ('["CMD", "true"]', None)}),
        ({"healthcheck": None}, ("configuration",), {"healthcheck.test": ('["CMD", "true"]', None)}),
        ({"stdin": None}, ("configuration",), {"stdin": (None, "null")}),
        ({"stdin": {}}, ("configuration",), {"stdin": (None, "{}")}),
        ({"labels": {**ENTRY["labels"], "n": 1}}, ("configuration",), {"labels.n": (None, "1")}),
        ({"volumes": []}, ("configuration",), {"volumes./data": None}),
        (
            {"volumes": [{**ENTRY["volumes"][0], "read_only": True}]},
            ("configuration",),
            {"volumes./data.read_only": (None, "true")},
        ),
        ({"user": "", "image": "svc:2"}, ("image", "configuration"), {"image": ("svc:1", "svc:2"), "user": (None, "")}),
    ],
)
def test_fields_of_the_model(releases, new, causes, expected):
    step = changed(releases, new=new)
    assert step.causes == causes
    found = fields(step)
    assert set(found) == set(expected)
    assert all(found[name] == texts for name, texts in expected.items() if texts)


def test_a_difference_without_a_meaning_is_told_by_the_digest(releases):
    step = changed(releases, {"environment": {}}, {"environment": None})
    assert step.causes == ("configuration",)
    assert list(fields(step)) == ["labels.sahool.platform.model"]


def test_values_that_look_alike_are_told_apart(releases):
    step = changed(releases, {"cpus": 1}, {"cpus": "1"})
    assert fields(step) == {"cpus": ("1", '"1"')}


def test_a_volume_that_keeps_its_key_and_gets_another_name(releases):
    before = releases.model(ENTRY)
    after = releases.model(ENTRY, volumes={"data": {"name": "stock_data", "external": True}})
    assert fields(releases.explained(before, after)) == {"volumes./data.source": ("p_data", "stock_data")}


def test_another_order_of_mounts_is_a_change_too(releases):
    other = {"type": "volume", "source": "logs", "target": "/logs"}
    step = changed(releases, {"volumes": [*ENTRY["volumes"], other]}, {"volumes": [other, *ENTRY["volumes"]]})
    assert list(fields(step)) == ["volumes"]


def test_a_secret_is_named_and_not_shown(releases):
    old = {"env_file": releases.secrets(KEPT="sameValue", PASSWORD="oldValue", GONE="goneValue")}
    new = {"env_file": releases.secrets(KEPT="sameValue", PASSWORD="newValue", NEW="alsoNew")}
    step = changed(releases, old, new)
    assert step.causes == ("secret",)
    assert fields(step) == {
        "secret PASSWORD": ("(secret)", "(secret)"),
        "secret GONE": ("(secret)", None),
        "secret NEW": (None, "(secret)"),
    }


def test_a_variable_that_becomes_a_secret_hides_its_old_value(releases):
    step = changed(
        releases,
        {"environment": {"TOKEN": "sameAsEver"}},
        {"environment": {}, "env_file": releases.secrets(TOKEN="sameAsEver")},
    )
    assert step.causes == ("environment", "secret")
    assert fields(step) == {"environment.TOKEN": ("(secret)", None), "secret TOKEN": (None, "(secret)")}


def test_a_password_in_an_address_is_not_shown(releases):
    environment = {**ENTRY["environment"], "URL": "redis://:newPassword@redis/1"}
    step = changed(releases, new={"environment": environment})
    assert fields(step) == {"environment.URL": ("redis://:***@redis/0", "redis://:***@redis/1")}


def test_secrets_that_cannot_be_compared_any_more(releases):
    old, new = releases.secrets(PASSWORD="oldValue"), releases.secrets(PASSWORD="newValue")
    before, after = releases.model({**ENTRY, "env_file": old}), releases.model({**ENTRY, "env_file": new})
    pathlib.Path(old[0]).unlink()
    step = releases.explained(before, after)
    assert step.causes == ("secret",)
    (change,) = step.changes
    assert change.field == "file svc.env"
    assert change.diff == ("the file before is not on this host",)
    assert (change.before, change.after) == tuple(short(path.split("/")[-2]) for path in (old[0], new[0]))


def test_the_same_secrets_at_another_path(releases):
    old = releases.secrets(PASSWORD="oldValue")
    new = [releases.file("svc.env", "# of another key\nPASSWORD='oldValue'\n", 0o600)]
    step = changed(releases, {"env_file": old}, {"env_file": new})
    assert list(fields(step)) == ["file svc.env"]
    assert "the variables are the same" in step.changes[0].diff[0]


def with_file(releases, text, mode=0o644, inputs="one"):
    mount = releases.mount("/etc/svc.conf", text, mode)
    labels = {**ENTRY["labels"], "sahool.platform.inputs": inputs}
    return {"volumes": [*ENTRY["volumes"], mount], "labels": labels}


def test_a_file_that_everybody_may_read_is_shown_line_by_line(releases):
    old = with_file(releases, "port 1\nsame\nurl redis://:oldPassword@redis\n")
    new = with_file(releases, "port 2\nsame\nurl redis://:newPassword@redis\n", inputs="two")
    step = changed(releases, old, new)
    assert step.causes == ("file",)
    (change,) = step.changes  # and not the digest of all inputs, which follows from it
    assert change.field == "file /etc/svc.conf"
    assert change.diff == (
        "@@ -1,3 +1,3 @@",
        "-port 1",
        "+port 2",
        " same",
        "-url redis://:***@redis",
        "+url redis://:***@redis",
    )
    assert len(change.before or "") == len(change.after or "") == 12


def test_a_file_that_not_everybody_may_read_is_counted(releases):
    step = changed(
        releases, with_file(releases, "a\nb\nc\n", 0o640), with_file(releases, "a\nx\ny\nz\n", 0o640, inputs="two")
    )
    assert step.changes[0].diff == ("content hidden: 3 lines added, 2 removed",)


@pytest.mark.parametrize("modes", [(0o600, 0o644), (0o644, 0o600)])
def test_a_file_is_hidden_when_either_side_of_it_is(releases, modes):
    step = changed(releases, with_file(releases, "aa\n", modes[0]), with_file(releases, "bb\n", modes[1]))
    assert step.changes[0].diff == ("content hidden: 1 lines added, 1 removed",)


def test_a_file_whose_mode_alone_changed(releases):
    step = changed(releases, with_file(releases, "aa\n", 0o600), with_file(releases, "aa\n", 0o640))
    assert step.changes[0].diff == ("the content is the same; its mode, owner or name changed",)


def test_files_come_and_go(releases):
    added = changed(releases, new=with_file(releases, "one\n"))
    assert fields(added)["file /etc/svc.conf"][0] is None
    assert added.changes[0].diff[1:] == ("+one",)
    removed = changed(releases, with_file(releases, "one\n"))
    assert fields(removed)["file /etc/svc.conf"][1] is None
    assert removed.changes[0].diff[1:] == ("-one",)


def test_a_long_difference_is_cut(releases):
    old, new = ("".join(f"{word} {number}\n" for number in range(500)) for word in ("old", "new"))
    step = changed(releases, with_file(releases, old), with_file(releases, new))
    assert len(step.changes[0].diff) == 201
    assert step.changes[0].diff[-1] == "… and 801 more lines"


def test_files_that_are_not_written_yet_are_compared_by_what_is_rendered(releases, tmp_path):
    elsewhere = Releases(tmp_path / "home/files")
    before = releases.model({**ENTRY, **with_file(releases, "port 1\n"), "env_file": releases.secrets(A="oldValue")})
    new = {**with_file(elsewhere, "port 2\n"), "env_file": elsewhere.secrets(A="newValue")}
    after = releases.model({**ENTRY, **new})
    rendered = []
    for path in (new["volumes"][1]["source"], new["env_file"][0]):
        file = pathlib.Path(path)
        rendered.append(
            {
                "digest": file.parent.name,
                "name": file.name,
                "content": file.read_text(encoding="utf-8"),
                "mode": f"{file.stat().st_mode & 0o777:04o}",
            }
        )
        file.unlink()
    assert "not on this host" in str(releases.explained(before, after).changes)
    step = releases.explained(before, after, rendered)
    assert step.causes == ("secret", "file")
    assert step.changes[-1].diff[1:] == ("-port 1", "+port 2")
    assert "newValue" not in repr(step) + repr(Releases.explained)


def issued(releases, number, name="tls.crt", text="certificate"):
    """Write a file of a certificate; the mount of it."""
    folder = releases.root.parent / "certificates" / f"kong-{number:06d}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"{text} {number}", encoding="utf-8")
    return {"type": "bind", "source": str(folder / name), "target": f"/kong/tls/{name}", "read_only": True}


def test_a_renewed_certificate_is_told_by_its_number_and_its_key_is_not_looked_into(releases):
    before, after = (
        releases.model(
            {"image": "a", "volumes": [issued(releases, number), issued(releases, number, "tls.key", "key")]}
        )
        for number in (1, 2)
    )
    step = releases.explained(before, after)
    assert step.causes == ("file",)
    assert [(change.field, change.before, change.after, change.diff) for change in step.changes] == [
        ("file /kong/tls/tls.crt", "kong-000001", "kong-000002", ()),
        ("file /kong/tls/tls.key", "kong-000001", "kong-000002", ()),
    ]


def test_an_image_that_moved_under_its_name(releases):
    step = changed(releases, image="sha256:0123456789abcdef")
    assert (step.causes, fields(step)) == (("image",), {"image id": ("0123456789ab", "image-1")})


def test_an_image_of_another_name_is_told_once(releases):
    step = changed(releases, new={"image": "svc:2"}, image="sha256:0123456789abcdef")
    assert (step.causes, fields(step)) == (("image",), {"image": ("svc:1", "svc:2")})


def test_an_override_is_told_even_if_the_model_is_the_same(releases):
    before = releases.model(ENTRY)
    step = releases.explained(before, before, config_files=(before.path, "/root/override.yaml"))
    assert step.causes == ("project",)
    assert fields(step) == {"compose files": (f"{before.path}, /root/override.yaml", before.path)}


def test_a_model_that_is_gone_leaves_what_the_container_says(releases):
    before = releases.model(ENTRY)
    after = releases.model({**ENTRY, "env_file": releases.secrets(KEY="vEryS3cret"), "image": "svc:2"})
    pathlib.Path(before.path).unlink()
    here = {"variables": frozenset({"PATH", "LOG_LEVEL", "URL"}), "image_name": "svc:1", "ports": ("0.0.0.0:1:80/tcp",)}
    step = releases.explained(before, after, **here)
    assert step.causes == ("model", "image")
    assert fields(step) == {
        "model": (before.services["svc"].digest[:12], after.services["svc"].digest[:12]),
        "image": ("svc:1", "svc:2"),
        "environment.COST": (None, "5$"),
        "secret KEY": (None, "(secret)"),
        "ports": ('["0.0.0.0:1:80/tcp"]', '["127.0.0.1:8080:80/tcp"]'),
    }


@pytest.mark.parametrize("text", ["", "services: {svc: {}}", "[]", '{"services": []}', '{"services": {"svc": 1}}'])
def test_a_file_that_does_not_say_what_the_container_was_made_from_explains_nothing(releases, text):
    before, after = releases.model(ENTRY), releases.model({**ENTRY, "image": "svc:2"})
    pathlib.Path(before.path).write_text(text, encoding="utf-8")
    assert releases.explained(before, after, image_name="svc:1").causes == ("model", "image")


def test_a_link_that_points_to_another_release_by_now_is_not_believed(releases):
    before, between = releases.model(ENTRY), releases.model({**ENTRY, "user": "1"})
    current = releases.root.parent / "current"
    current.symlink_to(pathlib.Path(between.path).parent)
    after = releases.model({**ENTRY, "user": "2"})
    by_link = {"config_files": (f"{current}/compose.yaml",), "image_name": "svc:1"}
    assert releases.explained(before, after, **by_link).causes == ("model",)
    assert fields(releases.explained(between, after, **by_link)) == {"user": ("1", "2")}


def test_what_is_returned_and_what_diff_mode_shows(releases):
    old, new = with_file(releases, "port 1\n"), with_file(releases, "port 2\n", inputs="two")
    step = changed(releases, {**old, "user": "1"}, {**new, "user": "2"})
    (file, user) = record(step, None, None, "unknown")["changes"]
    assert user == {"field": "user", "before": "1", "after": "2"}
    assert file["diff"][1:] == ["-port 1", "+port 2"]
    shown = difference([step], [container(service="gone")])
    assert shown["before"] == {
        "svc": {"container": "running", "file /etc/svc.conf": file["before"], "user": "1"},
        "gone": {"container": "running"},
    }
    assert shown["after"]["svc"]["file /etc/svc.conf"] == [file["after"], *file["diff"]]
    assert shown["after"]["svc"]["causes"] == ["file", "configuration"]


def test_what_was_there_in_short():
    there = container(id="0123456789abcdef", image="sha256:fedcba9876543210", model="0" * 32)
    assert observed([there, container(id="second"), container(service="orphan")], ["svc", "absent"]) == {
        "svc": {"id": "0123456789ab", "image": "fedcba987654", "status": "running", "model": "0" * 12}
    }
