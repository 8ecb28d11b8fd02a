#!/usr/bin/python
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: release_info
short_description: Read which release a host runs
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Reads the releases that the role P(sahool.platform.release#role) recorded on a host.
attributes:
  check_mode:
    support: full
    description: Can run in check mode without changing what would happen outside of it.
  diff_mode:
    support: none
    description: Returns details on what has changed.
    details: The module changes nothing.
options:
  home:
    description: Folder that holds C(releases), C(state) and the links C(current) and C(previous).
    type: path
    required: true
seealso:
  - module: sahool.platform.stateful_volumes
"""

EXAMPLES = r"""
- name: Read which release the host runs
  sahool.platform.release_info:
    home: /opt/sahool
  register: release

- name: Show it
  ansible.builtin.debug:
    msg: "{{ release.current or 'nothing was deployed here yet' }}"
"""

RETURN = r"""
current:
  description: Identifier of the release that runs, V(null) before the first one.
  returned: success
  type: str
  sample: 20261123T142100Z-1f2e3d4c
previous:
  description: Identifier of the release before it.
  returned: success
  type: str
manifest:
  description: What was recorded with the release that runs; empty before the first one.
  returned: success
  type: dict
recorded:
  description:
    - Image source and major version of every service, recorded before it was first started.
  returned: success
  type: dict
  sample: {"postgres": {"source": "registry", "major": "16"}}
volumes:
  description:
    - What services adopted of another Compose project, by service, as P(sahool.platform.takeover_adoption#filter)
      decided it. Every later plan keeps the volumes without being told. Empty where nothing was adopted.
  returned: success
  type: dict
  sample: {"postgres": {"project": "sahool-unified", "volumes": {"postgres_data": "sahool-unified_postgres_data"}}}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.sahool.platform.plugins.module_utils._release.records import ReleaseRecordError, read_records


def main() -> None:
    """Run the module."""
    module = AnsibleModule(argument_spec={"home": {"type": "path", "required": True}}, supports_check_mode=True)
    try:
        module.exit_json(changed=False, **read_records(module.params["home"]))
    except ReleaseRecordError as error:
        module.fail_json(msg=str(error))


if __name__ == "__main__":
    main()
