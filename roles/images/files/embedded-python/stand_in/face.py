# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all faces share: the mark that says who really answers, and the error for a bad configuration."""

from __future__ import annotations

from serving.message import Response


class ConfigurationError(ValueError):
    """The configuration given to a stand-in cannot be served; the text says what and why."""


def marked(face: str, response: Response) -> Response:
    """Add the header that tells a stand-in from the real program."""
    return response.with_header("X-Stand-In", f"sahool.platform stand-in for {face}")


def server_name(product: str) -> str:
    """Return the Server header: the product's own, then the mark."""
    return f"{product} (sahool stand-in)"
