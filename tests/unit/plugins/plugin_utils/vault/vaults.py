# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ciphers with passwords of the tests, and what ansible-vault makes of the same."""

from __future__ import annotations

from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultSecret

from ansible_collections.sahool.platform.plugins.plugin_utils._vault.cipher import VaultCipher


def cipher(**passwords: str) -> VaultCipher:
    """Return the cipher of a run that was given *passwords*, by vault id."""
    loader = DataLoader()
    loader.set_vault_secrets([(identity, VaultSecret(password.encode())) for identity, password in passwords.items()])
    return VaultCipher(loader)
