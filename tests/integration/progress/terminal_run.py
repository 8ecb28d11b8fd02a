# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command as a person does, on a terminal, or as a pipe does; tells when each piece of output came."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from dataclasses import dataclass, field
from pathlib import Path

ERASE = "\r\x1b[K"
COLUMNS = 100
LONGEST = 120  # seconds


@dataclass
class Seen:
    """What came out of a command, and when: ``pieces`` are (seconds since the begin, text)."""

    status: int = -1
    pieces: list[tuple[float, str]] = field(default_factory=list)
    modes_kept: bool = True

    @property
    def text(self) -> str:
        return "".join(text for dummy, text in self.pieces).replace("\r\n", "\n")

    @property
    def screen(self) -> list[str]:
        """What can be read on the terminal in the end."""
        return [line.rsplit(ERASE, 1)[-1] for line in self.text.split("\n")]

    def when(self, pattern: str) -> float:
        """Return the second in which *pattern* had come."""
        text = ""
        for seconds, piece in self.pieces:
            text += piece
            if re.search(pattern, text.replace("\r\n", "\n")):
                return seconds
        raise AssertionError(f"{pattern} is not in:\n{self.text}")


def run_on_terminal(
    command: list[str], environment: dict[str, str], cwd: Path, interrupt_at: str | None = None
) -> Seen:
    """Run on a terminal of its own; press Ctrl-C as soon as *interrupt_at* can be read."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    before = termios.tcgetattr(theirs)

    def take_the_terminal() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=cwd,
        env=environment,
        preexec_fn=take_the_terminal,
    )
    seen = _read(process, ours, interrupt_at)
    seen.modes_kept = termios.tcgetattr(theirs) == before
    os.close(theirs)
    os.close(ours)
    return seen


def run_in_pipe(command: list[str], environment: dict[str, str], cwd: Path) -> Seen:
    """Run with its output in a pipe and nothing to read from."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        env=environment,
    )
    with process.stdout as stream:
        return _read(process, stream.fileno(), None)


def _read(process: subprocess.Popen[bytes], stream: int, interrupt_at: str | None) -> Seen:
    seen = Seen()
    began = time.monotonic()
    while True:
        seconds = time.monotonic() - began
        if seconds > LONGEST:
            process.send_signal(signal.SIGKILL)
            raise AssertionError(f"{process.args} does not end:\n{seen.text}")
        if select.select([stream], [], [], 0.05)[0]:
            data = os.read(stream, 65536)
            if not data:
                break
            seen.pieces.append((seconds, data.decode()))
            if interrupt_at and interrupt_at in seen.text:
                os.write(stream, b"\x03")
                interrupt_at = None
        elif process.poll() is not None:
            break
    seen.status = process.wait()
    return seen
