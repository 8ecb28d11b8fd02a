# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The built stand-in image, as the platform runs it."""

from __future__ import annotations

import base64
import datetime
import json
import os
import pathlib
import re
import secrets
import socket
import ssl
import subprocess
import sys

import pytest
import yaml
from embedded_containers import CONTEXT, Network, docker, image
from issued_certificates import DAY, Issue, pem

ROOT = CONTEXT.parents[3]
VECTORS = ROOT / "tests/unit/images/vectors"
KEY = "k" * 32


@pytest.fixture(scope="module")
def stand_in():
    return image("stand-in")


@pytest.fixture(scope="module")
def network():
    made = Network()
    yield made
    made.remove()


@pytest.fixture(scope="module")
def upstream(network):
    environment = {"REFERENCE_SERVICE": "chat-service", "PORT": "8114", "REFERENCE_FEATURES": "websocket"}
    container = network.run("chat-service", image("reference"), environment)
    container.when(8114, "/healthz", 200)
    return container


def declarative(*routes):
    """Return a declarative file; each route is (service, url, path)."""
    services = [
        {"name": name, "url": url, "routes": [{"name": name, "paths": [path], "strip_path": True}]}
        for name, url, path in routes
    ]
    return json.dumps({"_format_version": "3.0", "_transform": True, "services": services})


def run_kong(network, stand_in, alias, file):
    mounts = ("--volume", f"{file}:/kong/declarative/kong.json:ro")
    environment = {"STAND_IN": "kong", "KONG_DECLARATIVE_CONFIG": "/kong/declarative/kong.json"}
    container = network.run(alias, stand_in, environment, options=mounts)
    container.when(8001, "/status", 200)
    return container


@pytest.fixture(scope="module")
def kong(network, stand_in, upstream, tmp_path_factory):
    file = tmp_path_factory.mktemp("kong") / "kong.json"
    file.write_text(
        declarative(
            ("chat-service", "http://chat-service:8114", "/chat-service"),
            ("refused", "http://chat-service:1", "/refused"),
            ("unknown", "http://no-such-service:80", "/unknown"),
        ),
        encoding="utf-8",
    )
    return run_kong(network, stand_in, "kong", file)


@pytest.fixture(scope="module")
def ollama(network, stand_in):
    container = network.run("ollama", stand_in, {"STAND_IN": "ollama"}, options=("--volume", "/root/.ollama"))
    container.when(11434, "/api/version", 200)
    return container


def normalised(value):
    """Return the answer without what differs from process to process: digits and the configuration's digest."""
    text = re.sub(r"[0-9a-f]{32}", "<digest>", json.dumps(value, sort_keys=True))
    return json.loads(re.sub(r"\d+(\.\d+)?", "0", text))


def test_status_is_what_a_real_kong_answers_after_normalisation(kong):
    exchanges = json.loads((VECTORS / "dl-01-info.json").read_text(encoding="utf-8"))["exchanges"]
    recorded = next(exchange["response"] for exchange in exchanges if exchange["id"] == "get-status")
    answer = kong.ask(8001, "/status")
    assert answer.status == recorded["status"]
    assert answer.headers["Content-Type"] == recorded["headers"]["Content-Type"]
    assert normalised(answer.json()) == normalised(recorded["body"])


def gate(service):
    text = (ROOT / "roles/catalogue/defaults/main/gateway_tier.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["catalogue_gateway_services"][service]["ready"]["text"]


def test_the_catalogues_gate_tells_a_configured_kong_from_an_empty_one(network, stand_in, kong):
    empty = network.run("kong-empty", stand_in, {"STAND_IN": "kong"})
    unready = empty.when(8001, "/status", 200)
    assert unready.json()["configuration_hash"] == "0" * 32
    assert not re.search(gate("kong"), unready.body.decode())
    assert re.search(gate("kong"), kong.ask(8001, "/status").body.decode())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Return a certificate for the name that others on the network call Kong by, its key readable by Kong alone."""
    now = datetime.datetime.now(tz=datetime.timezone.utc)
    made = Issue(tmp_path_factory.mktemp("tls") / "kong-000001")
    made.write(names=("kong-tls",), addresses=(), begin=now - DAY, end=now + 90 * DAY)
    os.chown(made.folder / "tls.key", 1000, 1000)
    return made


def test_kong_over_tls_shows_the_certificate_that_it_was_given(network, stand_in, certificate):
    names = {"KONG_SSL_CERT": "tls.crt", "KONG_SSL_CERT_KEY": "tls.key"}
    environment = {"STAND_IN": "kong"} | {name: f"/kong/tls/{file}" for name, file in names.items()}
    environment |= {name.replace("KONG_", "KONG_ADMIN_"): environment[name] for name in names}
    mounts = [
        part for file in names.values() for part in ("--volume", f"{certificate.folder}/{file}:/kong/tls/{file}:ro")
    ]
    container = network.run("kong-tls", stand_in, environment, options=mounts)
    container.when(8001, "/status", 200)
    trust = ssl.create_default_context(cadata=pem(certificate.authority.certificate).decode())
    for port, said in ((8443, b" 404 "), (8444, b" 200 ")):
        with (
            socket.create_connection((container.address, port), 10) as plain,
            trust.wrap_socket(plain, server_hostname="kong-tls") as connection,
        ):
            connection.sendall(b"GET /status HTTP/1.1\r\nHost: kong-tls\r\nConnection: close\r\n\r\n")
            assert said in connection.recv(4096).partition(b"\r\n")[0]
        with (
            socket.create_connection((container.address, port), 10) as plain,
            pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"),
        ):
            trust.wrap_socket(plain, server_hostname="kong")


def test_a_path_without_a_route_is_answered_as_kong_answers_it(kong):
    answer = kong.ask(8000, "/nothing")
    assert answer.status == 404
    assert answer.body == b'{"message":"no Route matched with those values"}'


def test_a_route_strips_its_path_and_passes_the_answer_on(kong):
    answer = kong.ask(8000, "/chat-service/healthz")
    assert (answer.status, answer.json()["service"]) == (200, "chat-service")
    assert answer.headers["Via"] == "kong/3.4.2"
    assert answer.headers["X-Stand-In"] == "sahool.platform stand-in for kong"


def test_an_error_of_the_upstream_is_passed_on(kong):
    assert kong.ask(8000, "/chat-service/nothing").json()["error"] == "no such path: /nothing"


def test_a_refused_connection_is_a_bad_gateway_and_an_unknown_name_is_unavailable(kong):
    refused, unknown = kong.ask(8000, "/refused"), kong.ask(8000, "/unknown")
    assert refused.status == 502
    assert refused.json()["message"] == "An invalid response was received from the upstream server"
    assert (unknown.status, unknown.json()["message"]) == (503, "name resolution failed")


def test_a_body_is_passed_on_and_the_connection_is_kept(kong):
    """Two requests on one connection: an unread body would be taken for the second request."""
    body = b"x" * 100_000
    head = b"POST /chat-service/healthz HTTP/1.1\r\nHost: kong\r\nContent-Length: %d\r\n\r\n" % len(body)
    with socket.create_connection((kong.address, 8000), 10) as connection:
        connection.sendall(head + body + b"GET /nothing HTTP/1.1\r\nHost: kong\r\nConnection: close\r\n\r\n")
        said = b"".join(iter(lambda: connection.recv(65536), b""))
    assert re.findall(rb"HTTP/1.1 (\d{3})", said) == [b"405", b"404"]


def test_a_websocket_goes_through_the_proxy(kong):
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    request = (
        "GET /chat-service/ws HTTP/1.1\r\nHost: kong\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    with socket.create_connection((kong.address, 8000), 10) as connection:
        connection.sendall(request.encode())
        stream = connection.makefile("rb")
        assert stream.readline() == b"HTTP/1.1 101 Switching Protocols\r\n"
        while stream.readline() != b"\r\n":
            pass
        for message in (b"salam", b"y" * 125):
            connection.sendall(bytes([0x81, 0x80 | len(message), 0, 0, 0, 0]) + message)
            assert stream.read(2 + len(message)) == bytes([0x81, len(message)]) + message
        connection.sendall(bytes([0x88, 0x82, 0, 0, 0, 0]) + (1000).to_bytes(2, "big"))
        assert stream.read() == bytes([0x88, 2]) + (1000).to_bytes(2, "big")


def test_the_command_line_of_the_health_check_tells_up_from_down(kong, network, stand_in):
    assert kong.run_inside("kong", "health").returncode == 0
    other = network.run("not-kong", stand_in, {"STAND_IN": "minio"})
    other.when(9000, "/minio/health/ready", 200)
    assert other.run_inside("kong", "health").returncode == 1


def test_a_file_that_needs_the_real_kong_stops_the_start(network, stand_in, tmp_path):
    file = tmp_path / "kong.json"
    file.write_text('{"_format_version": "3.0", "consumers": []}', encoding="utf-8")
    environment = {"STAND_IN": "kong", "KONG_DECLARATIVE_CONFIG": "/kong.json"}
    container = network.run("kong-refused", stand_in, environment, options=("--volume", f"{file}:/kong.json:ro"))
    assert docker("wait", container.name) == "1"
    assert "/kong.json: declarative configuration: consumers not served by the stand-in" in container.log()


def test_the_rendered_template_is_served(network, stand_in, upstream, tmp_path):
    routes = [{"service": "chat-service", "path": "/chat-service"}, {"service": "b", "path": "/b"}]
    file = tmp_path / "kong.json"
    variables = {
        "addresses": {"chat-service": {"host": "chat-service", "port": 8114}, "b": {"host": "b", "port": 1}},
        "routes": routes,
    }
    template = ROOT / "roles/release/templates/kong/kong.json.j2"
    arguments = f"src={template} dest={file} mode=0444"
    subprocess.run(
        [
            str(pathlib.Path(sys.executable).with_name("ansible")),
            "localhost",
            "-i",
            "localhost,",
            "-c",
            "local",
            "-m",
            "ansible.builtin.template",
            "-a",
            arguments,
            "-e",
            json.dumps({**variables, "ansible_python_interpreter": "{{ ansible_playbook_python }}"}),
        ],
        check=True,
        cwd=ROOT,
        capture_output=True,
    )
    kong = run_kong(network, stand_in, "kong-rendered", file)
    assert kong.ask(8000, "/chat-service/healthz").json()["service"] == "chat-service"
    assert kong.ask(8000, "/b").status == 503


def test_qdrant_wants_its_key_and_takes_grpc_connections(network, stand_in):
    qdrant = network.run("qdrant", stand_in, {"STAND_IN": "qdrant", "QDRANT__SERVICE__API_KEY": KEY})
    assert qdrant.when(6333, "/readyz", 200).body == b"all shards are ready"
    assert qdrant.ask(6333, "/healthz").body == b"healthz check passed"
    refused = qdrant.ask(6333, "/collections")
    assert (refused.status, refused.body) == (403, b"Invalid api-key")
    assert qdrant.ask(6333, "/collections", headers={"api-key": KEY}).json()["status"] == "ok"
    socket.create_connection((qdrant.address, 6334), 5).close()
    assert KEY not in qdrant.log()


def test_minio_listens_where_its_command_line_says(network, stand_in):
    arguments = ("server", "/data", "--address", ":9000", "--console-address", ":9002")
    minio = network.run("minio", stand_in, {"STAND_IN": "minio"}, arguments)
    for path in ("/minio/health/live", "/minio/health/ready", "/minio/health/cluster"):
        assert minio.when(9000, path, 200).body == b""
    assert minio.ask(9002, "/").status == 200
    assert minio.ask(9000, "/bucket").status == 403


def load_model(network, stand_in, alias, model):
    """Run the catalogue's own loader command; Compose's ``$$`` is one dollar sign."""
    text = (ROOT / "roles/catalogue/defaults/main/ai_tier.yml").read_text(encoding="utf-8")
    entry = yaml.safe_load(text)["catalogue_ai_services"]["ollama-model-loader"]
    command = [part.replace("$$", "$") for part in [*entry["entrypoint"][1:], *entry["command"]]]
    environment = {"OLLAMA_URL": "http://ollama:11434", "OLLAMA_MODEL": model}
    container = network.run(alias, stand_in, environment, command, ("--entrypoint", entry["entrypoint"][0]))
    return int(docker("wait", container.name)), container.log(), entry["ready"]["text"]


def test_the_loader_loads_a_known_model_and_the_gate_sees_it(network, stand_in, ollama):
    code, log, predicate = load_model(network, stand_in, "loader", "llama3.2:1b")
    assert code == 0, log
    assert re.search(predicate, ollama.ask(11434, "/api/tags").body.decode())
    assert ollama.run_inside("ollama", "list").stdout.count("llama3.2:1b") > 0
    docker("restart", "--time", "5", ollama.name)
    models = ollama.when(11434, "/api/tags", 200).json()["models"]
    assert [model["name"] for model in models] == ["llama3.2:1b"]


def test_the_loader_fails_on_an_error_inside_the_stream(network, stand_in, ollama):
    answer = ollama.ask(11434, "/api/pull", "POST", json.dumps({"model": "deepseek"}))
    lines = [json.loads(line) for line in answer.body.splitlines()]
    assert (answer.status, lines[-1]) == (200, {"error": "pull model manifest: file does not exist"})
    code, log, _predicate = load_model(network, stand_in, "loader-unknown", "deepseek")
    assert code == 1
    assert "file does not exist" in log
    assert "the model was not loaded" in log


def test_the_loader_fails_when_nobody_answers(network, stand_in):
    lonely = Network()
    try:
        code, log, _predicate = load_model(lonely, stand_in, "loader-alone", "llama3.2:1b")
    finally:
        lonely.remove()
    assert code == 1
    assert "curl" in log


@pytest.mark.parametrize("environment", [{}, {"STAND_IN": "postgres"}])
def test_an_unknown_face_is_refused_with_the_names_of_those_there_are(network, stand_in, environment):
    container = network.run(f"nobody-{len(environment)}", stand_in, environment)
    assert docker("wait", container.name) == "2"
    assert "expected one of kong, minio, ollama, qdrant" in container.log()


def test_it_says_what_it_is_runs_unprivileged_and_stops_at_once(network, stand_in, record_property):
    container = network.run("stopped", stand_in, {"STAND_IN": "kong"})
    container.when(8001, "/status", 200)
    cpu, memory = container.cost()
    size = int(docker("image", "inspect", "--format", "{{.Size}}", stand_in)) / 1e6
    figures = f"{cpu:.3f} CPU s to ready, {memory:.1f} MiB, image {size:.0f} MB"
    record_property("stand-in", figures)
    print(f"stand-in (kong): {figures}")
    assert container.run_inside("id", "-u").stdout.strip() == "1000"
    code, seconds = container.stop()
    assert code == 0
    assert seconds < 5
    assert "this is a stand-in of sahool.platform, not kong itself" in container.log()
