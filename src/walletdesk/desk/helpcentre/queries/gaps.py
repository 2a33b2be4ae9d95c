"""Questions that found no article."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from walletdesk.kit import db
from walletdesk.kit.i18n import Lang

GapState = Literal["open", "answered", "dismissed"]


class Gap(msgspec.Struct, frozen=True):
    """A question to which no article was found: how often it was searched for and asked in the chat."""

    id: UUID
    question: str
    lang: Lang
    searches: int
    chats: int
    state: str
    article_id: UUID | None
    first_at: datetime
    last_at: datetime


async def count_up(
    tx: db.Tx, gap_id: UUID, *, sense: str, question: str, lang: Lang, chat: bool, now: datetime
) -> None:
    """Count a question; one that was answered and is asked again is open again, a dismissed one stays so."""
    await tx.execute(
        """
        INSERT INTO helpcentre.gap AS g (id, sense, question, lang, searches, chats, first_at, last_at)
        VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN 0 ELSE 1 END, CASE WHEN $5 THEN 1 ELSE 0 END, $6, $6)
        ON CONFLICT (sense) DO UPDATE
           SET searches = g.searches + excluded.searches, chats = g.chats + excluded.chats, last_at = excluded.last_at,
               state = CASE g.state WHEN 'answered' THEN 'open' ELSE g.state END
        """,
        gap_id,
        sense,
        question,
        lang,
        chat,
        now,
    )


async def list_gaps(tx: db.Tx, state: GapState, *, limit: int) -> list[Gap]:
    """Return questions in a state, the most often asked first."""
    return await db.fetch_all(
        tx,
        Gap,
        """
        SELECT id, question, lang, searches, chats, state, article_id, first_at, last_at
          FROM helpcentre.gap WHERE state = $1 ORDER BY searches + chats DESC, id LIMIT $2
        """,
        state,
        limit,
    )


async def save_decided(
    tx: db.Tx, gap_id: UUID, state: GapState, *, article_id: UUID | None, agent_id: UUID
) -> Gap | None:
    """Note what became of a question; None where there is none."""
    return await db.fetch_one(
        tx,
        Gap,
        """
        UPDATE helpcentre.gap SET state = $2, article_id = $3, decided_by = $4 WHERE id = $1
        RETURNING id, question, lang, searches, chats, state, article_id, first_at, last_at
        """,
        gap_id,
        state,
        article_id,
        agent_id,
    )


async def delete_older(tx: db.Tx, before: datetime) -> int:
    """Forget questions that nobody has asked for long."""
    return await db.execute(tx, "DELETE FROM helpcentre.gap WHERE last_at < $1", before)
