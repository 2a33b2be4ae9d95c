"""`bench inbox`: the first page of each box with a thousand and with two hundred thousand open conversations.

Time is the smallest of many repeats (the work itself, without the neighbours); buffers are PostgreSQL's own count
of the pages it touched, which no neighbour moves.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID

from walletdesk.app.bench.report import Goal, Report, report
from walletdesk.app.bench.scratch import scratch
from walletdesk.app.context import Context
from walletdesk.desk.conversations import queries
from walletdesk.desk.conversations.queries import Box
from walletdesk.kit import db
from walletdesk.kit.ids import new_id
from walletdesk.kit.migrate import migrate
from walletdesk.kit.pg import Server

FEW: Final = 1_000
MANY: Final = 200_000
REPEATS: Final = 200
PAGE: Final = 50
BOXES: Final[tuple[Box, ...]] = ("mine", "unassigned", "all")
GOALS = tuple(
    goal
    for box in BOXES
    for goal in (Goal(f"{box}_time", most=1.5), Goal(f"{box}_buffers", most=2.0))
)


async def measure(*, many: int = MANY) -> Report:
    """Fill two desks of one server and look at the first pages of both in turns."""
    async with scratch() as context, _other_desk(context) as small:
        agent = new_id()
        await _fill(small, FEW, agent, first=True)
        await _fill(context.pool, FEW, agent, first=True)
        await _fill(context.pool, many - FEW, agent, first=False)
        figures: dict[str, float] = {"few": FEW, "many": many}
        ratios: dict[str, float] = {}
        for box in BOXES:
            (few_ms, few_buffers), (many_ms, many_buffers) = await _compare((small, context.pool), box, agent)
            figures |= {
                f"{box}_few_ms": few_ms, f"{box}_many_ms": many_ms,
                f"{box}_few_buffers": few_buffers, f"{box}_many_buffers": many_buffers,
            }  # fmt: skip
            ratios[f"{box}_time"] = many_ms / few_ms
            ratios[f"{box}_buffers"] = many_buffers / max(1.0, few_buffers)
    return report("inbox", figures, ratios, GOALS)


@asynccontextmanager
async def _other_desk(context: Context) -> AsyncGenerator[db.Pool]:
    """Lend a second migrated database of the same server."""
    server = Server(context.settings.home)
    async with context.pool.acquire() as connection:
        await connection.execute("SET ROLE NONE")
        await connection.execute("CREATE DATABASE small")
        await connection.execute("SET ROLE walletdesk_app")
    await migrate(server.dsn("small"))
    pool = await db.open_pool(server.dsn("small"), size_max=2)
    try:
        yield pool
    finally:
        await pool.close()


async def _fill(pool: db.Pool, count: int, agent: UUID, *, first: bool) -> None:
    """Write open conversations: a third wait in the queue, a third with agents, a third with customers.

    The measured agent holds a page and a half in either case: his own box does not grow with the desk.
    """
    async with pool.acquire() as connection:
        await connection.execute(
            """
            INSERT INTO conversations.conversation (
                id, customer_id, locale, large_type, channel, state, owner_kind, owner_id, promised_at, due_at,
                owed_since, acked_at, waiting_since, rank_at, human_wanted, last_at, opened_at, updated_at)
            SELECT gen_random_uuid(), gen_random_uuid(), 'zh', false, 'web',
                   CASE n % 3 WHEN 0 THEN 'queued' WHEN 1 THEN 'agent' ELSE 'wait_cust' END,
                   CASE n % 3 WHEN 0 THEN 'queue' WHEN 1 THEN 'agent' ELSE 'customer' END,
                   CASE WHEN n % 3 = 1 THEN
                       CASE WHEN n < 225 AND $3 THEN $2::uuid ELSE gen_random_uuid() END END,
                   t, t + interval '60 s', CASE WHEN n % 3 < 2 THEN t END, t,
                   CASE WHEN n % 3 = 0 THEN t END, CASE WHEN n % 3 = 0 THEN t END, n % 3 < 2, t, t, t
              FROM generate_series(1, $1::int) AS n,
                   LATERAL (SELECT timestamptz '2026-01-01' + ($4::int + n) * interval '1 ms' AS t) AS moment
            """,
            count,
            agent,
            first,
            0 if first else FEW,
        )
        # Statistics as autovacuum would have them; the owner may, the product's role may not.
        await connection.execute("SET ROLE NONE")
        await connection.execute("VACUUM ANALYZE conversations.conversation")
        await connection.execute("SET ROLE walletdesk_app")


async def _compare(pools: Sequence[db.Pool], box: Box, agent: UUID) -> list[tuple[float, float]]:
    """Return for each desk the least time in milliseconds and the buffers of a first page."""
    times: list[list[float]] = [[] for _ in pools]
    for _ in range(REPEATS):
        for pool, found in zip(pools, times, strict=True):
            async with db.reading(pool) as tx:
                started = time.perf_counter()
                await queries.list_inbox(tx, box, agent_id=agent, limit=PAGE)
                found.append(time.perf_counter() - started)
    result: list[tuple[float, float]] = []
    for pool, found in zip(pools, times, strict=True):
        async with db.reading(pool) as tx:
            result.append((min(found) * 1e3, await _buffers(tx, box, agent)))
    return result


class _Explaining:
    """A connection that explains what it is asked instead of doing it; the question is the room's own."""

    def __init__(self, tx: db.Tx) -> None:
        self._tx = tx
        self.buffers = 0.0

    async def fetch(self, query: str, *args: object) -> Sequence[dict[str, Any]]:
        """Run the question under EXPLAIN and remember the pages it touched."""
        plan = await self._tx.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", *args)
        root = plan[0]["Plan"]
        self.buffers = float(root["Shared Hit Blocks"] + root["Shared Read Blocks"])
        return []


async def _buffers(tx: db.Tx, box: Box, agent: UUID) -> float:
    explaining = _Explaining(tx)
    await queries.list_inbox(explaining, box, agent_id=agent, limit=PAGE)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return explaining.buffers
