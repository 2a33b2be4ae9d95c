"""Where agents sit: capacity, presence, load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from walletdesk.kit import db


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat with how many conversations its agent holds now."""

    agent_id: UUID
    name: str
    capacity: int
    present: bool
    load: int

    @property
    def room(self) -> int:
        """How many more conversations fit."""
        return max(0, self.capacity - self.load) if self.present else 0


async def save_seat(
    tx: db.Tx, agent_id: UUID, *, name: str, capacity: int, present: bool, now: datetime
) -> None:
    """Write an agent's seat."""
    await tx.execute(
        """
        INSERT INTO conversations.seat AS s (agent_id, name, capacity, present, away_since)
        VALUES ($1, $2, $3, $4, CASE WHEN $4 THEN NULL ELSE $5::timestamptz END)
        ON CONFLICT (agent_id) DO UPDATE
           SET name = excluded.name, capacity = excluded.capacity, present = excluded.present,
               away_since = CASE WHEN excluded.present THEN NULL ELSE coalesce(s.away_since, $5) END
        """,
        agent_id,
        name,
        capacity,
        present,
        now,
    )


async def lock_seat(tx: db.Tx, agent_id: UUID) -> Seat | None:
    """Lock an agent's seat until the commit; only under it may a conversation be put into his hands."""
    await tx.execute("SELECT FROM conversations.seat WHERE agent_id = $1 FOR NO KEY UPDATE", agent_id)
    return await db.fetch_one(
        tx,
        Seat,
        """
        SELECT s.agent_id, s.name, s.capacity, s.present, (
                   SELECT count(*)::int FROM conversations.conversation AS c
                    WHERE c.owner_id = s.agent_id AND c.state IN ('offered', 'agent')) AS load
          FROM conversations.seat AS s WHERE s.agent_id = $1
        """,
        agent_id,
    )


async def lock_free_seats(tx: db.Tx, agent_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Lock those seats that nobody else holds; return how many conversations still fit on each.

    Others lock a seat first and a conversation then; the writer does it the other way round, so it must never
    wait for a seat.
    """
    held = await tx.fetch(
        """
        SELECT agent_id FROM conversations.seat
         WHERE agent_id = ANY ($1::uuid[]) AND present
         ORDER BY agent_id
           FOR NO KEY UPDATE SKIP LOCKED
        """,
        agent_ids,
    )
    if not held:
        return {}
    records = await tx.fetch(
        """
        SELECT s.agent_id, s.capacity - (
                   SELECT count(*) FROM conversations.conversation AS c
                    WHERE c.owner_id = s.agent_id AND c.state IN ('offered', 'agent')) AS room
          FROM conversations.seat AS s WHERE s.agent_id = ANY ($1::uuid[])
        """,
        [record["agent_id"] for record in held],
    )
    return {record["agent_id"]: record["room"] for record in records}


async def list_seats(tx: db.Tx) -> list[Seat]:
    """Return every seat with its load; there are as many as agents."""
    return await db.fetch_all(
        tx,
        Seat,
        """
        SELECT s.agent_id, s.name, s.capacity, s.present, coalesce(h.load, 0) AS load
          FROM conversations.seat AS s
          LEFT JOIN (SELECT owner_id, count(*)::int AS load FROM conversations.conversation
                      WHERE owner_id IS NOT NULL AND state IN ('offered', 'agent') GROUP BY owner_id) AS h
            ON h.owner_id = s.agent_id
         ORDER BY s.name, s.agent_id
        """,
    )


async def list_held_by(tx: db.Tx, agent_id: UUID) -> list[UUID]:
    """Return the conversations that are with an agent, or wait with him for something."""
    records = await tx.fetch(
        "SELECT id FROM conversations.conversation WHERE owner_id = $1 ORDER BY due_at, id LIMIT 500", agent_id
    )
    return [record["id"] for record in records]
