"""The one door to PostgreSQL: pools, transactions, and rows that arrive as dataclasses."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, ClassVar, Final, LiteralString, Protocol, TypeVar, cast, runtime_checkable

import asyncpg
import msgspec

from walletdesk.kit.refusal import Kind, Refusal

Row = TypeVar("Row")

APP_ROLE: Final = "walletdesk_app"
"""The role the product works as: it owns nothing, and the ledger's tables it can only read."""

STATEMENT_TIMEOUT_SECONDS: Final = 30
IDLE_IN_TRANSACTION_SECONDS: Final = 30
LOCK_TIMEOUT_SECONDS: Final = 10


class DatabaseDown(Refusal):
    """The database cannot be reached at the moment; nothing was stored."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "kit.database_down"


class DatabaseFull(Refusal):
    """The disk of the database is full; reading goes on, nothing can be stored."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "kit.database_full"


class Tx(Protocol):
    """A connection inside a transaction, with the part of asyncpg that the rooms use."""

    async def execute(self, query: str, *args: object) -> str:
        """Run a statement; return its command tag."""
        ...

    async def fetch(self, query: str, *args: object) -> Sequence[Mapping[str, Any]]:
        """Return every row."""
        ...

    async def fetchrow(self, query: str, *args: object) -> Mapping[str, Any] | None:
        """Return the first row."""
        ...

    async def fetchval(self, query: str, *args: object) -> Any:
        """Return the first column of the first row."""
        ...

    async def copy_records_to_table(
        self,
        table_name: str,
        *,
        schema_name: str,
        columns: Sequence[str],
        records: Iterable[Sequence[object]],
    ) -> str:
        """Write many rows by COPY."""
        ...

    def transaction(self) -> Any:
        """Begin a nested transaction (a savepoint) as a context."""
        ...



@runtime_checkable
class Pool(Protocol):
    """A pool of connections."""

    def acquire(self, *, timeout: float | None = None) -> Any:
        """Lend a connection as a context."""
        ...

    async def close(self) -> None:
        """Close every connection once it is back."""
        ...

    def terminate(self) -> None:
        """Close every connection now."""
        ...

    def get_size(self) -> int:
        """Say how many connections there are."""
        ...

    def get_idle_size(self) -> int:
        """Say how many connections are free."""
        ...



def _encode(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def prepare_connection(connection: Any) -> None:
    """Teach a connection that JSON columns are plain Python objects."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name, encoder=_encode, decoder=msgspec.json.decode, schema="pg_catalog"
        )


async def _keep(_: object) -> None:
    """Return a connection as it is: we leave no session state behind, so no round trip is spent."""


async def open_pool(
    dsn: str,
    *,
    size_min: int = 2,
    size_max: int = 16,
    role: str | None = APP_ROLE,
    settings: Mapping[str, str] | None = None,
) -> Pool:
    """Open a pool that works as the product's role, with time limits on every statement.

    Raises:
        DatabaseDown: Nothing answers at `dsn`.
    """
    server_settings = {
        "application_name": "walletdesk",
        "timezone": "UTC",
        "jit": "off",
        "statement_timeout": f"{STATEMENT_TIMEOUT_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_SECONDS}s",
        "lock_timeout": f"{LOCK_TIMEOUT_SECONDS}s",
        **({"role": role} if role else {}),
        **(settings or {}),
    }
    try:
        return cast(
            "Pool",
            await asyncpg.create_pool(
                dsn,
                min_size=size_min,
                max_size=size_max,
                init=prepare_connection,
                reset=_keep,
                server_settings=server_settings,
                command_timeout=60,
            ),
        )
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError) as error:
        raise DatabaseDown from error


_AWAY: Final = (
    TimeoutError,
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InterfaceError,
    asyncpg.ReadOnlySQLTransactionError,
)


@asynccontextmanager
async def unavailable_as_refusal() -> AsyncGenerator[None]:
    """Turn "the database is not there" and "its disk is full" into refusals; defects pass through."""
    try:
        yield
    except (asyncpg.DiskFullError, asyncpg.ConfigurationLimitExceededError) as error:
        raise DatabaseFull from error
    except _AWAY as error:
        raise DatabaseDown(retry_after_seconds=2.0) from error


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncGenerator[Tx]:
    """Run a block as one transaction (READ COMMITTED): all of it is kept, or none of it.

    Raises:
        DatabaseDown: No connection could be had, or it broke. If it broke at the commit, the outcome is
            unknown to the caller: repeat with the same client-made id.
        DatabaseFull: The disk is full.
    """
    async with unavailable_as_refusal(), pool.acquire(timeout=10) as connection, connection.transaction():
        yield cast("Tx", connection)


@asynccontextmanager
async def reading(pool: Pool) -> AsyncGenerator[Tx]:
    """Lend a connection for single reads, each its own snapshot, without BEGIN and COMMIT around them."""
    async with unavailable_as_refusal(), pool.acquire(timeout=10) as connection:
        yield cast("Tx", connection)


async def fetch_all(tx: Tx, row: type[Row], sql: LiteralString, *args: object) -> list[Row]:
    """Run a query and return every row as a `row`; columns are matched to fields by name."""
    make = _maker(row)
    return [make(record) for record in await tx.fetch(sql, *args)]


async def fetch_one(tx: Tx, row: type[Row], sql: LiteralString, *args: object) -> Row | None:
    """Run a query that finds at most one row."""
    record = await tx.fetchrow(sql, *args)
    return None if record is None else _maker(row)(record)


async def fetch_value(tx: Tx, sql: LiteralString, *args: object) -> Any:
    """Run a query and return the first column of the first row, or None."""
    return await tx.fetchval(sql, *args)


async def execute(tx: Tx, sql: LiteralString, *args: object) -> int:
    """Run a statement and return how many rows it touched."""
    tag = await tx.execute(sql, *args)
    last = tag.rsplit(" ", 1)[-1]
    return int(last) if last.isdigit() else 0


@cache
def _maker(row: type[Row]) -> Callable[[Mapping[str, Any]], Row]:
    def make(record: Mapping[str, Any]) -> Row:
        return row(**dict(record))

    return make
