"""What was offered to whom, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from walletdesk.desk.routing.model import MISSED_MAX, OFFERS_REMEMBERED
from walletdesk.kit import db
from walletdesk.kit.ids import new_id

Answer = Literal["accepted", "declined", "withdrawn"]


async def insert_offer(
    tx: db.Tx,
    conversation_id: UUID,
    agent_id: UUID,
    *,
    offered_at: datetime,
    expires_at: datetime,
    answer: Answer | None = None,
) -> None:
    """Write an offer."""
    await db.execute(
        tx,
        """
        INSERT INTO routing.offer (id, conversation_id, agent_id, offered_at, expires_at, answer)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        new_id(),
        conversation_id,
        agent_id,
        offered_at,
        expires_at,
        answer,
    )


async def answer_offer(tx: db.Tx, conversation_id: UUID, agent_id: UUID, answer: Answer) -> int:
    """Note what an agent said to the offers of a conversation that he has not answered."""
    return await db.execute(
        tx,
        """
        UPDATE routing.offer SET answer = $3
         WHERE conversation_id = $1 AND agent_id = $2 AND answer IS NULL
        """,
        conversation_id,
        agent_id,
        answer,
    )


async def list_ignoring(tx: db.Tx, now: datetime) -> list[UUID]:
    """Return agents who count as here but have let their last offers pass since they chose to be here."""
    rows = await tx.fetch(
        """
        SELECT p.agent_id
          FROM routing.presence AS p
          CROSS JOIN LATERAL (
               SELECT count(*) FILTER (WHERE o.answer IS NULL AND o.expires_at < $1) AS missed
                 FROM (SELECT answer, expires_at FROM routing.offer
                        WHERE agent_id = p.agent_id AND offered_at >= p.since
                        ORDER BY offered_at DESC LIMIT $2) AS o) AS last
         WHERE NOT p.gone AND p.chosen IN ('online', 'busy') AND last.missed >= $2
         ORDER BY p.agent_id
        """,
        now,
        MISSED_MAX,
    )
    return [row["agent_id"] for row in rows]


async def delete_offers(tx: db.Tx, now: datetime) -> int:
    """Forget old offers, a thousand at a time."""
    return await db.execute(
        tx,
        """
        DELETE FROM routing.offer WHERE id IN (
            SELECT id FROM routing.offer WHERE offered_at < $1::timestamptz - $2::interval LIMIT 1000)
        """,
        now,
        OFFERS_REMEMBERED,
    )
