# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the face that the environment variable STAND_IN names."""

from __future__ import annotations

import importlib
import os
import sys

from serving.log import log, set_name
from serving.server import run_until_told_to_stop

FACES = ("kong", "minio", "ollama", "qdrant")


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM. ``arguments`` are those of the real program, from the container's command."""
    face = os.environ.get("STAND_IN", "")
    if face not in FACES:
        sys.stderr.write(
            f"stand-in: STAND_IN is {face!r}, expected one of {', '.join(FACES)}: set it for the service\n"
        )
        return 2
    set_name(f"stand-in for {face}")
    # Only the face asked for is imported: the others cost start time and memory.
    module = importlib.import_module(f"stand_in.{face}")
    try:
        listeners = module.listeners(dict(os.environ), arguments)
    except (module.ConfigurationError, OSError) as error:
        sys.stderr.write(f"stand-in for {face}: {error}\n")
        return 1
    ports = ", ".join(str(listener.port) for listener in listeners)
    log(f"this is a stand-in of sahool.platform, not {face} itself; listening on {ports}")
    return run_until_told_to_stop(listeners)


sys.exit(main(sys.argv[1:]))
