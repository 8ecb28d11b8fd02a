# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rendered model, and what is wrong with others."""

from __future__ import annotations

import json
import os

import pytest

from ansible_collections.sahool.platform.plugins.module_utils._health.gate import Gate, GateError
from ansible_collections.sahool.platform.plugins.module_utils._rollout.digest import LABEL, labelled
from ansible_collections.sahool.platform.plugins.module_utils._rollout.model import Model, ModelError, ModelMissing
from ansible_collections.sahool.platform.plugins.module_utils._rollout.redact import Redactor
from ansible_collections.sahool.platform.plugins.module_utils._rollout.request import check_request


@pytest.fixture
def written(tmp_path):
    def write(document):
        path = tmp_path / "compose.yaml"
        path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        return str(path)

    return write


def of(**services):
    return labelled({"name": "p", "services": services})


def test_a_model_is_read(written):
    document = of(
        a={"image": "a:1", "env_file": "/x/a.env", "labels": ["sahool.digest=1"]},
        b={"image": "b:1", "env_file": [{"path": "/x/b.env"}, "/x/c.env"], "labels": {"n": 1}, "scale": 1},
    )
    model = Model.load(written(document))
    assert model.services["a"].env_files == ("/x/a.env",)
    assert model.services["a"].labels == {"sahool.digest": "1", LABEL: model.services["a"].digest}
    assert model.services["b"].env_files == ("/x/b.env", "/x/c.env")
    assert model.services["b"].labels["n"] == "1"
    assert model.services["a"].digest != model.services["b"].digest
    assert model.files_root == os.path.dirname(os.path.dirname(model.path))


def test_a_model_can_be_had_from_its_text_before_it_is_written():
    text = json.dumps(of(a={"image": "a:1"}))
    assert Model.parse("/no/such/compose.yaml", text).services["a"].image == "a:1"
    with pytest.raises(ModelError, match="model /no/such/compose.yaml is not JSON"):
        Model.parse("/no/such/compose.yaml", "services: {}")
    with pytest.raises(ModelError, match="should be an absolute path"):
        Model.parse("compose.yaml", text)


def test_a_label_that_is_not_that_of_the_entry_is_refused(written):
    document = of(a={"image": "a:1"}, b={"image": "b:1"})
    document["services"]["a"]["image"] = "a:2"
    del document["services"]["b"]["labels"][LABEL]
    with pytest.raises(ModelError) as caught:
        Model.load(written(document))
    assert "service a has the label sahool.platform.model of another text (" in str(caught.value)
    assert "do not edit it, render it again" in str(caught.value)
    assert "service b has no label sahool.platform.model; the plan gives it" in str(caught.value)


def test_a_model_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "compose.yaml").write_bytes(b"\xff\xfe{}")
    with pytest.raises(ModelError, match="is not text in UTF-8"):
        Model.load(str(tmp_path / "compose.yaml"))


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("services:\n  a: {image: x}\n", "is not JSON"),
        ({"services": {}}, "has no `services`"),
        ([], "has no `services`"),
        ({"services": {"a": {"build": "."}}}, "service a has no `image`"),
        ({"services": {"a": {"image": "x", "depends_on": ["b"]}}}, "service a has `depends_on`"),
        ({"services": {"a": {"image": "x", "scale": 2}}}, "service a wants 2 containers"),
        ({"services": {"a": {"image": "x", "deploy": {"replicas": 3}}}}, "service a wants 3 containers"),
        ({"services": {"a": "x"}}, "service a is not a mapping"),
    ],
)
def test_what_is_no_rendered_model_is_refused(written, document, problem):
    with pytest.raises(ModelError, match=problem):
        Model.load(written(document))


def test_a_model_that_is_not_there_is_told_from_a_bad_one(tmp_path):
    with pytest.raises(ModelMissing, match="render the release first"):
        Model.load(str(tmp_path / "none.yaml"))
    with pytest.raises(ModelError, match="should be an absolute path"):
        Model.load("compose.yaml")


def test_secrets_of_environment_files_do_not_pass(written, tmp_path):
    (tmp_path / "a.env").write_text(
        "# comment\nURL=postgresql://sahool:Tr0ub4dor@db:5432/sahool\nKEY='quoted value'\nDEBUG=true\n",
        encoding="utf-8",
    )
    files = [str(tmp_path / "a.env"), str(tmp_path / "missing.env")]
    redact = Redactor(Model.load(written(of(a={"image": "x", "env_file": files}))).secrets())
    assert redact("failed: postgresql://sahool:Tr0ub4dor@db:5432/sahool") == "failed: ***"
    assert redact("password Tr0ub4dor is wrong") == "password *** is wrong"
    assert redact("at quoted value!") == "at ***!"
    assert redact("debug is true") == "debug is true"
    assert redact("redis://:unknown-one@redis/0") == "redis://:***@redis/0"


def gate(name):
    return Gate(name, "tcp", port=1)


def test_all_that_does_not_fit_is_named_at_once(written):
    model = Model.load(written(of(a={"image": "x"})))
    check_request([["a"]], [gate("a")], 1, model)
    check_request([["b"]], [], 1, None)
    with pytest.raises(GateError) as caught:
        check_request([["a", "a"], ["b"]], [gate("c"), gate("c")], 0, model)
    assert str(caught.value) == (
        "deadline is 0 s, it should be more than 0 s; a is in waves twice; c has two gates, a service has one;"
        f" c has a gate but is in no wave; b is in waves but not in {model.path}"
    )
    with pytest.raises(GateError, match="waves holds 5"):
        check_request([["a", 5]], [], 1, model)
