"""Reads and writes of the demo's situations (schema `world`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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
