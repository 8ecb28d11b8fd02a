# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin ``vault_copy``: an encrypted copy of a text on the controller."""

from __future__ import annotations

import hashlib
import os
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.sahool.platform.plugins.module_utils._secrets.text_file import replace_text
from ansible_collections.sahool.platform.plugins.plugin_utils._vault.cipher import CipherError, VaultCipher

OPTIONS = {"path": {"type": "path", "required": True}, "content": {"type": "str", "required": True, "no_log": True}}


class ActionModule(ActionBase):
    """Keep a copy."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the task and return its result."""
        super().run(tmp, task_vars)
        _checked, options = self.validate_argument_spec(argument_spec=OPTIONS)
        path = options["path"]
        try:
            changed = keep(path, options["content"], VaultCipher(self._loader), check=self._task.check_mode)
        except CipherError as error:
            return {"failed": True, "changed": False, "msg": f"{path} {error}"}
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "is no text"
            return {"failed": True, "changed": False, "msg": f"{path}: {reason}"}
        return {"changed": changed, "sha256": hashlib.sha256(options["content"].encode()).hexdigest()}


def keep(path: str, content: str, cipher: VaultCipher, *, check: bool) -> bool:
    """Have *path* hold *content*, and return whether it had to be written.

    :raises CipherError: what is there is no vault text or cannot be decrypted, or what was written does not come back.
    :raises OSError: the file cannot be read or written.
    """
    before = _read(path)
    if before and not cipher.is_encrypted(before):
        raise CipherError("is not encrypted, expected a copy that ansible-vault opens; move it away")
    if before and cipher.decrypt(before) == content:
        return False
    sealed = cipher.encrypt(content, before)
    if not check:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        replace_text(path, sealed)
        if cipher.decrypt(_read(path)) != content:
            raise CipherError("was written, and does not hold what was written when it is decrypted; look at the disk")
    return True


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""
