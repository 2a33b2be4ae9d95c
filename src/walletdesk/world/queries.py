"""Reads and writes of the demo's situations (schema `world`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from walletdesk.kit import db


@dataclass(frozen=True, slots=True)
class SituationRow:
    """What happened last to a persona; the transaction is the one that he will ask about."""

    persona: str
    customer_id: UUID
    transaction_id: UUID | None
    made_at: datetime


async def save_situations(tx: db.Tx, rows: Sequence[SituationRow]) -> None:
    """Write the newest situations."""
    await db.execute(
        tx,
        """
        INSERT INTO world.situation (persona, customer_id, transaction_id, made_at)
        SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::timestamptz[])
        ON CONFLICT (persona)
        DO UPDATE SET customer_id = excluded.customer_id, transaction_id = excluded.transaction_id,
                      made_at = excluded.made_at
        """,
        [row.persona for row in rows],
        [row.customer_id for row in rows],
        [row.transaction_id for row in rows],
        [row.made_at for row in rows],
    )


async def list_situations(tx: db.Tx) -> list[SituationRow]:
    """Return the newest situation of every persona; there are a few dozen."""
    return await db.fetch_all(
        tx,
        SituationRow,
        "SELECT persona, customer_id, transaction_id, made_at FROM world.situation ORDER BY persona LIMIT 200",
    )


async def find_situation(tx: db.Tx, persona: str) -> SituationRow | None:
    """Return the newest situation of a persona."""
    return await db.fetch_one(
        tx,
        SituationRow,
        "SELECT persona, customer_id, transaction_id, made_at FROM world.situation WHERE persona = $1",
        persona,
    )


@dataclass(frozen=True, slots=True)
class Due:
    """Which of the wallet's jobs have something to do."""

    sends: bool
    asks: bool
    news: bool
    notices: bool
    patience: bool
    """Something is held back until now, or an app has waited long enough."""

    @property
    def anything(self) -> bool:
        """Is there anything to do?"""
        return self.sends or self.asks or self.news or self.notices or self.patience


async def what_is_due(tx: db.Tx, *, now: datetime, patience: timedelta) -> Due:
    """Say which jobs would find work at this moment, so that the stage runs no other."""
    found = await db.fetch_one(
        tx,
        Due,
        """
        SELECT EXISTS (SELECT FROM rails.orders WHERE due_at <= $1 AND state = 'waiting') AS sends,
               EXISTS (SELECT FROM rails.orders WHERE due_at <= $1 AND state <> 'waiting') AS asks,
               EXISTS (SELECT FROM world.rail_event_planned WHERE due_at <= $1) AS news,
               EXISTS (SELECT FROM payments.payment WHERE notice_due_at <= $1) AS notices,
               EXISTS (SELECT FROM transfers.transfer WHERE release_at <= $1)
               OR EXISTS (SELECT FROM rails.orders o JOIN payments.payment p ON p.id = o.id
                           WHERE o.due_at IS NOT NULL AND p.state = 'pending' AND p.shown = 'pending'
                             AND p.received_at < $1 - $2::interval) AS patience
        """,
        now,
        patience,
    )
    return found or Due(sends=False, asks=False, news=False, notices=False, patience=False)


async def next_due(tx: db.Tx, *, after: datetime, patience: timedelta) -> datetime | None:
    """Return when one of the jobs has something to do next."""
    return await db.fetch_value(
        tx,
        """
        SELECT least(
            (SELECT min(due_at) FROM rails.orders WHERE due_at > $1),
            (SELECT min(due_at) FROM world.rail_event_planned WHERE due_at > $1),
            (SELECT min(notice_due_at) FROM payments.payment WHERE notice_due_at > $1),
            (SELECT min(release_at) FROM transfers.transfer WHERE release_at > $1),
            (SELECT min(p.received_at) + $2::interval + interval '1 millisecond'
               FROM rails.orders o JOIN payments.payment p ON p.id = o.id
              WHERE o.due_at IS NOT NULL AND p.state = 'pending' AND p.shown = 'pending'
                AND p.received_at > $1 - $2::interval))
        """,
        after,
        patience,
    )


async def gather_statistics(tx: db.Tx) -> None:
    """Let the planner know the tables that were just filled."""
    await db.execute(tx, "SELECT world.gather_statistics()")
