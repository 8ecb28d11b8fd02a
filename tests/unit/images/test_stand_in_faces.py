# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Qdrant's, MinIO's and Ollama's answers, without a socket."""

from __future__ import annotations

import json

import pytest

from serving.message import Headers, Request
from stand_in import minio, ollama, qdrant
from stand_in.face import ConfigurationError


def request(path, method="GET", **headers):
    return Request(
        method, path, "HTTP/1.1", Headers([(name.replace("_", "-"), text) for name, text in headers.items()])
    )


@pytest.mark.parametrize("path", ["/healthz", "/livez"])
def test_qdrant_health_is_plain_text_and_needs_no_key(path):
    response = qdrant.answer(request(path), "secret")
    assert (response.status, response.body) == (200, b"healthz check passed")
    assert response.headers[0][1].startswith("text/plain")


@pytest.mark.parametrize(("headers", "status"), [({}, 403), ({"api_key": "wrong"}, 403), ({"api_key": "secret"}, 200)])
def test_qdrant_collections_need_the_key(headers, status):
    response = qdrant.answer(request("/collections", **headers), "secret")
    assert response.status == status
    if status == 200:
        assert json.loads(response.body)["result"] == {"collections": []}
    else:
        assert response.body == b"Invalid api-key"


def test_qdrant_without_a_key_is_open_as_the_real_one_is():
    assert qdrant.answer(request("/collections"), "").status == 200


@pytest.mark.parametrize("path", ["/minio/health/live", "/minio/health/ready", "/minio/health/cluster"])
def test_minio_health_answers_without_a_body(path):
    response = minio.answer(request(path))
    assert (response.status, response.body) == (200, b"")


def test_minio_denies_the_storage_api():
    response = minio.answer(request("/bucket"))
    assert response.status == 403
    assert b"<Code>AccessDenied</Code>" in response.body


@pytest.mark.parametrize(
    "arguments", [["server", "/data", "--console-address", ":9002"], ["server", "--console-address=0.0.0.0:9002"]]
)
def test_minio_reads_the_console_port_of_its_own_command_line(arguments):
    assert minio.port_of("--console-address", arguments, 9001) == 9002
    assert minio.port_of("--address", arguments, 9000) == 9000


def test_minio_refuses_an_address_without_a_port():
    with pytest.raises(ConfigurationError, match="--console-address"):
        minio.port_of("--console-address", ["--console-address"], 9001)


def test_minio_refuses_the_short_password_that_minio_refuses():
    with pytest.raises(ConfigurationError) as refused:
        minio.check_credentials({"MINIO_ROOT_USER": "sahool", "MINIO_ROOT_PASSWORD": "tooshort"[:7]})
    assert "tooshor" not in str(refused.value)


def test_minio_takes_its_credentials_out_of_its_file(tmp_path):
    file = tmp_path / "config.env"
    file.write_text('# root\nexport MINIO_ROOT_USER="farm"\nMINIO_ROOT_PASSWORD="short"\n')
    found = minio.with_config_file({"MINIO_CONFIG_ENV_FILE": str(file), "MINIO_BROWSER": "on"})
    assert (found["MINIO_ROOT_USER"], found["MINIO_ROOT_PASSWORD"], found["MINIO_BROWSER"]) == ("farm", "short", "on")
    with pytest.raises(ConfigurationError, match="expected at least"):
        minio.check_credentials(found)
    with pytest.raises(ConfigurationError, match="MINIO_CONFIG_ENV_FILE"):
        minio.with_config_file({"MINIO_CONFIG_ENV_FILE": str(tmp_path / "none")})


def test_qdrant_takes_its_key_out_of_its_local_configuration_and_the_environment_comes_last(tmp_path):
    file = tmp_path / "local.yaml"
    assert qdrant.configured_key({}, str(file)) == ""
    file.write_text('service:\n  api_key: "Key7"\n')
    assert qdrant.configured_key({}, str(file)) == "Key7"
    assert qdrant.configured_key({"QDRANT__SERVICE__API_KEY": "Other8"}, str(file)) == "Other8"
    file.unlink()
    file.mkdir()
    with pytest.raises(ConfigurationError, match="Is a directory"):
        qdrant.configured_key({}, str(file))


def test_an_unknown_model_is_an_error_after_the_first_line():
    first, *rest = ollama.pull_lines("deepseek:latest", known=False)
    assert "error" not in first
    assert rest == [{"error": "pull model manifest: file does not exist"}]


def test_a_known_model_ends_in_success():
    assert ollama.pull_lines("llama3.2:1b", known=True)[-1] == {"status": "success"}


def test_a_model_without_a_tag_is_the_latest():
    assert [ollama.full_name("llama3.2"), ollama.full_name("llama3.2:1b")] == ["llama3.2:latest", "llama3.2:1b"]


def test_pulled_models_are_kept(tmp_path):
    store = ollama.ModelStore(tmp_path / "models.json")
    assert store.load() == {}
    store.add("llama3.2:1b")
    store.add("llama3.2:3b")
    assert sorted(ollama.ModelStore(tmp_path / "models.json").load()) == ["llama3.2:1b", "llama3.2:3b"]


@pytest.mark.parametrize("text", ["{", "[]"])
def test_a_broken_list_of_models_is_named(tmp_path, text):
    file = tmp_path / "models.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"models\.json"):
        ollama.ModelStore(file).load()
