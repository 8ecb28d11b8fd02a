# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting in real threads, on the real clock."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

from evil_servers import answering, dripping, http_answer, silent

from ansible_collections.sahool.platform.plugins.module_utils._health.answer import ready
from ansible_collections.sahool.platform.plugins.module_utils._health.gate import Gate
from ansible_collections.sahool.platform.plugins.module_utils._health.wait import wait_until_ready


def test_53_services_of_which_5_are_down_end_at_the_deadline(start):
    good = answering(http_answer(b'{"status": "ok"}'))
    gates = [Gate(f"up-{number}", "http", port=start(good).port, json={"status": ["ok"]}) for number in range(48)]
    down = [
        Gate("silent", "http", port=start(silent).port),
        Gate("dripping", "http", port=start(dripping()).port),
        Gate("refusing", "http", host="127.0.0.2", port=start(silent).port),
        Gate("degraded", "http", port=start(answering(http_answer(b'{"status": "no"}'))).port, json={"status": ["ok"]}),
        Gate("lost", "postgres", port=start(silent).port, username="u"),
    ]
    began = time.monotonic()
    outcomes = wait_until_ready([*gates, *down], 3)
    seconds = time.monotonic() - began
    assert 2.9 < seconds < 3.5
    assert [name for name, outcome in outcomes.items() if not outcome.ready] == [asked.name for asked in down]
    assert max(outcomes[asked.name].seconds for asked in gates) < 2


def test_a_probe_that_keeps_to_no_timeout_does_not_delay_the_return():
    released = threading.Event()

    def probe(gate, timeout):
        if gate.name == "hanging":
            released.wait(30)  # as in a resolver that does not answer
        return ready()

    began = time.monotonic()
    outcomes = wait_until_ready([Gate("hanging"), Gate("fine")], 0.5, probe=probe)
    seconds = time.monotonic() - began
    released.set()
    assert seconds < 0.8
    assert outcomes["fine"].ready is True
    assert outcomes["hanging"].last_error == "the probe has not ended after 0.5 s"


PROGRAM = """
import sys, time
sys.path[:0] = {path!r}
from ansible_collections.sahool.platform.plugins.module_utils._health.gate import Gate
from ansible_collections.sahool.platform.plugins.module_utils._health.wait import wait_until_ready
print(wait_until_ready([Gate("hanging")], 0.2, probe=lambda gate, timeout: time.sleep(30))["hanging"].state)
"""


def test_a_hanging_probe_does_not_delay_the_end_of_the_program():
    program = PROGRAM.format(path=sys.path)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=True)
    assert (done.stdout, done.stderr) == ("unreachable\n", "")


def test_looking_at_containers_that_hangs_does_not_delay_the_return():
    released = threading.Event()

    def give_up(name):
        released.wait(30)  # as with an engine that does not answer

    began = time.monotonic()
    wait_until_ready([Gate("svc")], 0.5, probe=lambda gate, timeout: released.wait(30), give_up=give_up)
    seconds = time.monotonic() - began
    released.set()
    assert seconds < 0.8
