# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a service looks like: equal entries differ in nothing, one changed field is named, no secret is shown."""

from __future__ import annotations

import copy
import json
import pathlib
import tempfile

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from releases import Releases, fields

NAMES = st.from_regex(r"[A-Z][A-Z_]{0,7}", fullmatch=True)
WORDS = st.text("abcdefgh $:/@\"'{}\\é=", min_size=1, max_size=12)
SECRETS = st.from_regex(r"[A-Za-z0-9$%&\"\\+/=-]{8,20}", fullmatch=True)
LEAVES = st.one_of(WORDS, st.integers(0, 9), st.booleans(), st.lists(WORDS, max_size=2))
FIELDS = {
    "image": WORDS,
    "user": WORDS,
    "command": st.lists(WORDS, min_size=1, max_size=3),
    "restart": st.sampled_from(["no", "always"]),
    "deploy": st.fixed_dictionaries({"resources": st.dictionaries(st.sampled_from(["a", "b"]), LEAVES, max_size=2)}),
    "healthcheck": st.dictionaries(st.sampled_from(["test", "interval"]), LEAVES, max_size=2),
    "environment": st.dictionaries(NAMES, WORDS, max_size=3),
    "labels": st.dictionaries(st.sampled_from(["x", "y.z"]), WORDS, max_size=2),
}
ENTRIES = st.fixed_dictionaries({"image": WORDS}, optional={key: FIELDS[key] for key in FIELDS if key != "image"})
VARIABLES = st.dictionaries(NAMES.map("S_{}".format), SECRETS, min_size=1, max_size=3)
PROFILE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def releases():
    with tempfile.TemporaryDirectory() as folder:
        yield Releases(pathlib.Path(folder) / "home/files")


@PROFILE
@given(entry=ENTRIES, variables=VARIABLES, text=WORDS)
def test_equal_entries_differ_in_nothing(releases, entry, variables, text):
    def made():
        return releases.model(
            {**entry, "env_file": releases.secrets(**variables), "volumes": [releases.mount("/etc/x", text)]}
        )

    step = releases.explained(made(), made())
    assert (step.action, step.changes) == ("none", ())


@PROFILE
@given(entry=ENTRIES, data=st.data())
def test_one_field_that_changes_is_named_and_no_other(releases, entry, data):
    leaves = [
        ("image",),
        ("user",),
        ("command",),
        ("restart",),
        ("deploy", "resources", "a"),
        ("healthcheck", "test"),
        ("labels", "y.z"),
        ("environment", "LOG"),
    ]
    path = data.draw(st.sampled_from(leaves))
    value = data.draw(WORDS if path[0] in ("image", "environment") else LEAVES)
    after = copy.deepcopy(entry)
    inner = after
    for key in path[:-1]:
        inner = inner.setdefault(key, {})
    assume(path[-1] not in inner or json.dumps(inner[path[-1]]) != json.dumps(value))
    inner[path[-1]] = value
    step = releases.explained(releases.model(entry), releases.model(after))
    assert list(fields(step)) == [".".join(path)]
    back = releases.explained(releases.model(after), releases.model(entry))
    assert fields(back) == {name: (texts[1], texts[0]) for name, texts in fields(step).items()}


@PROFILE
@given(old=VARIABLES, new=VARIABLES, entry=ENTRIES, data=st.data())
def test_no_secret_is_ever_shown(releases, old, new, entry, data):
    """Also where somebody wrote one into a public variable, a command, a label or a file."""
    values = sorted({*old.values(), *new.values()})
    secret = data.draw(st.sampled_from(values))
    doubled = secret.replace("$", "$$")
    before = {**entry, "env_file": releases.secrets(**old)}
    after = {
        **entry,
        "env_file": releases.secrets(**new),
        "environment": {"PUBLIC": f"x{doubled}y", data.draw(st.sampled_from(sorted(new))): doubled},
        "command": ["run", f"--key={doubled}", {"nested": doubled}],
        "labels": {"label": doubled},
        "volumes": [releases.mount("/etc/x", f"key {secret}\n")],
    }
    # A value that holds another's beginning would be found in what is left of it.
    assume(not any(one != other and one in other for one in values for other in values))
    for one, other in ((before, after), (after, before)):
        step = releases.explained(releases.model(one), releases.model(other))
        shown = json.dumps([change.as_result() for change in step.changes], ensure_ascii=False)
        plain = [part for change in step.changes for part in (change.before, change.after, *change.diff) if part]
        assert step.changes
        for value in values:
            assert json.dumps(value, ensure_ascii=False)[1:-1] not in shown
            assert not any(value in part for part in plain)
        names = {name for name in {*old, *new} if old.get(name) != new.get(name)}
        assert {change.field for change in step.changes if change.kind == "secret"} == {f"secret {n}" for n in names}
