"""One database for many tests that commit: swept clean before each, which is much faster than making one anew.

Only what migrations have put there stays. Triggers and foreign keys are off while sweeping, so the ledger's own
locks against deleting are in nobody's way here, and here only.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

import asyncpg
import pytest

from walletdesk.kit import db
from walletdesk.kit.pg import Server

NAME = "walletdesk_swept"
TABLES = """
    SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema|public$)'
"""
SEQUENCES = """
    SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), start_value, last_value
      FROM pg_sequences WHERE schemaname !~ '^(pg_|information_schema|public$)'
"""


@dataclass
class Swept:
    """The database, and how to bring it back to its beginning."""

    dsn: str
    sweep: str

    @classmethod
    async def made(cls, dsn: str) -> Swept:
        """Note how a migrated database begins."""
        connection = await asyncpg.connect(dsn)
        try:
            steps = ["SET LOCAL session_replication_role = replica"]
            for n, (table,) in enumerate(await connection.fetch(TABLES)):
                steps.append(f"DELETE FROM {table}")
                if await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table})"):
                    await connection.execute(f"CREATE TABLE public.kept_{n} AS TABLE {table}")
                    steps.append(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE public.kept_{n}")
            for sequence, start, last in await connection.fetch(SEQUENCES):
                called = "true" if last is not None else "false"
                steps.append(f"SELECT setval('{sequence}', {last or start}, {called})")
        finally:
            await connection.close()
        return cls(dsn, ";\n".join(steps))


@pytest.fixture(scope="session")
async def swept_server(server: Server, template: str) -> Swept:
    """A migrated database that is swept before each test that uses it."""
    admin = await asyncpg.connect(server.dsn("postgres"))
    await admin.execute(f"CREATE DATABASE {NAME} TEMPLATE {template}")
    await admin.close()
    return await Swept.made(server.dsn(NAME))


@pytest.fixture
async def swept_pool(swept_server: Swept) -> AsyncGenerator[db.Pool]:
    """A pool on a clean database; commits are allowed, and gone before the next test."""
    connection = await asyncpg.connect(swept_server.dsn)
    async with connection.transaction():
        await connection.execute(swept_server.sweep)
    await connection.close()
    pool = await db.open_pool(swept_server.dsn, size_min=1, size_max=16)
    yield pool
    pool.terminate()
