"""The event log: facts that other rooms may act on, written in the transaction that made them true.

One table, appended only. Each follower keeps a cursor and reads committed events in order. The order is
(transaction id, row id), read only below `pg_snapshot_xmin`: an event whose transaction commits late is never
skipped, because no cursor passes a transaction that is still open. Cursors are given as parameters: a join
with the cursor table makes the planner scan the log.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

import msgspec

from walletdesk.kit import clock, db

CHANNEL: Final = "walletdesk_event"
BATCH_MAX: Final = 500

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened; subclasses are named in the past tense and hold plain values."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as a follower reads it back; `body` holds the fields of the event's class."""

    id: int
    key: UUID
    name: str
    body: dict[str, Any]
    at: datetime


Reaction = Callable[[db.Tx, Sequence[Recorded], datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Follower:
    """Who follows the log: a stable name, the names of the events it hears, and what it does with them.

    The reaction runs in the transaction that moves the cursor, so its writes happen exactly once; it does no
    network I/O.
    """

    name: str
    hears: frozenset[str]
    react: Reaction


@dataclass(frozen=True, slots=True)
class _Cursor:
    xid: str
    id: int


@dataclass(frozen=True, slots=True)
class _Row:
    xid: str
    id: int
    key: UUID
    name: str
    body: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a follower is behind: events not yet read (counted to a bound) and the age of the oldest."""

    name: str
    waiting: int
    oldest_seconds: float


async def emit(tx: db.Tx, key: UUID, event: Event) -> None:
    """Record an event; followers hear of it when, and only when, the transaction commits."""
    await emit_all(tx, [(key, event)])


async def emit_all(tx: db.Tx, events: Sequence[tuple[UUID, Event]]) -> None:
    """Record many events with one statement, in the given order."""
    if not events:
        return
    await tx.execute(
        """
        WITH added AS (
            INSERT INTO kit.event (key, name, body)
            SELECT k, n, b
              FROM unnest($1::uuid[], $2::text[], $3::jsonb[]) WITH ORDINALITY AS u (k, n, b, i)
             ORDER BY i
        )
        SELECT pg_notify('walletdesk_event', '')
        """,
        [key for key, _ in events],
        [type(event).__name__ for _, event in events],
        [msgspec.to_builtins(event) for _, event in events],
    )


async def follow_once(pool: db.Pool, follower: Follower, now: datetime) -> int:
    """Let a follower handle one batch; return how many events it passed, heard or not.

    The cursor row is locked first: a second worker with the same follower waits and then finds nothing.
    """
    async with db.transaction(pool) as tx:
        await tx.execute(
            """
            INSERT INTO kit.follower (name) VALUES ($1) ON CONFLICT (name) DO NOTHING
            """,
            follower.name,
        )
        cursor = await db.fetch_one(
            tx,
            _Cursor,
            "SELECT xid::text AS xid, id FROM kit.follower WHERE name = $1 FOR UPDATE",
            follower.name,
        )
        if cursor is None:
            return 0
        rows = await db.fetch_all(
            tx,
            _Row,
            """
            SELECT xid::text AS xid, id, key, name, body, at
              FROM kit.event
             WHERE (xid, id) > ($1::text::xid8, $2)
               AND xid < pg_snapshot_xmin(pg_current_snapshot())
             ORDER BY event.xid, event.id
             LIMIT 500
            """,
            cursor.xid,
            cursor.id,
        )
        if not rows:
            return 0
        heard = [Recorded(r.id, r.key, r.name, r.body, r.at) for r in rows if r.name in follower.hears]
        if heard:
            await follower.react(tx, heard, now)
        await tx.execute(
            """
            UPDATE kit.follower SET xid = $2::text::xid8, id = $3, moved_at = $4 WHERE name = $1
            """,
            follower.name,
            rows[-1].xid,
            rows[-1].id,
            now,
        )
        return len(rows)


async def follow(
    pool: db.Pool, follower: Follower, *, wake: asyncio.Event, stop: asyncio.Event
) -> None:
    """Follow the log until `stop`; `wake` is set when something was emitted, and 20 ms are the net below it.

    A reaction that raises is logged and tried again from the same cursor after a growing pause: the log never
    moves past an event that was not handled.
    """
    failures = 0
    while not stop.is_set():
        wake.clear()
        try:
            done = await follow_once(pool, follower, clock.now())
            failures = 0
        except Exception:  # noqa: BLE001 - logged; the loop must outlive any defect
            failures += 1
            _log.exception("follower failed", extra={"follower": follower.name})
            await _pause(stop, min(5.0, 0.1 * 2**failures))
            continue
        if done < BATCH_MAX:
            await _until(wake, stop, 0.05 if done else 0.5)


async def _until(wake: asyncio.Event, stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return
    if stop.is_set():
        return


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


async def lags(tx: db.Tx, names: Sequence[str]) -> list[Lag]:
    """Return how far each follower is behind; a name without a cursor has read nothing."""
    rows: list[Lag] = []
    for name in names:
        row = await tx.fetchrow(
            """
            WITH cur AS MATERIALIZED (
                SELECT coalesce(max(xid::text), '0')::xid8 AS xid, coalesce(max(id), 0) AS id
                  FROM kit.follower WHERE name = $1
            ), late AS (
                SELECT e.at FROM kit.event e
                 WHERE (e.xid, e.id) > ((SELECT xid FROM cur), (SELECT id FROM cur))
                 ORDER BY e.xid, e.id LIMIT 10000
            )
            SELECT count(*)::int AS waiting,
                   coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0)::float8 AS oldest
              FROM late
            """,
            name,
        )
        found = cast("dict[str, Any]", row)
        rows.append(Lag(name, found["waiting"], found["oldest"]))
    return rows
