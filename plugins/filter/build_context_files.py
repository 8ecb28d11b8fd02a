# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``build_context_files``: the files of a build context for ``rendered_files``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: build_context_files
short_description: List the files of build contexts for rendered_files
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Reads build contexts on the controller and returns their files as elements of
    O(sahool.platform.rendered_files#module:files), which writes them all to a managed host by one task.
positional: _input
options:
  _input:
    description:
      - Elements of O(sahool.platform.service_images#module:builds), as P(sahool.platform.image_requests#filter) makes
        them. Builds that share a context give its files once.
    type: list
    elements: dict
    required: true
  contexts:
    description: Folder of the build contexts on the controller.
    type: path
    required: true
"""

EXAMPLES = r"""
- name: Copy the build contexts
  sahool.platform.rendered_files:
    root: /opt/sahool/build
    directory_mode: "0755"
    files: "{{ builds | sahool.platform.build_context_files(contexts=role_path ~ '/files') }}"
"""

RETURN = r"""
_value:
  description: Elements with the keys C(digest) (here the name of the context's folder on the host), C(name),
    C(content) and C(mode).
  type: list
  elements: dict
"""

import os
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.sahool.platform.plugins.plugin_utils._images.context import ContextError, context_files


def build_context_files(builds: list[dict[str, Any]], *, contexts: str) -> list[dict[str, str]]:
    """Return the files of the contexts of *builds*."""
    files: list[dict[str, str]] = []
    for folder in sorted({os.path.basename(build["context"]) for build in builds}):
        # The host's folder is the controller's name, a dash and the digest.
        path = os.path.join(contexts, folder.rpartition("-")[0])
        try:
            for file in context_files(path):
                text = file.content.decode("utf-8")
                files.append({"digest": folder, "name": file.name, "content": text, "mode": file.mode})
        except UnicodeDecodeError as error:
            raise AnsibleFilterError(f"{path} holds a file that is not UTF-8 text, which cannot be copied") from error
        except (ContextError, OSError) as error:
            raise AnsibleFilterError(str(error)) from error
    return files


class FilterModule:
    """Make the filter known to Ansible."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"build_context_files": build_context_files}
