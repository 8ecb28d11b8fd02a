#!/usr/bin/python
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: secrets_audit
short_description: Judge secrets, their age, their files and the git repository around them
version_added: 0.1.0
author: SAHOOL Platform contributors (@sahool)
description:
  - Judges the values of secrets by a policy, how old they are, the files that hold them, and whether one of them, or
    another secret, stands in a git repository or its history.
  - Judges everything and returns all findings at once, each with what was found, what was expected and how to mend it.
  - Only reads. Never returns a value, nor a part of one.
attributes:
  check_mode:
    description: Can run in check mode without changing what would happen outside of it.
    support: full
  diff_mode:
    description: Returns details on what has changed.
    support: none
    details:
      - The module changes nothing.
options:
  secrets:
    description:
      - The secrets, name to value. Each must be there, long and random enough, no placeholder and nobody's default, and
        used for nothing else.
      - Values of O(repository) are searched for as well, unless they are shorter than 8 characters or known defaults,
        which are words of any text.
    type: dict
    default: {}
  policy:
    description:
      - What is asked of single secrets. A secret that is named here must be among O(secrets).
      - Secrets of O(secrets) that are not named here are judged by O(minimum_length) and have no consumers.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the secret.
        type: str
        required: true
      minimum_length:
        description:
          - The least number of characters. The least estimated entropy is 3 bits for each of them.
          - Not less than 32 for C(JWT_SECRET_KEY) if nothing is said here, else O(minimum_length).
        type: int
      consumers:
        description:
          - What reads the value without quotes or escapes. A value must pass through all of them as it is.
          - V(url) is the password in a URL, V(compose) a Compose file, V(nats) the configuration of nats-server, V(sql)
            a text in SQL, V(ini) an ini file or the user list of PgBouncer, V(shell) a word of a command, V(env_file)
            an env file for Docker, Compose or one of the dotenv libraries.
        type: list
        elements: str
        choices: [url, compose, nats, sql, ini, shell, env_file]
        default: []
      user:
        description: Name of the user whose password it is. The value must not hold it.
        type: str
  minimum_length:
    description: The least number of characters of a secret, where O(policy[].minimum_length) says nothing.
    type: int
    default: 24
  created:
    description:
      - When the secrets were made, name to a date or time by ISO 8601. Without a zone it is UTC.
      - A secret that is not here is a finding of unknown age. Ages are not judged at all without this option.
    type: dict
  maximum_age:
    description: Days after which a secret is too old.
    type: int
    default: 90
  files:
    description:
      - Files that hold secrets. Those inside O(repository) must be ignored by git and must never have been tracked.
      - Permissions are judged by mode bits; access control lists are not looked at.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: Path of the file. It must be a regular file, no symbolic link.
        type: path
        required: true
      mode:
        description: The most that the mode may allow, as octal digits in quotes.
        type: raw
        default: '0600'
      owner:
        description: Name or number of the user that it must belong to.
        type: str
      group:
        description: Name or number of the group that it must belong to.
        type: str
      readable_by_uid:
        description: User of a container, by number, that must be able to reach and read it.
        type: int
      readable_by_gid:
        description: Group, by number, of O(files[].readable_by_uid).
        type: int
      must_exist:
        description: Whether it is a finding that the file is not there.
        type: bool
        default: true
      private_directory:
        description: Whether its directory must be one that others can neither list nor write to.
        type: bool
        default: true
  repository:
    description:
      - Path of a git work tree. Its tracked files as they are now, and the added lines and the messages of all commits
        of all refs, are searched for the values of O(secrets), plain, in base64, URL-encoded and JSON-escaped. The
        detectors of detect-secrets look there for private keys, tokens of known services, passwords in URLs, and values
        that are assigned to names such as C(password). Its detectors for high entropy are not used, which report every
        digest.
      - Commits that no ref leads to, and the contents of submodules and of Git LFS, are not looked at.
    type: path
  allow_list:
    description:
      - Baseline of detect-secrets with what is known to be no secret. It allows the same string in every file and
        commit, and does not hold for the values of O(secrets).
      - "A line that ends in a comment with C(pragma: allowlist secret) is allowed as well."
    type: path
  fail_on:
    description:
      - Fail when there is a finding of this severity or a worse one. What could not be judged (V(unknown)) counts like
        V(low).
    type: str
    choices: [high, medium, low, never]
    default: high
requirements:
  - git and the Python library detect-secrets for O(repository). A finding tells that one is missing.
notes:
  - Runs on the controller; with other hosts, for their O(files).
  - A finding in the history that is no secret comes into the allow-list by writing the file as it was then
    (C(git show COMMIT:PATH)) and running C(detect-secrets scan) on it.
  - Values of O(secrets) that are words, known defaults, or parts of other options are not masked in the output, which
    would garble names and paths.
seealso:
  - module: sahool.platform.secrets_file
"""

EXAMPLES = r"""
---
- name: Judge the passwords of the platform by who reads them
  sahool.platform.secrets_audit:
    secrets: "{{ sahool_secrets }}"
    policy:
      - name: POSTGRES_PASSWORD
        consumers: [url, sql, env_file]
        user: sahool
      - name: NATS_PASSWORD
        consumers: [url, nats]
  delegate_to: localhost

- name: Refuse secrets that are older than 90 days
  sahool.platform.secrets_audit:
    secrets: "{{ sahool_secrets }}"
    created:
      POSTGRES_PASSWORD: 2026-01-31
      NATS_PASSWORD: 2026-03-01T12:00:00Z
    fail_on: medium
  delegate_to: localhost

- name: Check that the container of PostgreSQL, and nobody else, can read its key
  sahool.platform.secrets_audit:
    files:
      - path: /opt/sahool/secrets/postgres.key
        owner: "999"
        readable_by_uid: 999

- name: Search the checkout and its history for secrets
  sahool.platform.secrets_audit:
    secrets: "{{ sahool_secrets }}"
    files:
      - path: /srv/sahool/.env
        must_exist: false
    repository: /srv/sahool
    allow_list: /srv/sahool/.secrets.baseline
  delegate_to: localhost
"""

RETURN = r"""
findings:
  description: All findings, the worst first.
  returned: always
  type: list
  elements: dict
  contains:
    severity:
      description: V(high), V(medium), V(low), or V(unknown) for what could not be judged.
      type: str
    check:
      description:
        - What found it. Of values V(presence), V(default), V(length), V(entropy), V(user), V(characters), V(reuse) and
          V(age); of files V(file), V(mode), V(owner), V(reading) and V(directory); of the repository V(repository),
          V(tracked), V(tree), V(history) and V(allow_list).
      type: str
    name:
      description: Name of the secret, or path.
      type: str
    found:
      description: What was found.
      type: str
    expected:
      description: What was expected.
      type: str
    fix:
      description: How to mend it.
      type: str
  sample:
    - severity: high
      check: length
      name: POSTGRES_PASSWORD
      found: 8 characters
      expected: at least 24
      fix: replace the value
messages:
  description: The findings, one line each.
  returned: always
  type: list
  elements: str
  sample: ["high: POSTGRES_PASSWORD: found 8 characters, expected at least 24; replace the value"]
counts:
  description: How many findings there are of each severity.
  returned: always
  type: dict
  sample: {high: 1, medium: 0, low: 0, unknown: 0}
checked:
  description: How much was looked at.
  returned: always
  type: dict
  contains:
    secrets:
      description: Secrets that were judged.
      type: int
    ages:
      description: Secrets whose age was judged.
      type: int
    files:
      description: Files of O(files).
      type: int
    tracked_files:
      description: Tracked files of the repository.
      type: int
    commits:
      description: Commits of the repository.
      type: int
    lines:
      description: Lines of tracked files and lines that the commits added.
      type: int
    values_searched:
      description: Values of O(secrets) that were searched for in the repository.
      type: int
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.checks import audit
from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.consumers import CONSUMERS
from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.finding import (
    counts,
    failing,
    shown,
    summary,
)
from ansible_collections.sahool.platform.plugins.module_utils._secrets.audit.masking import worth_masking

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "secrets": {"type": "dict", "default": {}, "no_log": True},
            "policy": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "name": {"type": "str", "required": True},
                    "minimum_length": {"type": "int"},
                    "consumers": {"type": "list", "elements": "str", "choices": list(CONSUMERS), "default": []},
                    "user": {"type": "str"},
                },
            },
            "minimum_length": {"type": "int", "default": 24},
            "created": {"type": "dict"},
            "maximum_age": {"type": "int", "default": 90},
            "files": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "path": {"type": "path", "required": True},
                    "mode": {"type": "raw", "default": "0600"},
                    "owner": {"type": "str"},
                    "group": {"type": "str"},
                    "readable_by_uid": {"type": "int"},
                    "readable_by_gid": {"type": "int"},
                    "must_exist": {"type": "bool", "default": True},
                    "private_directory": {"type": "bool", "default": True},
                },
            },
            "repository": {"type": "path"},
            "allow_list": {"type": "path"},
            "fail_on": {"type": "str", "choices": ["high", "medium", "low", "never"], "default": "high"},
        },
        required_by={"allow_list": ["repository"]},
        supports_check_mode=True,
    )
    elsewhere = {name: value for name, value in module.params.items() if name != "secrets"}
    module.no_log_values = worth_masking(module.no_log_values, elsewhere)
    result: dict[str, Any] = {"changed": False, "invocation": {"module_args": {**elsewhere, "secrets": HIDDEN}}}
    try:
        found, checked = audit(module.params)
    except ValueError as error:
        module.fail_json(msg=str(error), **result)
    except OSError as error:
        # What one check cannot look at is its finding; this is a file that vanished in the midst of it.
        module.fail_json(msg="%s: %s; run it again" % (shown(error.filename or ""), error.strerror), **result)
    numbers = counts(found)
    result.update(
        findings=[finding._asdict() for finding in found],
        messages=[finding.line() for finding in found],
        counts=numbers,
        checked=checked,
    )
    if numbers["unknown"]:
        module.warn("%d findings are of severity unknown: something could not be judged" % numbers["unknown"])
    if failing(found, module.params["fail_on"]):
        module.fail_json(msg=summary(found), **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
