# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificate that Kong's variables name. A real Kong makes itself one where they name none; this does not."""

from __future__ import annotations

from stand_in.face import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl


def server_context(environment: dict[str, str], variable: str) -> ssl.SSLContext | None:
    """Return what a port needs to speak TLS; None where no certificate is named.

    :param variable: names the certificate; the same with ``_KEY`` names its key.
    :raises ConfigurationError: only one of the two is named, or they cannot be used.
    """
    certificate, key = environment.get(variable, ""), environment.get(f"{variable}_KEY", "")
    if not certificate and not key:
        return None
    if not certificate or not key:
        raise ConfigurationError(f"{variable} and {variable}_KEY: only one of the two is set")
    import ssl  # costs 10 ms, which the other faces need not pay

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigurationError(
            f"{variable} {certificate}, {variable}_KEY {key}: {error.strerror or error}"
        ) from error
    return context
