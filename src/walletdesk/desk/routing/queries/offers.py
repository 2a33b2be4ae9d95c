"""What was offered to whom, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from walletdesk.desk.routing.model import MISSED_APART, OFFERS_REMEMBERED
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
    """Return agents who count as online but have let offers pass for a while, and have answered none since.

    Two offers of the same moment are one: only whoever lets a later one pass too is not looking.
    """
    rows = await tx.fetch(
        """
        SELECT p.agent_id
          FROM routing.presence AS p
          CROSS JOIN LATERAL (
               SELECT o.answer, o.offered_at, o.expires_at FROM routing.offer AS o
                WHERE o.agent_id = p.agent_id AND o.offered_at >= p.since
                ORDER BY o.offered_at DESC LIMIT 1) AS last
          CROSS JOIN LATERAL (
               SELECT max(o.offered_at) AS at FROM routing.offer AS o
                WHERE o.agent_id = p.agent_id AND o.offered_at >= p.since AND o.answer IS NOT NULL) AS answered
          CROSS JOIN LATERAL (
               SELECT min(o.offered_at) AS at FROM routing.offer AS o
                WHERE o.agent_id = p.agent_id AND o.answer IS NULL AND o.expires_at < $1
                  AND o.offered_at >= p.since
                  AND o.offered_at > coalesce(answered.at, '-infinity')) AS missed
         WHERE NOT p.gone AND p.chosen IN ('online', 'busy')
           AND last.answer IS NULL AND last.expires_at < $1
           AND last.offered_at >= missed.at + $2::interval
         ORDER BY p.agent_id
        """,
        now,
        MISSED_APART,
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
