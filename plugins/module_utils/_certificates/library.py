# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The library cryptography, which a host may lack. From 38 on (Debian 12)."""

from __future__ import annotations

import traceback

LIBRARY_ERROR: str | None = None
try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
except ImportError:
    LIBRARY_ERROR = traceback.format_exc()
    x509 = hashes = serialization = ec = ed448 = ed25519 = padding = rsa = None  # type: ignore[assignment]

    class InvalidSignature(Exception):  # type: ignore[no-redef] # the name of the library's own
        """Stands for the library's."""

    class UnsupportedAlgorithm(Exception):  # type: ignore[no-redef]
        """Stands for the library's."""


__all__ = [
    "LIBRARY_ERROR",
    "InvalidSignature",
    "UnsupportedAlgorithm",
    "ec",
    "ed448",
    "ed25519",
    "hashes",
    "padding",
    "rsa",
    "serialization",
    "x509",
]
