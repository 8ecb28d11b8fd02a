# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files of variables a run cannot decrypt. Ansible stops at the first of them and does not say which it is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from ansible_collections.sahool.platform.plugins.plugin_utils._vault.cipher import CipherError, VaultCipher

FOLDERS = ("group_vars", "host_vars")


def undecipherable(sources: Sequence[str], cipher: VaultCipher) -> list[str]:
    """Return a line for each encrypted file of variables beside the inventory *sources* that does not open.

    :param sources: what was passed by ``-i``, and the folder of the playbook.
    """
    found = []
    # A list of hosts has a comma and no folder.
    folders = [source for source in sources if "," not in source]
    for path in dict.fromkeys(path for source in folders for path in _files(source)):
        text = _encrypted_text(path, cipher)
        try:
            if text is not None:
                cipher.decrypt(text)
        except CipherError as error:
            found.append(f"{path} {error}")
    return found


def _files(source: str) -> Iterator[str]:
    base = source if os.path.isdir(source) else os.path.dirname(source)
    for folder in FOLDERS:
        for place, _folders, names in os.walk(os.path.join(os.path.abspath(base), folder)):
            yield from (os.path.join(place, name) for name in sorted(names))


def _encrypted_text(path: str, cipher: VaultCipher) -> str | None:
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError):
        return None  # Ansible says what is wrong with it
    return text if cipher.is_encrypted(text) else None
