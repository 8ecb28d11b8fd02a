# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields in which two entries of a model differ."""

from __future__ import annotations

import typing as t

from .change import CONFIGURATION, ENVIRONMENT, FILE, HIDDEN, IMAGE, Change, short
from .explain_files import file_changes
from .files import Files
from .model import env_files
from .redact import Redactor
from .show import ABSENT, show_both, show_ports

MASK = "(secret)"
_INPUTS = ("labels", "sahool.platform.inputs")  # digest of all files, which are compared one by one
_APART = ("environment", "env_file", "volumes", "ports")  # these are compared otherwise than by their text

Entry = t.Mapping[str, t.Any]


def entry_changes(before: Entry, after: Entry, files: Files, redact: Redactor) -> list[Change]:
    """Compare two entries, as ``digest.described`` returns them.

    :param redact: knows the values in the environment files of both.
    """
    read = [*_environment_changes(before, after, files, redact), *file_changes(before, after, files, redact)]
    old, new = _fields(before), _fields(after)
    if any(change.kind in (HIDDEN, FILE) for change in read):
        old.pop(_INPUTS, None)
        new.pop(_INPUTS, None)
    rest = []
    for path in sorted({*old, *new}):
        values = old.get(path, ABSENT), new.get(path, ABSENT)
        if values[0] != values[1] and not (_is_inner(path, old) or _is_inner(path, new)):
            name = ".".join(path)
            rest.append(Change(IMAGE if name == "image" else CONFIGURATION, name, *show_both(*values, redact)))
    ports = before.get("ports", ABSENT), after.get("ports", ABSENT)
    if ports[0] != ports[1]:
        brief = show_ports(ports[0]), show_ports(ports[1])
        # In full where the difference is in a field that the short form does not show.
        rest.append(Change(CONFIGURATION, "ports", *show_both(*(ports if brief[0] == brief[1] else brief), redact)))
    return [change for change in rest if change.kind == IMAGE] + read + [c for c in rest if c.kind != IMAGE]


def environment(entry: Entry) -> dict[str, t.Any]:
    """The variables of an entry that everybody may read."""
    variables = entry.get("environment") or {}
    if isinstance(variables, list):
        return dict(variable.partition("=")[::2] for variable in variables)
    return dict(variables)


def secret_variables(entry: Entry, files: Files) -> dict[str, str] | None:
    """The variables in the environment files of an entry; None if one of them is not there any more."""
    found: dict[str, str] = {}
    for path in env_files(entry):
        file = files.read(path)
        if file is None:
            return None
        found.update(file.variables())
    return found


def _environment_changes(before: Entry, after: Entry, files: Files, redact: Redactor) -> t.Iterator[Change]:
    old_secrets, new_secrets = secret_variables(before, files), secret_variables(after, files)
    secrets = {*(old_secrets or ()), *(new_secrets or ())}
    old, new = environment(before), environment(after)
    for name in sorted({*old, *new}):
        values = old.get(name, ABSENT), new.get(name, ABSENT)
        if values[0] != values[1]:
            if name in secrets:  # what is a secret now was the same value before
                texts = (MASK if name in old else None, MASK if name in new else None)
            else:
                texts = show_both(*values, redact)
            yield Change(ENVIRONMENT, "environment." + name, *texts)
    yield from _secret_changes(before, after, old_secrets, new_secrets, files)


def _secret_changes(
    before: Entry,
    after: Entry,
    old: t.Mapping[str, str] | None,
    new: t.Mapping[str, str] | None,
    files: Files,
) -> t.Iterator[Change]:
    old_paths, new_paths = env_files(before), env_files(after)
    if old_paths == new_paths:
        return
    if old is not None and new is not None:
        names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
        for name in names:
            yield Change(HIDDEN, "secret " + name, MASK if name in old else None, MASK if name in new else None)
        if names:
            return
        said = "the variables are the same; the key of the digests or the order changed"
    else:
        said = "the file %s is not on this host" % ("before" if old is None else "after")
    texts = [", ".join(short(files.digest(path) or path) for path in paths) or None for paths in (old_paths, new_paths)]
    name = (new_paths or old_paths)[0].rpartition("/")[2]
    yield Change(HIDDEN, "file " + name, texts[0], texts[1], (said,))


def _is_inner(path: tuple[str, ...], fields: t.Iterable[tuple[str, ...]]) -> bool:
    """Whether there are fields below a path, so that an empty mapping there was filled or emptied one by one."""
    return any(len(field) > len(path) and field[: len(path)] == path for field in fields)


def _fields(entry: Entry, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], t.Any]:
    """The leaves of an entry by their paths; a list is a leaf, and an empty mapping is."""
    found: dict[tuple[str, ...], t.Any] = {}
    for key, value in entry.items():
        if not path and key in _APART:
            continue
        if isinstance(value, dict) and value:
            found.update(_fields(value, (*path, key)))
        else:
            found[(*path, key)] = value
    return found
