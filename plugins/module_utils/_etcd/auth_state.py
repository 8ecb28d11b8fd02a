# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""etcd's authentication: what it is, what is missing, and how it is switched on.

etcd switches authentication on only when a user ``root`` exists that has the role ``root``
(https://etcd.io/docs/v3.5/op-guide/authentication/rbac/).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .gateway import NO_USER_TEXTS, NOT_FOUND_TEXTS, REFUSED_TEXTS, EtcdError, Gateway

ROOT = "root"


@dataclass(frozen=True)
class AuthState:
    """What etcd knows of authentication and of its root user."""

    enabled: bool
    role: bool
    user: bool
    granted: bool

    def as_diff(self) -> dict[str, t.Any]:
        """Return the state for Ansible's diff; it never holds a password."""
        return {
            "authentication": "on" if self.enabled else "off",
            "role root": "present" if self.role else "absent",
            "user root": "absent" if not self.user else "with role root" if self.granted else "without role root",
        }


COMPLETE = AuthState(enabled=True, role=True, user=True, granted=True)


@dataclass(frozen=True)
class Step:
    """One request that brings etcd nearer to :data:`COMPLETE`.

    :param title: what it does, in words.
    :param path: below ``/v3/``.
    :param document: what is sent; it may hold the password and is never shown.
    """

    title: str
    path: str
    document: dict[str, t.Any]


def read_state(gateway: Gateway, password: str) -> AuthState:
    """Ask etcd for its state; where authentication is on, log in as root to prove that ``password`` fits.

    :raises EtcdError: etcd cannot be asked, or authentication is on and the password is another one.
    """
    if _is_enabled(gateway):
        _prove(gateway, password)
        # Only an administrator gets this far: root has its role, or authentication could not be on.
        return COMPLETE
    user = _known(gateway, "auth/user/get", {"name": ROOT})
    return AuthState(
        enabled=False,
        role=_known(gateway, "auth/role/get", {"role": ROOT}) is not None,
        user=user is not None,
        granted=ROOT in (user or {}).get("roles", []),
    )


def missing_steps(state: AuthState, password: str) -> list[Step]:
    """Return what is to be done, in order; nothing when authentication is on."""
    if state.enabled:
        return []
    steps = []
    if not state.role:
        steps.append(Step("create role root", "auth/role/add", {"name": ROOT}))
    if state.user:
        # Made by somebody before; without authentication nothing tells whether its password is ours.
        steps.append(Step("set the password of user root", "auth/user/changepw", {"name": ROOT, "password": password}))
    else:
        steps.append(Step("create user root", "auth/user/add", {"name": ROOT, "password": password}))
    if not state.granted:
        steps.append(Step("grant role root to user root", "auth/user/grant", {"user": ROOT, "role": ROOT}))
    steps.append(Step("enable authentication", "auth/enable", {}))
    return steps


def take(gateway: Gateway, steps: t.Iterable[Step]) -> None:
    """Send the steps one after the other.

    :raises EtcdError: a step was refused; those before it hold, and the next run goes on from there.
    """
    for step in steps:
        try:
            gateway.call(step.path, step.document)
        except EtcdError as error:
            raise EtcdError("could not %s: %s" % (step.title, error), error.message) from error


def _is_enabled(gateway: Gateway) -> bool:
    try:
        return bool(gateway.call("auth/status", {}).get("enabled", False))
    except EtcdError as error:
        # With authentication on, etcd tells even this to users only.
        if error.says(NO_USER_TEXTS):
            return True
        raise


def _prove(gateway: Gateway, password: str) -> None:
    try:
        token = gateway.call("auth/authenticate", {"name": ROOT, "password": password})["token"]
    except EtcdError as error:
        if error.says(REFUSED_TEXTS):
            raise EtcdError(
                "authentication is on at %s, but its user root has another password than the one given; give the "
                "password that etcd was set up with, or change it there first (etcdctl user passwd root)"
                % gateway.address,
                error.message,
            ) from error
        raise
    gateway.call("auth/user/list", {}, token)


def _known(gateway: Gateway, path: str, document: dict[str, str]) -> dict[str, t.Any] | None:
    try:
        return gateway.call(path, document)
    except EtcdError as error:
        if error.says(NOT_FOUND_TEXTS):
            return None
        raise
