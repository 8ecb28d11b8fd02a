# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encrypts and decrypts with whatever vault passwords this run of ansible-playbook was given, in whichever way.

Ansible has them in its data loader (``--vault-password-file``, ``--ask-vault-pass``, ``--vault-id`` and the variables
and settings of the same meaning); what it has no public way for is to encrypt with them.
"""

from __future__ import annotations

from typing import Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, is_encrypted, match_encrypt_secret, parse_vaulttext_envelope

GIVE_ONE = (
    "give it as for ansible-vault, such as by ANSIBLE_VAULT_PASSWORD_FILE, --vault-password-file or --ask-vault-pass"
)


class CipherError(ValueError):
    """A text cannot be encrypted or decrypted; the message says what to do and quotes nothing of the text."""


class VaultCipher:
    """Ansible Vault, with the passwords of the run.

    :param loader: Ansible's data loader.
    """

    def __init__(self, loader: Any) -> None:
        self._secrets = list(getattr(getattr(loader, "_vault", None), "secrets", None) or [])

    @staticmethod
    def is_encrypted(text: str) -> bool:
        """Tell whether *text* says of itself that it is encrypted."""
        return bool(is_encrypted(text.encode()))

    def decrypt(self, text: str) -> str:
        """Return what *text* holds.

        :raises CipherError: there is no password, none fits, or the text is damaged.
        """
        if not self._secrets:
            raise CipherError(f"is vault-encrypted, and this run has no vault password; {GIVE_ONE}")
        try:
            return VaultLib(self._secrets).decrypt(text.encode()).decode()
        except (AnsibleError, ValueError) as error:
            # Ansible tells a wrong password and a text that was cut off in the same words.
            raise CipherError(
                "cannot be decrypted: the vault password of this run is another one, or the file is damaged (half "
                "written, edited by hand); try `ansible-vault view`, give the right password, or restore the file"
            ) from error

    def encrypt(self, text: str, before: str = "") -> str:
        """Return *text* encrypted, with the vault id that *before* was encrypted with where the run has it.

        :raises CipherError: there is no password, or none of the id that is asked for.
        """
        if not self._secrets:
            raise CipherError(f"is to be vault-encrypted, and this run has no vault password; {GIVE_ONE}")
        wanted = constants.DEFAULT_VAULT_ENCRYPT_IDENTITY or self._identity_of(before)
        try:
            identity, secret = match_encrypt_secret(self._secrets, encrypt_vault_id=wanted)
        except AnsibleError as error:
            raise CipherError(
                f"is to be encrypted with the vault id {wanted}, which this run has no password of"
            ) from error
        encrypted = VaultLib(self._secrets).encrypt(text, secret=secret, vault_id=identity)
        return encrypted.decode() if isinstance(encrypted, bytes) else encrypted

    def _identity_of(self, before: str) -> str | None:
        if not before or not self.is_encrypted(before):
            return None
        identity = parse_vaulttext_envelope(before.encode())[3]
        return identity if identity in {known for known, _secret in self._secrets} else None
