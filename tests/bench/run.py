# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a deployment costs, beside Compose alone with the very same model. Prints a table and JSON.

make bench
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import platform as machine
import subprocess
import sys
import tempfile
import time
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from platform_run import Platform, Run

CHANGED = "billing-core"
BARS = {"first deploy / bare compose up": 2.5, "no change": 8.0, "one tag changed": 15.0, "idle memory GiB": 4.0}


def main() -> int:
    """Run the bench.

    :returns: 0 when all runs went well, whatever they took.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=pathlib.Path, help="also write the figures here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sahool-bench-") as folder:
        bench = Platform(f"sahool-bench-{os.getpid()}", 12000, pathlib.Path(folder))
        try:
            figures = measure(bench)
        finally:
            ended(bench.destroy())
    print(table(figures))
    print(json.dumps(figures))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


def measure(bench: Platform) -> dict[str, Any]:
    """Take all figures; seconds but where the name says otherwise."""
    overrides = {CHANGED: {"tag": "v16.0.1"}}
    ended(bench.play("images.yml"))
    ended(bench.play("images.yml", overrides=overrides))
    first = timed(lambda: ended(bench.play("deploy.yml")))
    unchanged = timed(lambda: ended(bench.play("deploy.yml")))
    before = bench.containers()
    changed = timed(lambda: ended(bench.play("deploy.yml", overrides=overrides)))
    after = bench.containers()
    replaced = [name for name in after if after[name]["Id"] != before[name]["Id"]]
    ended(bench.play("deploy.yml"))
    memory = idle_memory(bench.containers())
    model = bench.home / "current" / "compose.yaml"
    compose = ["docker", "compose", "--project-name", bench.project, "--file", str(model)]
    subprocess.run([*compose, "down", "--volumes"], check=True, capture_output=True)
    bare = timed(lambda: subprocess.run([*compose, "up", "--detach"], check=True, capture_output=True))
    return {
        "machine": f"{os.cpu_count()} cores, {machine.platform()}",
        "containers": len(after),
        "bare compose up": round(bare, 1),
        "first deploy": round(first, 1),
        "first deploy / bare compose up": round(first / bare, 2),
        "no change": round(unchanged, 1),
        "one tag changed": round(changed, 1),
        "containers replaced by the changed tag": replaced,
        "idle memory GiB": round(memory / 2**30, 2),
    }


def timed(call: Any) -> float:
    """Return the seconds that *call* takes."""
    begin = time.monotonic()
    call()
    return time.monotonic() - begin


def ended(run: Run) -> Run:
    """Return *run* when it went well.

    :raises SystemExit: it did not; with its output.
    """
    if run.returncode:
        raise SystemExit(f"{run.output}\nThe bench stops: a playbook ended with {run.returncode}.")
    return run


def idle_memory(containers: dict[str, Any]) -> int:
    """Return the bytes that all containers use, as ``docker stats`` counts them (cache not counted)."""
    ids = [found["Id"] for found in containers.values() if found["State"]["Running"]]
    lines = subprocess.run(
        ["docker", "stats", "--no-stream", "--format", "{{.MemUsage}}", *ids],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    units = {"GiB": 2**30, "MiB": 2**20, "KiB": 2**10, "B": 1}
    total = 0.0
    for line in lines:
        used = line.split("/")[0].strip()
        unit = next(unit for unit in units if used.endswith(unit))
        total += float(used.removesuffix(unit)) * units[unit]
    return int(total)


def table(figures: dict[str, Any]) -> str:
    """Return the figures for people, with the bars that they should stay under."""
    rows = [(name, str(value), f"<= {BARS[name]:g}" if name in BARS else "") for name, value in figures.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


if __name__ == "__main__":
    raise SystemExit(main())
