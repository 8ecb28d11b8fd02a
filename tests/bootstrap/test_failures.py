# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each way in which the bootstrap can fail ends in one sentence that says what was found and what to do."""

from __future__ import annotations

import http.server
import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WHEEL = "uv-0.13.9-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
WHEEL_ARM = "uv-0.13.9-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl"


@pytest.fixture
def checkout(tmp_path):
    """A copy of what the bootstrap needs, so that nothing here touches the environment that runs the tests."""
    shutil.copytree(ROOT / "bootstrap", tmp_path / "bootstrap", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    return tmp_path


@pytest.fixture
def index():
    """A package index on loopback; `pages` maps a path to its body, `seen` keeps (path, Authorization)."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            server.seen.append((self.path, self.headers.get("Authorization")))
            body = server.pages.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.pages, server.seen = {}, []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def run(checkout, index_url, *arguments, program="bootstrap/environment.py"):
    environment = {"PATH": os.environ["PATH"], "UV_INDEX_URL": index_url}
    command = [sys.executable, program, *(arguments or ("requirements.txt",))]
    done = subprocess.run(command, cwd=checkout, env=environment, text=True, capture_output=True, check=False)
    assert "Traceback" not in done.stderr
    return done


def url(server, user_info=""):
    return f"http://{user_info}127.0.0.1:{server.server_address[1]}/simple/"


def links():
    return "".join(f'<a href="../../files/{name}#sha256=0">{name}</a>' for name in (WHEEL, WHEEL_ARM)).encode()


def test_a_forged_wheel_is_not_used(checkout, index):
    index.pages = {"/simple/uv/": links(), f"/files/{WHEEL}": b"forged", f"/files/{WHEEL_ARM}": b"forged"}
    done = run(checkout, url(index))
    assert done.returncode == 1
    assert "has SHA-256" in done.stderr and "it was not used" in done.stderr
    assert not list((checkout / ".cache").rglob("uv"))


def test_an_index_without_the_wheel(checkout, index):
    index.pages = {"/simple/uv/": b'<a href="uv-0.0.1.whl">uv-0.0.1.whl</a>'}
    done = run(checkout, url(index))
    assert done.returncode == 1
    assert "does not list uv-0.13.9" in done.stderr and "UV_INDEX_URL" in done.stderr


def test_an_index_that_refuses(checkout, index):
    done = run(checkout, url(index))
    assert done.returncode == 1
    assert "/simple/uv/ answered 404" in done.stderr


def test_credentials_go_into_a_header_and_not_into_a_message(checkout, index):
    done = run(checkout, url(index, "robot:se%40cret@"))
    assert index.seen == [("/simple/uv/", "Basic cm9ib3Q6c2VAY3JldA==")]
    assert "se%40cret" not in done.stderr + done.stdout


def test_an_index_that_nobody_serves(checkout):
    with socket.socket() as taken:  # bound and not listening: connections are refused for as long as it is open
        taken.bind(("127.0.0.1", 0))
        done = run(checkout, f"http://127.0.0.1:{taken.getsockname()[1]}/simple")
    assert done.returncode == 1
    assert "cannot be reached" in done.stderr and "Check network and proxy" in done.stderr


def test_a_python_that_is_too_old(checkout):
    pretend = "import runpy, sys; sys.version_info = (3, 9, 2); runpy.run_path('bootstrap/environment.py')"
    done = run(checkout, "", pretend, program="-c")
    assert done.returncode == 1
    assert "is Python 3.9" in done.stderr and "make PYTHON=python3.12 venv" in done.stderr


def test_a_checkout_that_cannot_be_written(checkout):
    (checkout / ".cache").write_text("in the way", encoding="utf-8")
    done = run(checkout, "")
    assert done.returncode == 1
    assert f"cannot write {checkout / '.cache'}" in done.stderr


def test_a_lock_that_is_missing(checkout):
    (checkout / "requirements.txt").unlink()
    done = run(checkout, "")
    assert done.returncode == 1
    assert "git checkout -- requirements.txt" in done.stderr


def test_an_unknown_lock(checkout):
    done = run(checkout, "", "other.txt")
    assert done.returncode == 1
    assert "usage: environment.py requirements.txt|requirements-dev.txt" in done.stderr


def test_the_developers_lock_holds_the_controllers():
    """The stamp takes the one for the other, so every pin of the controller must stand in the developer's lock."""

    def pins(name):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        return {line.split(";")[0].strip(" \\") for line in lines if "==" in line and not line.startswith((" ", "#"))}

    assert pins("requirements.txt") - pins("requirements-dev.txt") == set()
