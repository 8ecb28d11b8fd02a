# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live line: what a terminal gets, and what is left on it."""

from __future__ import annotations

import contextlib
import io
import sys

import pytest

from ansible_collections.sahool.platform.plugins.plugin_utils._progress import terminal
from ansible_collections.sahool.platform.plugins.plugin_utils._progress.terminal import ERASE, LiveLine, is_live


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self):
        return True

    def screen(self):
        """What can be read on it: the only command that it has to know erases a line."""
        *lines, last = self.getvalue().split("\n")
        return [line.rsplit(ERASE, 1)[-1] for line in lines], last.rsplit(ERASE, 1)[-1]


class Display:
    """Writes where sys.stdout goes at the time, as Ansible's display does."""

    def display(self, text, newline=True, stderr=False, screen_only=False):
        print(text, end="\n" if newline else "", file=sys.stderr if stderr else sys.stdout)


@contextlib.contextmanager
def terminal_with_line(stderr=None):
    """A terminal as standard output, with a line that is open; errors go to *stderr*, by default there as well."""
    screen = Terminal()
    with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(stderr or screen):
        line = LiveLine(Display())
        line.open()
        try:
            yield screen, line
        finally:
            line.close()


def test_the_line_is_replaced_in_place_and_leaves_nothing():
    with terminal_with_line() as (screen, line):
        line.show("1 data: 1 s")
        line.show("1 data: 2 s")
        assert screen.screen() == ([], "1 data: 2 s")
        line.close()
        assert screen.screen() == ([], "")
        assert sys.stdout is screen
        assert sys.stderr is screen


def test_the_same_line_is_not_written_twice():
    with terminal_with_line() as (screen, line):
        line.show("1 data: 1 s")
        before = screen.getvalue()
        line.show("1 data: 1 s")
        assert screen.getvalue() == before


@pytest.mark.parametrize("stderr", [False, True])
def test_what_is_printed_goes_above_the_line(stderr):
    with terminal_with_line() as (screen, line):
        line.show("1 data: 1 s")
        Display().display("ok: [h1]", stderr=stderr)
        assert screen.screen() == (["ok: [h1]"], "")
        line.show("1 data: 1 s")
        assert screen.screen() == (["ok: [h1]"], "1 data: 1 s")


def test_a_prompt_is_not_overwritten():
    with terminal_with_line() as (screen, line):
        Display().display("Continue? ", newline=False)
        line.show("1 data: 1 s")
        assert screen.screen() == ([], "Continue? ")
        Display().display("")
        line.show("1 data: 1 s")
        assert screen.screen() == (["Continue? "], "1 data: 1 s")


def test_an_empty_text_takes_the_line_away():
    with terminal_with_line() as (screen, line):
        line.show("1 data: 1 s")
        line.show("")
        assert screen.screen() == ([], "")


def test_the_stand_in_is_the_stream_in_all_else():
    with terminal_with_line() as (screen, line):
        assert sys.stdout is not screen
        assert sys.stdout.isatty()
        sys.stdout.writelines(["a\n", "b\n"])
        assert screen.getvalue() == "a\nb\n"


def test_a_stream_that_goes_elsewhere_is_left_alone():
    log = io.StringIO()
    with terminal_with_line(stderr=log) as (screen, line):
        line.show("1 data: 1 s")
        Display().display("warning", stderr=True)
        assert log.getvalue() == "warning\n"
        assert screen.screen() == ([], "1 data: 1 s")


@pytest.mark.parametrize(
    ("stream", "environment", "callback", "expected"),
    [
        (Terminal(), {"TERM": "xterm"}, "ansible.builtin.default", True),
        (io.StringIO(), {"TERM": "xterm"}, "ansible.builtin.default", False),
        (Terminal(), {"TERM": "dumb"}, "ansible.builtin.default", False),
        (Terminal(), {}, "ansible.builtin.default", False),
        (Terminal(), {"TERM": "xterm", "AWX_ISOLATED_DATA_DIR": "/runner/artifacts/1"}, "minimal", False),
        (Terminal(), {"TERM": "xterm"}, "awx_display", False),
    ],
)
def test_where_a_live_line_is_written(monkeypatch, stream, environment, callback, expected):
    for name in ("TERM", "AWX_ISOLATED_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(terminal.C, "DEFAULT_STDOUT_CALLBACK", callback)
    assert is_live(stream) is expected
