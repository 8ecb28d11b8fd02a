# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""shellcheck over every shell script, and over shell templates with Jinja taken out."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

SHEBANG = re.compile(r"^#!.*\b(?:ba|da)?sh\b")
BLOCKS = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
VALUES = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def is_shell(name: str, content: str) -> bool:
    return name.endswith((".sh", ".sh.j2")) or bool(SHEBANG.match(content.partition("\n")[0]))


def without_jinja(content: str) -> str:
    """``content`` with statements blanked (their lines stay, so numbers hold) and values replaced by a plain word."""
    blank = BLOCKS.sub(lambda found: "\n" * found.group().count("\n"), content)
    return VALUES.sub("value", blank)


def findings(program: str, files: list[str], text: Callable[[str], str]) -> list[str]:
    """What ``program`` (the path of shellcheck) has to say, one line each, `file:line:column: text [code]`."""
    found = []
    for name in files:
        try:
            content = text(name)
        except UnicodeDecodeError:
            continue
        if not is_shell(name, content):
            continue
        if name.endswith(".j2"):
            content = without_jinja(content)
        done = subprocess.run(
            [program, "--format=gcc", "-"], input=content, text=True, capture_output=True, check=False
        )
        found += [name + line.removeprefix("-") for line in done.stdout.splitlines()]
        if done.returncode not in (0, 1):
            found.append(f"{name}: shellcheck could not read it: {done.stderr.strip()}")
    return found
