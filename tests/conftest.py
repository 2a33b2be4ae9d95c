"""One PostgreSQL for the whole run; a test works in a transaction that is undone, or in a database of its own."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.support.learnt import understander
from tests.support.swept import swept_pool, swept_server
from tests.support.world_home import world, world_template
from walletdesk.kit import clock, db
from walletdesk.kit.migrate import migrate
from walletdesk.kit.pg import Server

__all__ = ["swept_pool", "swept_server", "understander", "world", "world_template"]
"""Fixtures of what takes long, made once for the whole run: a world, a database that is swept, the language model."""

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
TEMPLATE = "walletdesk_template"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """An embedded server that forgets at a power cut (faults have their own, which do not)."""
    with tempfile.TemporaryDirectory(prefix="walletdesk-test-") as folder:
        found = Server(
            Path(folder), settings={"fsync": "off", "full_page_writes": "off", "max_connections": "200"}
        )
        found.start()
        try:
            yield found
        finally:
            found.destroy()


@pytest.fixture(scope="session")
async def template(server: Server) -> str:
    """The address of a database with every migration applied; databases of tests are copies of it."""
    admin = await asyncpg.connect(server.dsn("postgres"))
    await admin.execute(f"CREATE DATABASE {TEMPLATE}")
    await admin.close()
    await migrate(server.dsn(TEMPLATE))
    return TEMPLATE


@pytest.fixture(scope="session")
async def shared_pool(server: Server, template: str) -> AsyncGenerator[db.Pool]:
    """A pool on one migrated database that every `tx` test shares, because none of them commits."""
    pool = await db.open_pool(await _copy(server, "walletdesk_shared"), size_min=1, size_max=4)
    yield pool
    await pool.close()


@pytest.fixture
async def tx(shared_pool: db.Pool) -> AsyncGenerator[db.Tx]:
    """A connection in a transaction that is rolled back at the end of the test."""
    async with shared_pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            yield connection
        finally:
            await transaction.rollback()


@pytest.fixture
async def database(server: Server, template: str) -> AsyncGenerator[str]:
    """The address of a fresh migrated database of this test alone."""
    name = f"t_{uuid4().hex}"
    yield await _copy(server, name)
    admin = await asyncpg.connect(server.dsn("postgres"))
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def pool(database: str) -> AsyncGenerator[db.Pool]:
    """A pool on a fresh database; commits are allowed."""
    pool = await db.open_pool(database, size_min=1, size_max=16)
    yield pool
    try:
        await asyncio.wait_for(pool.close(), 5)
    except TimeoutError:
        pool.terminate()


@pytest.fixture
async def owner(database: str) -> AsyncGenerator[Any]:
    """A connection as the owner of the tables, to break on purpose what the product may not touch."""
    connection = await asyncpg.connect(database)
    await db.prepare_connection(connection)
    yield connection
    await connection.close()


@pytest.fixture
def clock_at() -> Callable[[datetime], Any]:
    """Lend a clock that stands still until it is told to move."""

    @contextmanager
    def at(moment: datetime = NOON) -> Generator[clock.VirtualClock]:
        virtual = clock.VirtualClock(moment)
        with clock.using(virtual):
            yield virtual

    return at


async def _copy(server: Server, name: str) -> str:
    admin = await asyncpg.connect(server.dsn("postgres"))
    try:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    finally:
        await admin.close()
    return server.dsn(name)
