# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provides secrets: keeps what is there, takes what is known, generates the rest, and writes down since when."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.sahool.platform.plugins.module_utils._secrets import ledger
from ansible_collections.sahool.platform.plugins.module_utils._secrets.store import SecretStore, StoreError
from ansible_collections.sahool.platform.plugins.module_utils._secrets.value import (
    MINIMUM_LENGTH,
    NAME,
    complaint,
    generate,
)

OPTIONS: dict[str, Any] = {
    "path": {"type": "path", "required": True},
    "names": {"type": "list", "elements": "str", "required": True},
    "length": {"type": "int", "default": 32},
    "generate": {"type": "bool", "default": True},
    # Not no_log: the values would be masked in what is returned.
    "known": {"type": "dict", "default": {}},
    "vault": {"type": "bool", "default": False},
    "variable": {"type": "str"},
    "held": {"type": "list", "elements": "str", "default": []},
    "ledger": {"type": "path"},
    # The name of a secret, not a secret.
    "ledger_key": {"type": "str", "no_log": False},
}


class ProvideError(Exception):
    """The secrets cannot be provided; the text names what is wrong and the remedy, and holds no value."""


@dataclass
class Provided:
    """What there is afterwards, or in check mode would be."""

    secrets: dict[str, str]
    new: list[str] = field(default_factory=list)
    imported: list[str] = field(default_factory=list)
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    dated: bool = False  # the ledger was written

    def result(self) -> dict[str, Any]:
        """Return it as the result of the module."""
        lines = [f"{name}: {'imported' if name in self.imported else 'new'}\n" for name in self.new]
        return {
            "changed": bool(self.new) or self.dated,
            "secrets": self.secrets,
            "imported": self.imported,
            "generated": [name for name in self.new if name not in self.imported],
            "created": {name: entry.get("created") for name, entry in self.entries.items()},
            "diff": {"before": "", "after": "".join(lines)},
        }


def perform(options: Mapping[str, Any], check: bool, cipher: Any = None) -> dict[str, Any]:
    """Do what the module is asked for, and return its result.

    :param cipher: of a vault-encrypted file; None where the file is a plain one.
    :raises ProvideError: see its text.
    """
    try:
        return _provide(options, check, cipher).result()
    except (StoreError, ledger.LedgerError) as error:
        raise ProvideError(str(error)) from error
    except OSError as error:
        raise ProvideError(f"{error.filename or options['path']}: {error.strerror}") from error


def _provide(options: Mapping[str, Any], check: bool, cipher: Any) -> Provided:
    length = options["length"]
    if length < MINIMUM_LENGTH:
        raise ProvideError(f"length is {length}, expected at least {MINIMUM_LENGTH}")
    names = list(dict.fromkeys(options["names"]))
    unfit = [name for name in names if not NAME.fullmatch(name)]
    if unfit:
        raise ProvideError(f"names must be letters, digits and underscores, a letter first; found {', '.join(unfit)}")
    if options["ledger"] and options["ledger_key"] not in names:
        raise ProvideError(f"ledger_key is {options['ledger_key']}, expected one of names, which keys the ledger")
    handed = {name: value for name, value in (options["known"] or {}).items() if name in names}
    _check_handed(handed)
    store = SecretStore(options["path"], cipher, options["variable"])
    if check:
        return _settled(options, store, names, handed, write=False)
    provided = _settled(options, store, names, handed, write=False) if not options["generate"] else None
    if provided is not None and not provided.new and not provided.dated:
        return provided
    with store.locked():
        return _settled(options, store, names, handed, write=True)


def _settled(
    options: Mapping[str, Any], store: SecretStore, names: Sequence[str], handed: Mapping[str, str], *, write: bool
) -> Provided:
    # Before anything is written.
    entries = ledger.read(options["ledger"]) if options["ledger"] else {}
    known, missing = _look(store, names, handed, options["held"])
    lacking = [name for name in missing if name not in handed]
    if lacking and not options["generate"]:
        raise StoreError(
            f"{store.path} lacks {', '.join(lacking)}; add a line 'NAME: value' for each, or allow to generate them"
        )
    # What check mode makes is thrown away.
    new = {name: handed.get(name) or generate(options["length"]) for name in missing}
    if new and write:
        store.add(new)
    provided = Provided({**known, **new}, list(new), [name for name in new if name in handed])
    if options["ledger"]:
        _date(options, provided, entries, [name for name in new if name not in handed], write=write)
    return provided


def _date(
    options: Mapping[str, Any],
    provided: Provided,
    entries: Mapping[str, dict[str, Any]],
    generated: Sequence[str],
    *,
    write: bool,
) -> None:
    key = provided.secrets[options["ledger_key"]]
    today = datetime.datetime.now(tz=datetime.timezone.utc).date()
    provided.entries = ledger.continued(entries, provided.secrets, generated, key, today)
    provided.dated = provided.entries != entries
    if provided.dated and write:
        ledger.write(options["ledger"], provided.entries)


def _check_handed(handed: Mapping[str, Any]) -> None:
    complaints = [f"{name} {found}" for name, value in handed.items() if (found := complaint(value))]
    if complaints:
        raise StoreError("known has values that cannot be used:\n- " + "\n- ".join(complaints))


def _look(
    store: SecretStore, names: Sequence[str], handed: Mapping[str, str], held: Sequence[str]
) -> tuple[dict[str, str], list[str]]:
    """Return the values that the file has for *names*, and the names that it lacks."""
    content = store.read()
    elsewhere = [name for name in held if name not in content]
    if elsewhere:
        raise StoreError(
            f"{store.path} lacks {', '.join(elsewhere)}, which the inventory has from elsewhere: a second source would "
            "hide it; nothing was written. Add what is missing where these values come from, or move them into the file"
        )
    known = {name: content[name] for name in names if name in content}
    complaints = [f"{name} {found}" for name, value in known.items() if (found := complaint(value))]
    if complaints:
        raise StoreError(f"{store.path} holds values that cannot be used:\n- " + "\n- ".join(complaints))
    others = [name for name, value in handed.items() if known.get(name, value) != value]
    if others:
        raise StoreError(
            f"{store.path} has other values of {', '.join(others)} than those that are handed over; nothing was "
            "written. Remove these lines if no data were made with them, or keep the file and hand nothing over"
        )
    return known, [name for name in names if name not in content]
