# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of a readiness gate, shared by the modules that probe. Private to this collection."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  services:
    description:
      - The gates, one per service.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - Name of the service, as the Compose model calls it.
        type: str
        required: true
      protocol:
        description:
          - How the service is asked.
          - V(http) sends one GET request. Redirects are answers like any other and are not followed.
          - V(tcp) opens a connection, which must stay open.
          - V(postgres) and V(pgbouncer) log in and run C(SELECT 1), the latter through the pool.
          - V(redis) sends C(AUTH), if O(services[].password) is given, and C(PING).
          - V(nats) logs in and sends C(PING).
          - V(mqtt) logs in, subscribes to a topic and waits for a message of its own.
          - V(etcd) asks C(/health) and, if O(services[].password) is given, logs in and reads a key.
          - Required unless O(services[].one_shot=true).
        type: str
        choices: [http, tcp, postgres, pgbouncer, redis, nats, mqtt, etcd]
      host:
        description:
          - Address at which the service is asked.
        type: str
        default: 127.0.0.1
      port:
        description:
          - Port at which the service is asked. Required with O(services[].protocol).
        type: int
      path:
        description:
          - Path, with query if need be, of the request (V(http)).
        type: str
        default: /
      scheme:
        description:
          - V(https) speaks TLS (V(http) and V(etcd)). The certificate is not verified, since the question is
            whether the service is ready on this address.
        type: str
        choices: [http, https]
        default: http
      status:
        description:
          - Accepted status codes (V(http)).
        type: list
        elements: int
        default: [200]
      json:
        description:
          - Values that the body, a JSON document, must have (V(http)).
          - A dictionary of dotted paths, each with a list of the values that are accepted there.
        type: dict
        default: {}
      text:
        description:
          - Regular expression that must be found in the body (V(http)).
        type: str
      reject_false:
        description:
          - Whether any V(false) in the body, a JSON document, means that the service is not ready (V(http)).
        type: bool
        default: false
      identity_field:
        description:
          - Dotted path in the body at which the service names itself (V(http)).
          - A body that names another service, or none, is the answer of a wrong service.
        type: str
      identity_accept:
        description:
          - Names by which the service is known in O(services[].identity_field).
          - If empty, O(services[].name) is the only one.
        type: list
        elements: str
        default: []
      identity_container:
        description:
          - Whether the container that publishes O(services[].port) must be the one of this service in O(project).
          - For services whose answer names none, or a name that another service shares.
        type: bool
        default: false
      username:
        description:
          - User to log in as. Required for V(postgres) and V(pgbouncer).
          - With V(http), user of the basic authentication.
        type: str
      password:
        description:
          - Password of the user.
          - With V(http), the value of O(services[].header) if that is given, else the password of the basic
            authentication if O(services[].username) is given, else a bearer token.
        type: str
      database:
        description:
          - Database to log in to (V(postgres), V(pgbouncer)). By default the one that is named like the user.
        type: str
      header:
        description:
          - Request header that carries the password (V(http)), for instance V(api-key).
        type: str
      topic:
        description:
          - Topic of the message (V(mqtt)). By default a random one below C(sahool/system/health/).
        type: str
      jetstream:
        description:
          - Whether JetStream must be enabled (V(nats)).
        type: bool
        default: false
      consecutive:
        description:
          - Number of good answers in a row that make the service ready.
        type: int
        default: 1
      timeout:
        description:
          - Seconds that a single probe may take, from the connection to the last byte of the answer.
        type: float
        default: 2.0
      min_interval:
        description:
          - Seconds that lie at least between the beginnings of two probes, for services that a probe costs much.
        type: float
        default: 0.0
      deadline:
        description:
          - Seconds after which this service is given up. It can only shorten O(deadline).
        type: float
      one_shot:
        description:
          - Whether the service does its work and ends. Its container must exit with code 0.
          - M(sahool.platform.service_health) only asks its probe, and nothing if it has none.
        type: bool
        default: false
      wait_for_probe:
        description:
          - Whether a one-shot that exited with code 0 must be confirmed by its probe, if it has one.
        type: bool
        default: true
      needs:
        description:
          - Services that this one cannot do without. Nothing waits for them here, that is the order's part.
          - When this service is not ready, M(sahool.platform.service_rollout) looks at their containers in O(project)
            and tells which of them block it. M(sahool.platform.service_health) takes no notice.
        type: list
        elements: str
        default: []
  docker_cli:
    description:
      - Name or absolute path of the Docker client on the host.
    type: str
    default: docker
"""
