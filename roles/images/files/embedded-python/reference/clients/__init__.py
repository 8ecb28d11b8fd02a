# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One client for each kind of dependency, each with ``check()`` that raises when the dependency does not work.

redis-py costs 95 ms of CPU and paho-mqtt 55 ms at import (measured in this image), more than the whole service may
cost with all others; these checks need two commands each, so they speak them on a socket. PostgreSQL's SCRAM through
PgBouncer is libpq's business: psycopg2.
"""
