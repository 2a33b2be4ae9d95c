"""Migrations: numbered SQL files, each applied once, in order, in a transaction of its own.

The runner waits at most three seconds for a lock and then tries again, so that a migration never stands in
front of the traffic it waits for. A file that was changed after it was applied is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import Any, ClassVar, Final

import asyncpg

from walletdesk.kit import db
from walletdesk.kit.refusal import Kind, Refusal

LOCK_TIMEOUT: Final = "3s"
STATEMENT_TIMEOUT: Final = "120s"
TRIES_MAX: Final = 10
_ADVISORY_KEY: Final = 7_241_001


class MigrationChanged(Refusal):
    """A migration that this database has already applied reads differently now."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "kit.migration_changed"


class DatabaseNewer(Refusal):
    """The database was migrated by a newer walletdesk."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "kit.database_newer"


class DatabaseTooOld(Refusal):
    """The PostgreSQL server is older than what walletdesk needs."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "kit.server_too_old"


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: its name gives the order, its digest shows a change."""

    name: str
    sql: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def all_migrations() -> list[Migration]:
    """Return every migration in the order in which it is applied."""
    folder = resources.files("walletdesk").joinpath("migrations")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [Migration(file.name, file.read_text(encoding="utf-8")) for file in files]


async def migrate(dsn: str, *, tell: Callable[[str], None] | None = None) -> list[str]:
    """Bring a database to the present state; return the names of what was applied.

    Two processes may call it at once: the second waits and finds nothing to do.

    Raises:
        DatabaseDown, DatabaseTooOld, DatabaseNewer, MigrationChanged
    """
    async with db.unavailable_as_refusal():
        connection = await asyncpg.connect(dsn, timeout=20, server_settings={"timezone": "UTC"})
        try:
            version = connection.get_server_version()
            if version.major < 15:
                raise DatabaseTooOld(found=version.major, needed=15)
            await connection.execute("SELECT pg_advisory_lock($1)", _ADVISORY_KEY)
            return await _apply_missing(connection, tell)
        finally:
            await connection.close()


async def pending(tx: db.Tx) -> list[str]:
    """Return the names of migrations that this database has not applied."""
    done = {row["name"] for row in await tx.fetch("SELECT name FROM kit.migration")}
    return [migration.name for migration in all_migrations() if migration.name not in done]


async def _apply_missing(connection: Any, tell: Callable[[str], None] | None) -> list[str]:
    await connection.execute(
        """
        CREATE SCHEMA IF NOT EXISTS kit;
        CREATE TABLE IF NOT EXISTS kit.migration (
            name text PRIMARY KEY, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
        );
        """
    )
    rows = await connection.fetch("SELECT name, digest FROM kit.migration")
    done = {row["name"]: row["digest"] for row in rows}
    known = all_migrations()
    if newer := sorted(done.keys() - {migration.name for migration in known}):
        raise DatabaseNewer(name=newer[0])
    applied: list[str] = []
    for migration in known:
        if migration.name in done:
            if done[migration.name] != migration.digest:
                raise MigrationChanged(name=migration.name)
            continue
        if tell is not None:
            tell(migration.name)
        await _apply(connection, migration)
        applied.append(migration.name)
    if applied:
        await connection.execute("GRANT SELECT ON kit.migration TO walletdesk_app")
    return applied


async def _apply(connection: Any, migration: Migration) -> None:
    for attempt in range(1, TRIES_MAX + 1):
        try:
            async with connection.transaction():
                await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
                await connection.execute(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'")
                await connection.execute(migration.sql)
                await connection.execute(
                    "INSERT INTO kit.migration (name, digest) VALUES ($1, $2)",
                    migration.name,
                    migration.digest,
                )
        except asyncpg.LockNotAvailableError:
            if attempt == TRIES_MAX:
                raise
        else:
            return
