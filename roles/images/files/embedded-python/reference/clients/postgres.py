# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL, as a rule through PgBouncer: a real login by libpq and one statement."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlunsplit

import psycopg2

from reference.clients.kept import address_of
from reference.settings import Settings

SCHEMES = ("postgresql", "postgres", "postgresql+asyncpg", "postgresql+psycopg", "postgresql+psycopg2")
# Options that libpq knows; those of Prisma and asyncpg (schema, pgbouncer, connection_limit) it refuses.
LIBPQ_OPTIONS = {"sslmode", "sslrootcert", "options", "target_session_attrs"}
CONNECT_SECONDS = 2


def libpq_url(settings: Settings) -> str:
    """Return DATABASE_URL in the form that libpq takes. Raises SettingsError."""
    parts = address_of(settings, "DATABASE_URL", SCHEMES)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key in LIBPQ_OPTIONS]
    return urlunsplit(("postgresql", parts.netloc, parts.path, urlencode(query), ""))


class Client:
    """One kept session; autocommit, so that PgBouncer gets its server connection back after each statement."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._url = libpq_url(settings)
        self._application = settings.service
        self._connection = None

    def check(self) -> None:
        """Raise psycopg2.Error when the database does not answer. A dead session is replaced once."""
        if self._connection is not None:
            try:
                self._ask()
                return
            except psycopg2.Error:
                self._drop()
        self._connection = psycopg2.connect(
            self._url,
            connect_timeout=CONNECT_SECONDS,
            application_name=self._application,
            keepalives_idle=5,
            keepalives_interval=2,
            keepalives_count=2,
        )
        self._connection.autocommit = True
        try:
            self._ask()
        except psycopg2.Error:
            self._drop()
            raise

    def _ask(self) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()

    def _drop(self) -> None:
        self._connection.close()
        self._connection = None
