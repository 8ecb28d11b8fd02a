# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of a service, parted into what may be read by everybody and what may not."""

from __future__ import annotations

from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._plan.errors import PlanError
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.order import hard_dependencies
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.tokens import TokenValues


def part_environment(templates: dict[str, str], values: TokenValues) -> tuple[dict[str, str], dict[str, str]]:
    """Fill in *templates* and part them.

    :returns: (values for the Compose model, values for the 0600 environment file).
    """
    public, secret = {}, {}
    for name, template in templates.items():
        text = str(template)
        (secret if values.holds_secret(text) else public)[name] = values.fill(text)
    return public, secret


def environment_file(service: str, variables: dict[str, str]) -> str:
    """Return the text of a Compose environment file.

    Values stand in single quotes, in which Compose expands nothing
    (https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/).

    :raises PlanError: a value cannot be written that way.
    """
    unsafe = [name for name, value in variables.items() if "'" in value or "\n" in value]
    if unsafe:
        raise PlanError(
            [
                f"{service}: the value of {name} holds a single quote or a line break, which no Compose environment "
                "file can carry; generate the secret from letters and digits"
                for name in unsafe
            ]
        )
    return "".join(f"{name}='{value}'\n" for name, value in sorted(variables.items()))


def reference_environment(
    name: str, services: dict[str, dict[str, Any]], addresses: dict[str, dict[str, Any]], version: str
) -> dict[str, str]:
    """Tell the reference image, which stands for an application image, whom it stands for."""
    entry = services[name]
    identity = entry["identity"]
    dependencies = hard_dependencies(name, services)
    upstreams = {
        dependency: f"http://{addresses[dependency]['host']}:{addresses[dependency]['port']}"
        f"{services[dependency]['health_path']}"
        for dependency in dependencies
        if services[dependency].get("embedded") == "reference" and addresses[dependency]["port"]
    }
    return {
        "REFERENCE_SERVICE": name,
        "REFERENCE_IDENTITY": (identity.get("accept") or [""])[0] if identity.get("field") else "",
        "REFERENCE_VERSION": version.removeprefix("v"),
        "REFERENCE_RELEASE": version,
        "REFERENCE_HEALTH_PATH": entry["health_path"] or "",
        "REFERENCE_READINESS_PATH": entry["readiness_path"] or "",
        "PORT": str(entry["container_port"]),
        "REFERENCE_DEPENDENCIES": ",".join(dependencies),
        "REFERENCE_UPSTREAMS": ",".join(f"{dependency}={url}" for dependency, url in upstreams.items()),
    }
