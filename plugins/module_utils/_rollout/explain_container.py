# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be told of a container whose model is gone: it differs, and in this at least."""

from __future__ import annotations

from .change import IMAGE, MODEL, Change
from .container import Container
from .explain_entry import MASK, environment, secret_variables
from .files import Files
from .model import Service
from .redact import Redactor
from .show import ABSENT, show, show_both, show_ports


def container_changes(before: Container, service: Service, files: Files, redact: Redactor) -> list[Change]:
    """Compare the container itself with what is wanted: image, names of variables, ports.

    A variable that is too many is not told from one that the image brings.
    """
    changes = []
    if before.image_name != service.image:
        changes.append(Change(IMAGE, "image", *show_both(before.image_name or ABSENT, service.image, redact)))
    public = environment(service.description)
    for name in sorted(set(public) - before.variables):
        changes.append(Change(MODEL, "environment." + name, None, show(public[name], redact)))
    for name in sorted(set(secret_variables(service.description, files) or ()) - before.variables):
        changes.append(Change(MODEL, "secret " + name, None, MASK))
    ports = show_ports(service.description.get("ports") or ABSENT)
    wanted = [] if ports is ABSENT else ports
    if all(isinstance(port, str) for port in wanted) and sorted(wanted) != list(before.ports):
        changes.append(Change(MODEL, "ports", *show_both(list(before.ports) or ABSENT, ports, redact)))
    return changes
