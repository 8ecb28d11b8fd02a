# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of one host."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.sahool.platform.plugins.module_utils._rollout.digest import labelled
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.addresses import (
    addresses_from,
    consumed,
    consumers_elsewhere,
)
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.certificates import (
    MountedCertificate,
    certificate_of,
)
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.digests import keyed_digest, plain_digest
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.environment import (
    environment_file,
    part_environment,
    reference_environment,
)
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.errors import PlanError
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.files import RenderedFile, rendered_file
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.gates import LOOPBACK, gate
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.order import soft_dependencies, steps
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.service import compose_service
from ansible_collections.sahool.platform.plugins.plugin_utils._plan.tokens import TokenValues

# Keys every digest of a file that may hold a secret; generated and kept with the secrets.
DIGEST_KEY = "SAHOOL_DIGEST_KEY"
COMPOSE_FILE = "compose.yaml"


@dataclass(frozen=True)
class Site:
    """Where the services run.

    :param host: inventory name of the host that is planned.
    :param placement: service name to inventory host name.
    :param host_addresses: inventory host name to the private address that other hosts reach it by.
    :param project: Compose project name.
    :param files_root: absolute path below which content-addressed files lie.
    :param cpu_cap: cores of the host, None where limits are not capped.
    """

    host: str
    placement: Mapping[str, str]
    host_addresses: Mapping[str, str | None]
    project: str
    files_root: str
    cpu_cap: float | None = None


def host_plan(
    services: dict[str, dict[str, Any]],
    site: Site,
    *,
    rendered: Mapping[str, Mapping[str, str]],
    images: Mapping[str, Mapping[str, Any]],
    secrets: Mapping[str, str],
    settings: Mapping[str, Any],
    secret_settings: Iterable[str] = (),
    recorded: Mapping[str, Mapping[str, Any]],
    env: str = "",
    certificates: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Make the plan of one host.

    :param services: complete catalogue entries of the whole platform, in checklist order.
    :param rendered: service name to target path to text of the rendered configuration file.
    :param images: service name to ``{reference, source, major, …}`` as the role images leaves them.
    :param secret_settings: names of the settings whose values are secret.
    :param recorded: service name to ``{source, major}`` as they were when the service was last started.
    :param env: the ``.env`` that lies beside the model.
    :param certificates: service name to ``{folder, fingerprint}`` of its certificate on the host.
    :returns: ``project``, ``services`` (names), ``compose`` (text of the Compose file, which holds no secret),
        ``compose_path``, ``files`` (options of ``rendered_files``), ``steps`` (tier to phase to waves and gates),
        ``gates`` (of all services), ``soft_dependencies``, ``volumes``, ``images``, ``image_record``, ``file_names``,
        ``environment_digest``, ``env_digest`` and ``digest`` (of the model and all it reads).
    :raises PlanError: with every finding of the pass.
    """
    here = [name for name in services if site.placement[name] == site.host]
    addresses = addresses_from(site.host, services, dict(site.placement))
    findings: list[str] = []
    files: list[RenderedFile] = []
    models: dict[str, Any] = {}
    gates: dict[str, Any] = {}
    for name in here:
        values = TokenValues(addresses, secrets, settings, services[name], frozenset(secret_settings))
        try:
            certificate = certificate_of(services[name], certificates or {})
            model, read = _plan_service(
                name, services, site, values, rendered.get(name, {}), images[name], addresses, certificate
            )
            passes = gate(name, services, values, images[name]["source"], here)
        except PlanError as error:
            findings += [text if text.startswith(f"{name}:") else f"{name}: {text}" for text in error.findings]
            continue
        models[name] = model
        files += read
        if passes:
            gates[name] = passes
    if findings:
        raise PlanError(findings)
    compose = _compose_model(here, services, models, site.project)
    text = json.dumps(compose, indent=2, sort_keys=True) + "\n"
    digest = plain_digest(compose)
    files.append(RenderedFile(digest, COMPOSE_FILE, text, "0644", 0, 0))
    return {
        "host": site.host,
        "project": site.project,
        "services": here,
        "compose": text,
        "compose_path": f"{site.files_root}/{digest}/{COMPOSE_FILE}",
        "digest": digest,
        "files": [file.as_option() for file in files],
        "steps": steps(here, services, gates),
        "gates": list(gates.values()),
        "soft_dependencies": soft_dependencies(services),
        "volumes": _stateful_volumes(here, services, site.project, images, recorded),
        "images": {name: images[name] for name in here},
        "image_record": {name: {key: images[name][key] for key in ("source", "major")} for name in here},
        "environment_digest": plain_digest({name: model.get("environment", {}) for name, model in models.items()}),
        "env_digest": keyed_digest(secrets[DIGEST_KEY], env),
        "file_names": sorted(f"{file.digest}/{file.name}" for file in files),
    }


def _plan_service(
    name: str,
    services: dict[str, dict[str, Any]],
    site: Site,
    values: TokenValues,
    rendered: Mapping[str, str],
    image: Mapping[str, Any],
    addresses: dict[str, dict[str, Any]],
    certificate: MountedCertificate,
) -> tuple[dict[str, Any], list[RenderedFile]]:
    entry = services[name]
    key = values.secrets[DIGEST_KEY]
    templates = {**entry["environment"], **certificate.environment}
    if image["source"] == "build":
        if entry["embedded"] == "reference":
            templates.update(reference_environment(name, services, addresses, str(entry["tag"])))
        templates.update(entry["embedded_environment"])
    public, secret = part_environment(templates, values)
    missing = [target for target in entry["files"] if not isinstance(rendered.get(target), str)]
    if missing:
        raise PlanError([f"{target}: template {entry['files'][target]['template']} gave no text" for target in missing])
    files = {
        target: rendered_file(key, target.rpartition("/")[2], rendered[target], spec["mode"], spec["uid"], spec["gid"])
        for target, spec in entry["files"].items()
    }
    env_file = rendered_file(key, f"{name}.env", environment_file(name, secret), "0600", 0, 0) if secret else None
    read = [*files.values(), *([env_file] if env_file else [])]
    return (
        compose_service(
            entry,
            image=image["reference"],
            environment=public,
            env_file=env_file.path(site.files_root) if env_file else None,
            files={**{target: file.path(site.files_root) for target, file in files.items()}, **certificate.files},
            bind_addresses=_bind_addresses(name, services, site),
            extra_hosts=_extra_hosts(name, services, site),
            cpu_cap=site.cpu_cap,
            # No embedded image computes on a GPU, and the engine refuses the reservation where there is none.
            gpus=entry["gpus"] and image["source"] != "build",
            inputs=keyed_digest(key, *(file.digest for file in read), *certificate.inputs),
        ),
        read,
    )


def _bind_addresses(name: str, services: dict[str, dict[str, Any]], site: Site) -> list[str]:
    consumers = consumers_elsewhere(name, services, dict(site.placement))
    private = site.host_addresses.get(site.host)
    if consumers and not private:
        whose = ", ".join(consumers)
        raise PlanError([f"{name}: services on {whose} depend on it; set sahool_private_address of {site.host}"])
    return [LOOPBACK, *([private] if consumers and private else [])]


def _extra_hosts(name: str, services: dict[str, dict[str, Any]], site: Site) -> dict[str, str]:
    elsewhere = {
        dependency: site.placement[dependency]
        for dependency in consumed(name, services)
        if site.placement[dependency] != site.host
    }
    unknown = sorted({host for host in elsewhere.values() if not site.host_addresses.get(host)})
    if unknown:
        raise PlanError([f"{name}: depends on services of {', '.join(unknown)}; set sahool_private_address there"])
    return {dependency: str(site.host_addresses[host]) for dependency, host in elsewhere.items()}


def _compose_model(
    here: list[str], services: dict[str, dict[str, Any]], models: dict[str, Any], project: str
) -> dict[str, Any]:
    volumes = {}
    for name in here:
        for key, volume in services[name]["volumes"].items():
            own = volume.get("name")
            # A volume with a name of its own is adopted: Compose neither makes nor labels nor removes it.
            volumes[key] = {"name": own, "external": True} if own else {"name": f"{project}_{key}"}
    # Labelled last: the digest is of the text that Compose reads.
    return labelled(
        {
            "name": project,
            "services": _escaped(models),
            "networks": {"default": {"name": f"{project}_default"}},
            "volumes": volumes,
        }
    )


def _escaped(value: Any) -> Any:
    """Double every ``$``, which Compose would take for a variable of its own environment."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, list):
        return [_escaped(item) for item in value]
    if isinstance(value, dict):
        return {key: _escaped(item) for key, item in value.items()}
    return value


def _stateful_volumes(
    here: list[str],
    services: dict[str, dict[str, Any]],
    project: str,
    images: Mapping[str, Mapping[str, Any]],
    recorded: Mapping[str, Mapping[str, Any]],
) -> list[dict[str, Any]]:
    return [
        {
            "service": name,
            "key": key,
            "volume": volume.get("name") or f"{project}_{key}",
            "source": images[name]["source"],
            "major": images[name]["major"],
            "recorded_source": recorded.get(name, {}).get("source"),
            "recorded_major": recorded.get(name, {}).get("major"),
        }
        for name in here
        if services[name]["stateful"]
        for key, volume in services[name]["volumes"].items()
    ]
