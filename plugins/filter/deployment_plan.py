# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``deployment_plan``: what a deployment does on all hosts."""

from __future__ import annotations

DOCUMENTATION = r"""
name: deployment_plan
short_description: Put together what a deployment does on all hosts
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Makes one plan out of what every host found out. What is done before anything starts, what is created, recreated,
    started or removed and why, in the order in which it happens, and what stays.
  - The plan holds no secret, so that it can be shown and saved. P(sahool.platform.plan_text#filter) shows it,
    P(sahool.platform.plan_movements#filter) compares a saved one with a new one.
  - Pure. The same arguments give the same plan.
positional: _input
options:
  _input:
    description: Inventory names of the hosts.
    type: list
    elements: str
    required: true
  project:
    description: Name of the Compose project.
    type: str
    required: true
  environment:
    description: Name of the environment.
    type: str
    default: ""
  plans:
    description: Host to plan, as P(sahool.platform.host_plan#filter) returns it.
    type: dict
    required: true
  surveys:
    description: Host to result of M(sahool.platform.service_rollout) in check mode. A host that has none does nothing.
    type: dict
    default: {}
  releases:
    description: Host to the release that it runs, or null.
    type: dict
    default: {}
  next_releases:
    description: Host to the name of the release that this run records. A check cannot tell it.
    type: dict
    default: {}
  recorded:
    description: Host to whether a release is recorded.
    type: dict
    default: {}
  to_do:
    description: Host to what makes the machine ready, as texts.
    type: dict
    default: {}
  images:
    description: Host to RV(sahool.platform.service_images#module:actions).
    type: dict
    default: {}
  written:
    description: Host to RV(sahool.platform.rendered_files#module:written).
    type: dict
    default: {}
  pending:
    description: Host to services whose certificate is yet to be issued, so that their model cannot be foreseen.
    type: dict
    default: {}
  taken_over:
    description:
      - Host to containers that are taken over, each with C(service), C(container) and C(action), V(stop) for one that
        runs, else V(remove). All are removed in the end.
    type: dict
    default: {}
  generated:
    description: Names of secrets that are generated.
    type: list
    elements: str
    default: []
  ahead:
    description: Whether machines, secrets, images and files have yet to be made ready (check mode), or were.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Make the plan of one host
  ansible.builtin.set_fact:
    deployment_plan: >-
      {{ [inventory_hostname] | sahool.platform.deployment_plan(
           project='sahool', environment='production', plans={inventory_hostname: release_plan},
           surveys={inventory_hostname: release_survey}) }}
"""

RETURN = r"""
_value:
  description: The plan.
  type: dict
  contains:
    format:
      description: Format of the plan, for reading it again.
      type: int
    project:
      description: Name of the Compose project.
      type: str
    environment:
      description: Name of the environment.
      type: str
    digest:
      description: Digest of what is done and what is wanted.
      type: str
    observed_digest:
      description: Digest of the containers and releases that were found.
      type: str
    generated:
      description: Names of the secrets that are generated.
      type: list
      elements: str
    hosts:
      description:
        - Host to C(release), C(next_release), C(before), C(orphans), C(taken_over), C(steps), C(stay), C(after),
          C(wanted) and C(observed).
        - A step has C(phase), C(tier), C(wave), C(service), C(action), C(causes), C(changes), C(image) and C(digest).
      type: dict
    counts:
      description: How many services there are of each action, over all hosts.
      type: dict
    empty:
      description: Whether there is nothing to do at all.
      type: bool
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.sahool.platform.plugins.plugin_utils._deployment_plan.collect import make_plan


def deployment_plan(
    hosts: Sequence[str],
    *,
    project: str,
    plans: Mapping[str, Any],
    environment: str = "",
    surveys: Mapping[str, Any] | None = None,
    releases: Mapping[str, Any] | None = None,
    next_releases: Mapping[str, Any] | None = None,
    recorded: Mapping[str, bool] | None = None,
    to_do: Mapping[str, Any] | None = None,
    images: Mapping[str, Any] | None = None,
    written: Mapping[str, Any] | None = None,
    pending: Mapping[str, Any] | None = None,
    taken_over: Mapping[str, Any] | None = None,
    generated: Sequence[str] = (),
    ahead: bool = True,
) -> dict[str, Any]:
    """Make the plan; see :func:`make_plan`."""
    facts = {
        "survey": surveys,
        "release": releases,
        "next_release": next_releases,
        "recorded": recorded,
        "to_do": to_do,
        "images": images,
        "written": written,
        "pending": pending,
        "taken_over": taken_over,
    }
    found = {
        host: {"plan": plans[host], **{key: (by_host or {}).get(host) for key, by_host in facts.items()}}
        for host in hosts
    }
    return make_plan(found, project=project, environment=environment, generated=list(generated), ahead=ahead)


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"deployment_plan": deployment_plan}
