# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the reference service."""

from __future__ import annotations

import os
import sys

from reference.answers import Answers
from reference.dependencies import Dependencies
from reference.settings import Settings, SettingsError
from serving.log import log, set_name
from serving.server import Listener, run_until_told_to_stop


def main() -> int:
    """Serve until SIGTERM; return the exit code."""
    try:
        settings = Settings(dict(os.environ))
    except SettingsError as error:
        sys.stderr.write(f"reference service: {error}\n")
        return 2
    set_name(f"reference service {settings.service}")
    answers = Answers(settings, Dependencies.from_settings(settings))
    try:
        listener = Listener(settings.port, answers.handle, "sahool-reference")
    except OSError as error:
        log(f"port {settings.port}: {error.strerror}")
        return 1
    answers.listener = listener
    log(f"listening on {listener.port}; depends on {', '.join(settings.dependencies) or 'nothing'}")
    return run_until_told_to_stop([listener])


sys.exit(main())
