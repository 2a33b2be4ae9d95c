"""What is announced, and how it went on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from walletdesk.desk.helpcentre.notices import Announcement, News, NoticeKind, Reach, Words
from walletdesk.kit import db


async def insert_announcement(
    tx: db.Tx,
    announcement_id: UUID,
    kind: NoticeKind,
    words: Words,
    reach: Reach,
    *,
    starts_at: datetime,
    expected_end: datetime | None,
    author_id: UUID,
    now: datetime,
) -> None:
    """Write an announcement as a draft, or write a draft anew; what is published already is not touched."""
    await tx.execute(
        """
        INSERT INTO helpcentre.announcement AS a (id, kind, state, zh_title, zh_text, en_title, en_text, kinds, rails,
                                                  banks, shops, starts_at, expected_end, author_id, updated_at)
        VALUES ($1, $2, 'draft', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (id) DO UPDATE
           SET kind = $2, zh_title = $3, zh_text = $4, en_title = $5, en_text = $6, kinds = $7, rails = $8,
               banks = $9, shops = $10, starts_at = $11, expected_end = $12, updated_at = $14
         WHERE a.state = 'draft'
        """,
        announcement_id,
        kind,
        words.zh_title,
        words.zh_text,
        words.en_title,
        words.en_text,
        reach.kinds,
        reach.rails,
        reach.banks,
        reach.shops,
        starts_at,
        expected_end,
        author_id,
        now,
    )


async def lock_announcement(tx: db.Tx, announcement_id: UUID) -> Announcement | None:
    """Lock an announcement for the rest of the transaction."""
    return await db.fetch_one(
        tx,
        Announcement,
        """
        SELECT id, kind, state, zh_title, zh_text, en_title, en_text, kinds, rails, banks, shops, starts_at,
               expected_end, next_news_at, ended_at, author_id, published_at, updated_at
          FROM helpcentre.announcement WHERE id = $1 FOR NO KEY UPDATE
        """,
        announcement_id,
    )


async def find_announcement(tx: db.Tx, announcement_id: UUID) -> Announcement | None:
    """Return an announcement."""
    return await db.fetch_one(
        tx,
        Announcement,
        """
        SELECT id, kind, state, zh_title, zh_text, en_title, en_text, kinds, rails, banks, shops, starts_at,
               expected_end, next_news_at, ended_at, author_id, published_at, updated_at
          FROM helpcentre.announcement WHERE id = $1
        """,
        announcement_id,
    )


async def list_current(tx: db.Tx) -> list[Announcement]:
    """Return what is published and not over, incidents before maintenance, the latest first."""
    return await db.fetch_all(
        tx,
        Announcement,
        """
        SELECT id, kind, state, zh_title, zh_text, en_title, en_text, kinds, rails, banks, shops, starts_at,
               expected_end, next_news_at, ended_at, author_id, published_at, updated_at
          FROM helpcentre.announcement WHERE state = 'published'
         ORDER BY kind = 'incident' DESC, starts_at DESC, id LIMIT 50
        """,
    )


async def list_ended(tx: db.Tx, *, since: datetime) -> list[Announcement]:
    """Return what has ended lately, the latest first."""
    return await db.fetch_all(
        tx,
        Announcement,
        """
        SELECT id, kind, state, zh_title, zh_text, en_title, en_text, kinds, rails, banks, shops, starts_at,
               expected_end, next_news_at, ended_at, author_id, published_at, updated_at
          FROM helpcentre.announcement WHERE state = 'ended' AND ended_at >= $1 ORDER BY ended_at DESC LIMIT 50
        """,
        since,
    )


async def list_all(tx: db.Tx, *, before: datetime, limit: int) -> list[Announcement]:
    """Return a page of the staff's list, the last changed first."""
    return await db.fetch_all(
        tx,
        Announcement,
        """
        SELECT id, kind, state, zh_title, zh_text, en_title, en_text, kinds, rails, banks, shops, starts_at,
               expected_end, next_news_at, ended_at, author_id, published_at, updated_at
          FROM helpcentre.announcement WHERE updated_at < $1 ORDER BY updated_at DESC LIMIT $2
        """,
        before,
        limit,
    )


async def save_published(tx: db.Tx, announcement_id: UUID, *, agent_id: UUID, now: datetime) -> None:
    """Let everybody see an announcement."""
    await tx.execute(
        """
        UPDATE helpcentre.announcement
           SET state = 'published', published_by = $2, published_at = $3, updated_at = $3 WHERE id = $1
        """,
        announcement_id,
        agent_id,
        now,
    )


async def insert_news(
    tx: db.Tx,
    announcement_id: UUID,
    *,
    zh: str,
    en: str,
    expected_end: datetime | None,
    next_news_at: datetime | None,
    agent_id: UUID,
    now: datetime,
) -> None:
    """Say how it goes on, when it should end now, and when there is more to hear."""
    await tx.execute(
        """
        WITH said AS (
            INSERT INTO helpcentre.announcement_news (announcement_id, number, zh, en, agent_id, at)
            SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $6, $7
              FROM helpcentre.announcement_news WHERE announcement_id = $1
        )
        UPDATE helpcentre.announcement
           SET expected_end = coalesce($4, expected_end), next_news_at = $5, updated_at = $7 WHERE id = $1
        """,
        announcement_id,
        zh,
        en,
        expected_end,
        next_news_at,
        agent_id,
        now,
    )


async def save_ended(tx: db.Tx, announcement_id: UUID, *, now: datetime) -> None:
    """Note that it is over."""
    await tx.execute(
        """
        UPDATE helpcentre.announcement
           SET state = 'ended', ended_at = $2, next_news_at = NULL, updated_at = $2 WHERE id = $1
        """,
        announcement_id,
        now,
    )


async def list_news(tx: db.Tx, announcement_ids: Sequence[UUID]) -> dict[UUID, list[News]]:
    """Return how each of these went on, the latest first."""
    rows = await db.fetch_all(
        tx,
        News,
        """
        SELECT announcement_id, number, zh, en, at FROM helpcentre.announcement_news
         WHERE announcement_id = ANY ($1) ORDER BY announcement_id, number DESC
        """,
        list(announcement_ids),
    )
    found: dict[UUID, list[News]] = {}
    for row in rows:
        found.setdefault(row.announcement_id, []).append(row)
    return found
