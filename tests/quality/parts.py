# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run parts of the tests (make targets) one after the other; all of them, whatever fails: ``make test``.

A part that runs pytest leaves JUnit XML below .cache/test-results, and its cases are counted. Any other part
counts as one. A skipped test counts as a failure: a test that does not run proves nothing.
The last line reads ``N passed, M failed``; the exit status is 1 when M is not 0.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / ".cache" / "test-results"


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


def run(part: str) -> Result:
    """Run one make target, its output shown as it comes."""
    report = RESULTS / f"{part}.xml"
    report.unlink(missing_ok=True)
    print(f"\n=== {part}", flush=True)
    start = time.monotonic()
    status = subprocess.run(
        ["make", "--no-print-directory", part], cwd=ROOT, stdin=subprocess.DEVNULL, check=False
    ).returncode
    minutes = (time.monotonic() - start) / 60
    return Result(part, minutes, *counts(report, status))


def main(parts: list[str]) -> int:
    RESULTS.mkdir(parents=True, exist_ok=True)
    results = [run(part) for part in parts]
    print(f"\n{'part':<20} {'minutes':>7} {'passed':>7} {'failed':>7}")
    for result in results:
        print(f"{result.part:<20} {result.minutes:7.2f} {result.passed:7} {result.failed:7}")
    passed = sum(result.passed for result in results)
    failed = sum(result.failed for result in results)
    print(f"{'all':<20} {sum(result.minutes for result in results):7.2f} {passed:7} {failed:7}")
    print(f"\n{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
