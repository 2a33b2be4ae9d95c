"""Announcing maintenance and incidents."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from walletdesk.desk.helpcentre.events import AnnouncementEnded, AnnouncementPublished
from walletdesk.desk.helpcentre.notices import (
    Announcement,
    AnnouncementMissing,
    AnnouncementState,
    EndTooEarly,
    NoticeKind,
    NoticeState,
    Reach,
    Words,
)
from walletdesk.desk.helpcentre.queries import announcements as queries
from walletdesk.kit import db, events
from walletdesk.people import audit
from walletdesk.people.model import Deed


async def draft(
    tx: db.Tx,
    announcement_id: UUID,
    kind: NoticeKind,
    words: Words,
    reach: Reach,
    *,
    starts_at: datetime,
    expected_end: datetime | None,
    by: UUID,
    now: datetime,
) -> Announcement:
    """Write an announcement under an id that the client has made, or write its draft anew; nobody sees it yet.

    Raises:
        EndTooEarly
        AnnouncementState: It is published already.
    """
    if expected_end is not None and expected_end <= starts_at:
        raise EndTooEarly(field="expected_end")
    there = await queries.lock_announcement(tx, announcement_id)
    if there is not None and there.state != NoticeState.DRAFT:
        raise AnnouncementState(state=there.state)
    await queries.insert_announcement(
        tx, announcement_id, kind, words, reach, starts_at=starts_at, expected_end=expected_end, author_id=by, now=now
    )
    return await _locked(tx, announcement_id)


async def _locked(tx: db.Tx, announcement_id: UUID, *states: NoticeState) -> Announcement:
    found = await queries.lock_announcement(tx, announcement_id)
    if found is None:
        raise AnnouncementMissing
    if states and found.state not in states:
        raise AnnouncementState(state=found.state)
    return found


async def publish(tx: db.Tx, announcement_id: UUID, *, by: UUID, now: datetime) -> Announcement:
    """Show an announcement to everybody; published twice it is published once.

    Raises:
        AnnouncementMissing, AnnouncementState
    """
    found = await _locked(tx, announcement_id, NoticeState.DRAFT, NoticeState.PUBLISHED)
    if found.state == NoticeState.PUBLISHED:
        return found
    await queries.save_published(tx, announcement_id, agent_id=by, now=now)
    await _note(tx, "announcement_published", announcement_id, by, now)
    await events.emit(tx, announcement_id, AnnouncementPublished(announcement_id, found.kind))
    return await _locked(tx, announcement_id)


async def tell_news(
    tx: db.Tx,
    announcement_id: UUID,
    *,
    zh: str,
    en: str,
    expected_end: datetime | None,
    next_news_at: datetime | None,
    by: UUID,
    now: datetime,
) -> Announcement:
    """Say how a published announcement goes on.

    Raises:
        AnnouncementMissing, AnnouncementState, EndTooEarly
    """
    found = await _locked(tx, announcement_id, NoticeState.PUBLISHED)
    if expected_end is not None and expected_end <= found.starts_at:
        raise EndTooEarly(field="expected_end")
    await queries.insert_news(
        tx, announcement_id, zh=zh, en=en, expected_end=expected_end, next_news_at=next_news_at, agent_id=by, now=now
    )
    await _note(tx, "announcement_news", announcement_id, by, now)
    return await _locked(tx, announcement_id)


async def end(tx: db.Tx, announcement_id: UUID, *, by: UUID, now: datetime) -> Announcement:
    """Say that it is over; ended twice it has ended once.

    Raises:
        AnnouncementMissing, AnnouncementState
    """
    found = await _locked(tx, announcement_id, NoticeState.PUBLISHED, NoticeState.ENDED)
    if found.state == NoticeState.ENDED:
        return found
    await queries.save_ended(tx, announcement_id, now=now)
    await _note(tx, "announcement_ended", announcement_id, by, now)
    await events.emit(tx, announcement_id, AnnouncementEnded(announcement_id, found.kind))
    return await _locked(tx, announcement_id)


async def _note(tx: db.Tx, action: str, announcement_id: UUID, by: UUID, now: datetime) -> None:
    await audit.record(tx, [Deed("agent", by, action, f"announcement/{announcement_id}")], now=now)
