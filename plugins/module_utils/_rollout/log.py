# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last words of a container."""

from __future__ import annotations

import re
import typing as t

from .._health.docker_cli import DockerCli, DockerError

LINES = 20  # as many as a short traceback has
_WIDEST = 300  # characters
_LONGEST = 4000  # characters; beyond, a line is not even looked at
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def last_lines(
    docker: DockerCli, container: str, redact: t.Callable[[str], str] = str, count: int = LINES
) -> list[str]:
    """The last lines that a container printed, on both streams, in their order, without secrets and colours."""
    try:
        code, out, err = docker.attempt("logs", "--timestamps", "--tail", str(count), container)
    except DockerError as error:
        return ["(no log: %s)" % error]
    if code != 0:
        return ["(no log: %s)" % " ".join(err.split())[:200]]
    # Each line begins with its time, in a form whose order is that of text.
    lines = sorted((out + err).split("\n"))[-count:]
    return [plain(line.rstrip("\r").partition(" ")[2], redact) for line in lines if line]


def plain(text: str, redact: t.Callable[[str], str]) -> str:
    """One line of another program as it may be shown; secrets go first, for half a secret is not recognised."""
    text = redact(_CONTROL.sub("", _COLOUR.sub("", text[:_LONGEST])))
    return text.encode("utf-8", "replace").decode("utf-8", "replace")[:_WIDEST]
