# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run parts of the tests (make targets), all of them, whatever fails: ``make test``.

Arguments are run one after the other. One is a part, or several lanes of parts that run side by side, because
none of them keeps all cores busy: ``lint,sanity/test-images,test-bootstrap`` has two lanes of two parts. What parts of
several lanes print is shown when each has ended, else as it comes.

A part that runs pytest leaves JUnit XML below .cache/test-results, and its cases are counted. Any other part
counts as one. A skipped test counts as a failure: a test that does not run proves nothing.
The last line reads ``N passed, M failed``; the exit status is 1 when M is not 0.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / ".cache" / "test-results"
SHOWING = threading.Lock()


@dataclass(frozen=True)
class Result:
    part: str
    minutes: float
    passed: int
    failed: int


def counts(report: Path, exit_status: int) -> tuple[int, int]:
    """How many cases of a part passed and failed, by its JUnit XML ``report`` and the exit status of make.

    A part that failed without a failed case (a crash, a fixture that could not be made) counts as one failure.
    """
    passed = failed = 0
    if report.exists():
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314 - our own pytest wrote it
            number = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
            bad = number["failures"] + number["errors"] + number["skipped"]
            failed += bad
            passed += number["tests"] - bad
    elif exit_status == 0:
        passed = 1
    if exit_status != 0 and failed == 0:
        failed = 1
    return passed, failed


def run(part: str, *, live: bool) -> Result:
    """Run one make target; its output is shown as it comes, or at once in the end."""
    report = RESULTS / f"{part}.xml"
    report.unlink(missing_ok=True)
    if live:
        print(f"\n=== {part}", flush=True)
    start = time.monotonic()
    done = subprocess.run(
        ["make", "--no-print-directory", part],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=None if live else subprocess.PIPE,
        stderr=None if live else subprocess.STDOUT,
        text=True,
        check=False,
    )
    minutes = (time.monotonic() - start) / 60
    if not live:
        with SHOWING:
            print(f"\n=== {part}\n{done.stdout}", end="", flush=True)
    return Result(part, minutes, *counts(report, done.returncode))


def run_group(argument: str) -> list[Result]:
    """Run the lanes of one argument side by side, the parts of each in turn."""
    lanes = [lane.split(",") for lane in argument.split("/")]
    with ThreadPoolExecutor(max_workers=len(lanes)) as pool:
        ended = pool.map(lambda lane: [run(part, live=len(lanes) == 1) for part in lane], lanes)
    return [result for lane in ended for result in lane]


def main(arguments: list[str]) -> int:
    RESULTS.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    results = [result for argument in arguments for result in run_group(argument)]
    minutes = (time.monotonic() - start) / 60
    print(f"\n{'part':<20} {'minutes':>7} {'passed':>7} {'failed':>7}")
    for result in results:
        print(f"{result.part:<20} {result.minutes:7.2f} {result.passed:7} {result.failed:7}")
    passed = sum(result.passed for result in results)
    failed = sum(result.failed for result in results)
    print(f"{'all':<20} {minutes:7.2f} {passed:7} {failed:7}")
    print(f"\n{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
