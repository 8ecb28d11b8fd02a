# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python package index: which one, where it keeps a file, and the file itself.

Speaks the HTML face of the simple API (PEP 503), which PyPI and every mirror serve.
"""

from __future__ import annotations

import base64
import html.parser
import os
import ssl
import urllib.error
import urllib.parse
import urllib.request

DEFAULT = "https://pypi.org/simple"
# In uv's own order of precedence; pip's name last.
VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
# For one read of the socket, not for the whole transfer.
TIMEOUT_SECONDS = 60
OTHER_INDEX = "Another index can be named in UV_INDEX_URL."


class PackageIndexError(Exception):
    """The index did not give what was asked for; the text says which, why and what to do."""


def base_url() -> str:
    """The index in use, without a slash at the end; may hold credentials, so print `without_credentials` of it."""
    for name in VARIABLES:
        value = os.environ.get(name, "").strip()
        if value:
            return value.rstrip("/")
    return DEFAULT


def without_credentials(url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    return urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def request(url: str) -> urllib.request.Request:
    """A request for ``url`` whose `user:password@` goes into a header, where urllib does not lose it."""
    bare = urllib.request.Request(without_credentials(url), headers={"Accept": "text/html, */*;q=0.1"})
    user_info = urllib.parse.urlsplit(url).netloc.rpartition("@")[0]
    if user_info:
        token = base64.b64encode(urllib.parse.unquote(user_info).encode()).decode()
        bare.add_unredirected_header("Authorization", f"Basic {token}")
    return bare


def get(url: str) -> bytes:
    """The body at ``url``.

    Raises PackageIndexError when the index cannot be reached, is not trusted, or answers with an error.
    """
    shown = without_credentials(url)
    try:
        with urllib.request.urlopen(request(url), timeout=TIMEOUT_SECONDS) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        raise PackageIndexError(f"{shown} answered {error.code} {error.reason}. {OTHER_INDEX}") from error
    except urllib.error.URLError as error:
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            raise PackageIndexError(
                f"the certificate of {shown} is not trusted ({error.reason.verify_message}). "
                "Set SSL_CERT_FILE to the bundle that signs it, or install it with update-ca-certificates."
            ) from error
        raise PackageIndexError(
            f"{shown} cannot be reached ({error.reason}). Check network and proxy. {OTHER_INDEX}"
        ) from error
    except (OSError, ValueError) as error:
        raise PackageIndexError(f"{shown} broke off ({error}). Run it again. {OTHER_INDEX}") from error


def file_url(project: str, filename: str) -> str:
    """Where the index keeps ``filename`` of ``project``; raises PackageIndexError when it does not have it."""
    page_url = f"{base_url()}/{project}/"
    page = _Links()
    page.feed(get(page_url).decode("utf-8", "replace"))
    for link in page.links:
        parts = urllib.parse.urlsplit(urllib.parse.urljoin(page_url, link))
        if urllib.parse.unquote(parts.path.rpartition("/")[2]) == filename:
            return urllib.parse.urlunsplit(parts._replace(fragment=""))
    raise PackageIndexError(f"{without_credentials(page_url)} does not list {filename}. {OTHER_INDEX}")


class _Links(html.parser.HTMLParser):
    """Collects the targets of all anchors of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.extend(value for name, value in attrs if name == "href" and value)
