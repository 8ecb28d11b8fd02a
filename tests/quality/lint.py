# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All static gates at once: ``make lint``. Quiet when clean; each finding names file and line."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import credentials
import dependencies
import licences
import names
import shell
import tree

BIN = Path(sys.executable).parent
# ansible-lint installs a copy of the collection below ANSIBLE_HOME; in the checkout's own it would shadow the checkout.
LINT_HOME = tree.ROOT / ".cache" / "lint"


def command(*arguments: str) -> list[str]:
    """Run a linter of the environment; returns its output when it is not satisfied, nothing when it is."""
    environment = {**os.environ, "ANSIBLE_HOME": str(LINT_HOME), "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    environment["NO_COLOR"] = "1"
    environment["ANSIBLE_COLLECTIONS_PATH"] = str((tree.ROOT / tree.SELF_LINK).parents[2])
    done = subprocess.run(
        [str(BIN / arguments[0]), *arguments[1:]],
        cwd=tree.ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return [] if done.returncode == 0 else [done.stdout.rstrip() or f"exit status {done.returncode}"]


def gates(files: list[str]) -> dict[str, Callable[[], list[str]]]:
    """Name -> what finds something wrong; the slowest first, because two run at a time."""
    yaml_files = [name for name in files if name.endswith((".yml", ".yaml")) or name == ".ansible-lint"]
    return {
        "ansible-lint": lambda: command("ansible-lint", "-q"),
        "ruff check": lambda: command("ruff", "check", "--quiet", "--output-format=concise"),
        "ruff format": lambda: command("ruff", "format", "--check"),
        "yamllint": lambda: command("yamllint", "--strict", "--format=parsable", *yaml_files),
        "shellcheck": lambda: shell.findings(str(BIN / "shellcheck"), files, tree.text),
        "changelog": lambda: command("antsibull-changelog", "lint"),
        "credentials": lambda: credentials.findings(tree.ROOT),
        "names": lambda: names.findings(files),
        "licences": lambda: licences.findings(files, tree.text),
        "dependencies": lambda: dependencies.findings(files, tree.text),
    }


def timed(gate: Callable[[], list[str]]) -> tuple[list[str], float]:
    start = time.monotonic()
    return gate(), time.monotonic() - start


def main() -> int:
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        running = {name: pool.submit(timed, gate) for name, gate in gates(tree.files()).items()}
        for name, future in running.items():
            found, seconds = future.result()
            print(f"lint: {name:<14} {'FAILED' if found else 'ok':<6} {seconds:6.1f} s", flush=True)
            for line in found:
                print(line, flush=True)
            if found:
                failed.append(name)
    if failed:
        print(f"lint: {len(failed)} not clean: {', '.join(failed)}; `make format` repairs what ruff can")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
