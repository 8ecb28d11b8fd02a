# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One live line at the bottom of a terminal, which whatever else is printed goes above.

The standard streams are stood in for while the line is up, as tqdm and rich do. Ansible's display writes everything
under a lock of its own, forks included, and so does the line: it is written through the display. Nothing but the line
itself is ever changed on the terminal, neither cursor nor modes, so that nothing has to be put back when a run is
killed.
"""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any, TextIO

from ansible import constants as C
from ansible.utils.display import Display

ERASE = "\r\x1b[K"


def is_live(stream: TextIO) -> bool:
    """Return whether a live line may be written.

    ansible-runner, and with it AWX and ansible-navigator, runs Ansible on a terminal of its own and keeps all that
    comes out of it.
    """
    runner = "AWX_ISOLATED_DATA_DIR" in os.environ or C.DEFAULT_STDOUT_CALLBACK.split(".")[-1] == "awx_display"
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb" and not runner


class LiveLine:
    """The line. ``up`` says whether it is on the screen, ``fresh`` whether the cursor is at the begin of a line."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._text = ""
        self._streams: list[tuple[str, TextIO]] = []
        self.up = False
        self.fresh = True

    def open(self) -> None:
        """Stand in for those standard streams that go to a terminal."""
        if not self._streams:
            self._streams = [(name, getattr(sys, name)) for name in ("stdout", "stderr")]
            for name, stream in self._streams:
                if stream.isatty():
                    setattr(sys, name, Above(stream, self))

    def show(self, text: str) -> None:
        """Put *text* in the place of the line, where the screen does not show it already; empty takes it away."""
        if not text:
            self.hide()
        elif self.fresh and not (self.up and text == self._text):
            self._text = text
            self._display.display(ERASE + text, newline=False, screen_only=True)

    def hide(self) -> None:
        """Take the line away."""
        if self.up:
            self._display.display(ERASE, newline=False, screen_only=True)

    def close(self) -> None:
        """Take the line away and put the streams back."""
        self.hide()
        for name, stream in self._streams:
            setattr(sys, name, stream)
        self._streams = []


class Above:
    """Stands in for a stream: takes the line away before anything else is written. The line comes back by itself."""

    def __init__(self, stream: TextIO, line: LiveLine) -> None:
        self._stream = stream
        self._line = line

    def write(self, text: str) -> int:
        """Write *text*, which may be the line itself."""
        if text.startswith(ERASE):
            written = self._stream.write(text)
            self._line.up = text != ERASE
            self._stream.flush()
            return written
        if not text:
            return 0
        if self._line.up:
            self._line.up = False
            self._stream.write(ERASE)
        self._line.fresh = text.endswith("\n")
        return self._stream.write(text)

    def writelines(self, lines: list[str]) -> None:
        """Write all *lines*."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def width() -> int:
    """Return the columns that a line may take without the terminal wrapping it."""
    return shutil.get_terminal_size().columns - 1
