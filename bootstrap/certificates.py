# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS trust: a bare machine may have no certificate authority at all, and then nothing can be fetched."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

BY_HAND = "apt-get install ca-certificates (as root), or set SSL_CERT_FILE to a bundle of certificates."


def present() -> bool:
    """Whether the place where Python looks (SSL_CERT_FILE and SSL_CERT_DIR are honoured) holds a certificate."""
    paths = ssl.get_default_verify_paths()
    if paths.cafile and Path(paths.cafile).stat().st_size > 0:
        return True
    return bool(paths.capath) and any(Path(paths.capath).iterdir())


def require() -> None:
    """Return when certificates are there, installing the distribution's where apt and root rights allow it."""
    named = os.environ.get("SSL_CERT_FILE")
    if named and not Path(named).is_file():
        sys.exit(f"environment: SSL_CERT_FILE names {named}, which is not a file. Correct it or unset it.")
    if present():
        return
    print("environment: this machine trusts no certificate authority, installing ca-certificates", flush=True)
    rights = _rights()
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "ca-certificates"]):
        command = [*rights, "apt-get", "-q", *arguments]
        done = subprocess.run(command, text=True, capture_output=True, stdin=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
            sys.exit(f"environment: `{' '.join(command)}` failed ({last}). Install the certificates by hand: {BY_HAND}")
    if not present():
        sys.exit(f"environment: ca-certificates is there, but {sys.executable} finds none of it. Set SSL_CERT_FILE.")


def _rights() -> list[str]:
    """The words before apt-get that make it run as root; ends the program where that cannot be."""
    if shutil.which("apt-get") is None:
        sys.exit(f"environment: no certificate authorities are installed and this is no Debian or Ubuntu. {BY_HAND}")
    if os.geteuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive"]
    if shutil.which("sudo") is None:
        sys.exit(f"environment: no certificate authorities are installed, and there is no sudo. Run {BY_HAND}")
    # At a terminal sudo may ask for the password (it asks on the terminal itself); elsewhere nobody would answer.
    sudo = ["sudo"] if sys.stdin.isatty() else ["sudo", "--non-interactive"]
    return [*sudo, "env", "DEBIAN_FRONTEND=noninteractive"]
