# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-test sanity and the artefact, on an export of the working tree: ``make sanity``.

ansible-test makes its own environments below $HOME/.ansible/test, so HOME is a folder of the cache. It fetches
get-pip from a host that a closed network does not reach; a script of that name in its cache, which runs the pip of
our lock, answers instead. The packages themselves come from the package index.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import artefact
import export
import tree

BIN = Path(sys.executable).parent
HOME = tree.ROOT / ".cache" / "sanity"

GET_PIP = '''\
"""Stands where ansible-test keeps get-pip: installs what it is asked for by the pip of the developer's environment."""
import runpy
import sys

sys.path.insert(0, {site!r})
asked = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
sys.argv[1:] = ["install", "--quiet", "--ignore-installed", *asked]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
'''
# The same as in bootstrap/index.py.
INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
NOT_RUN = re.compile(r"^WARNING: (?:Skipping|Skipped) .*$", re.MULTILINE)


def pip_version() -> str:
    """The version of pip that ansible-test asks for, a private matter of each core; the script's name carries it."""
    from ansible_test._internal.python_requirements import get_venv_packages

    running = SimpleNamespace(version=f"{sys.version_info[0]}.{sys.version_info[1]}")
    return get_venv_packages(running)["pip"]


def prepare_home() -> None:
    """Answer get-pip, and hand pip the index and the certificates, which ansible-test does not pass on."""
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    site = next((BIN.parent / "lib").glob("python3.*/site-packages"))
    script = cache / f"get_pip_{pip_version().replace('.', '_')}.py"
    script.write_text(GET_PIP.format(site=str(site)), encoding="utf-8")
    lines = ["quiet = 1"]
    lines += [f"index-url = {os.environ[name]}" for name in INDEX_VARIABLES if os.environ.get(name)][:1]
    if os.environ.get("SSL_CERT_FILE"):
        lines.append(f"cert = {os.environ['SSL_CERT_FILE']}")
    config = HOME / ".config" / "pip" / "pip.conf"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("\n".join(["[global]", *lines, ""]), encoding="utf-8")
    config.chmod(0o600)


def search_path() -> str:
    """PATH for ansible-test, which runs some tests on every `python3.N` there.

    pyenv's shims stand there for interpreters that are not active and then do not run: its real folders replace them.
    """
    folders = [str(BIN)]
    for folder in os.environ["PATH"].split(os.pathsep):
        if folder.endswith("/shims"):
            folders += sorted(str(versions) for versions in Path(folder).parent.glob("versions/3.*/bin"))
        else:
            folders.append(folder)
    return os.pathsep.join(folders)


def environment() -> dict[str, str]:
    home = {"HOME": str(HOME), "ANSIBLE_HOME": str(HOME / ".ansible")}
    return {**os.environ, **home, "PATH": search_path(), "NO_COLOR": "1"}


def run_ansible_test(source: Path, arguments: list[str]) -> tuple[int, str]:
    """Exit status and output of ansible-test sanity in ``source``."""
    done = subprocess.run(
        [str(BIN / "ansible-test"), "sanity", "--color", "no", *arguments],
        cwd=source,
        env=environment(),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    # It exits 0 when it found nothing to test.
    return done.returncode or int("All targets skipped" in done.stdout), done.stdout


def main(arguments: list[str]) -> int:
    start = time.monotonic()
    source = export.refresh()
    try:
        archive = artefact.build(str(BIN / "ansible-galaxy"), source, tree.ROOT / "build", environment())
        found = artefact.findings(archive, tree.files())
    except RuntimeError as error:
        found = [str(error)]
    for line in found:
        print(line)
    print(f"sanity: artefact {'FAILED' if found else 'ok'} {time.monotonic() - start:.1f} s", flush=True)

    prepare_home()
    status, output = run_ansible_test(source, arguments)
    if status != 0:
        print(output)
    for line in sorted(set(NOT_RUN.findall(output))):
        print(f"sanity: not run here: {line.removeprefix('WARNING: ')}")
    print(f"sanity: ansible-test {'FAILED' if status else 'ok'} {time.monotonic() - start:.1f} s", flush=True)
    return 1 if status or found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
