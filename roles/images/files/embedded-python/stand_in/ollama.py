# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ollama's model list and pull: an unknown model is an error inside a stream that began with 200, as in Ollama."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import time

from serving.log import log
from serving.message import Request, Response, json_response, render_head
from serving.server import Exchange, Listener
from stand_in.face import ConfigurationError, marked, server_name

__all__ = ["ConfigurationError", "listeners"]

VERSION = "0.5.4"
PORT = 11434
MODEL_FILE = pathlib.Path("/root/.ollama/stand-in-models.json")
# Stands for Ollama's public library; anything else is unknown to it, as "deepseek" is to the real one.
LIBRARY = ("llama3.2:1b", "llama3.2:3b", "llama3.2:latest", "nomic-embed-text:latest")
UNKNOWN = "pull model manifest: file does not exist"
SIZE = 4096


def full_name(name: str) -> str:
    """Return a model's name with its tag; Ollama takes ``latest`` when none is given."""
    return name if ":" in name else f"{name}:latest"


def describe(name: str, modified: str) -> dict[str, object]:
    """Return a model as /api/tags lists it."""
    return {
        "name": name,
        "model": name,
        "modified_at": modified,
        "size": SIZE,
        "digest": hashlib.sha256(name.encode()).hexdigest(),
        "details": {"parent_model": "", "format": "stand-in", "family": name.partition(":")[0], "families": None},
    }


def pull_lines(name: str, known: bool) -> list[dict[str, object]]:
    """Return the lines that a pull of ``name`` streams."""
    if not known:
        return [{"status": "pulling manifest"}, {"error": UNKNOWN}]
    digest = hashlib.sha256(name.encode()).hexdigest()
    layer = {"status": f"pulling {digest[:12]}", "digest": f"sha256:{digest}", "total": SIZE}
    return [
        {"status": "pulling manifest"},
        layer,
        {**layer, "completed": SIZE},
        {"status": "verifying sha256 digest"},
        {"status": "writing manifest"},
        {"status": "success"},
    ]


class ModelStore:
    """The models pulled so far, in a file on the service's volume."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path

    def load(self) -> dict[str, str]:
        """Return name -> time of the pull. Raises ConfigurationError when the file is not what was written."""
        try:
            models = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise ConfigurationError(f"{self.path} is not JSON ({error}): remove it and pull again") from error
        if not isinstance(models, dict):
            raise ConfigurationError(f"{self.path} holds no object of models: remove it and pull again")
        return models

    def add(self, name: str) -> None:
        """Record ``name`` as pulled now; the file is replaced as a whole. Raises OSError."""
        models = {**self.load(), name: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(models), encoding="utf-8")
        os.replace(draft, self.path)


def _wanted_model(body: bytes) -> tuple[str, bool]:
    """Return the model's full name and whether a stream is wanted. Raises ValueError."""
    asked = json.loads(body or b"null")
    if not isinstance(asked, dict) or not isinstance(asked.get("model") or asked.get("name"), str):
        raise ValueError("missing request body or model")
    return full_name(asked.get("model") or asked.get("name")), asked.get("stream", True) is not False


def pull(exchange: Exchange, store: ModelStore) -> Response | None:
    """Answer POST /api/pull."""
    try:
        name, stream = _wanted_model(exchange.body())
    except ValueError as error:
        return json_response(400, {"error": str(error)})
    lines = pull_lines(name, name in LIBRARY)
    if "error" not in lines[-1]:
        try:
            store.add(name)
        except OSError as error:
            lines = [lines[0], {"error": f"model list {store.path} cannot be written: {error.strerror}"}]
    log(f"pull of {name}: {lines[-1].get('error') or 'success'}")
    if not stream:
        return json_response(500 if "error" in lines[-1] else 200, lines[-1])
    head = Response(200).with_header("Content-Type", "application/x-ndjson")
    fields = [*marked("ollama", head).headers, ("Transfer-Encoding", "chunked"), ("Connection", "close")]
    exchange.stream.send(render_head("HTTP/1.1 200 OK", fields))
    for line in lines:
        data = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        exchange.stream.send(b"%x\r\n%s\r\n" % (len(data), data))
    exchange.stream.send(b"0\r\n\r\n")
    exchange.keep = False
    return None


def answer(request: Request, exchange: Exchange, store: ModelStore) -> Response | None:
    """Return the answer to one request, or None when it was streamed."""
    call = (request.method, request.path)
    if call == ("POST", "/api/pull"):
        return pull(exchange, store)
    if request.method not in ("GET", "HEAD"):
        return Response(404, b"404 page not found")
    if request.path == "/":
        return Response(200, b"Ollama is running (sahool.platform stand-in)")
    if request.path == "/api/version":
        return json_response(200, {"version": VERSION})
    if request.path == "/api/tags":
        return json_response(200, {"models": [describe(name, when) for name, when in sorted(store.load().items())]})
    return Response(404, b"404 page not found")


def listeners(environment: dict[str, str], arguments: list[str]) -> list[Listener]:
    """Open 11434. Raises ConfigurationError when the stored list of models cannot be read."""
    store = ModelStore(MODEL_FILE)
    store.load()

    def handle(request: Request, exchange: Exchange) -> Response | None:
        response = answer(request, exchange, store)
        return None if response is None else marked("ollama", response)

    return [Listener(PORT, handle, server_name("ollama"))]
