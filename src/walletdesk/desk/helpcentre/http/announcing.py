"""The staff's doors for announcements: draft, publish, say how it goes on, end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from walletdesk.desk.helpcentre.actions import announcing
from walletdesk.desk.helpcentre.http.given import Asker, Pool, agent_of
from walletdesk.desk.helpcentre.notices import (
    NAMES_MAX,
    TEXT_CHARACTERS_MAX,
    TITLE_CHARACTERS_MAX,
    Announcement,
    MovementKind,
    News,
    NoticeKind,
    Reach,
    Words,
)
from walletdesk.desk.helpcentre.queries import announcements as stored
from walletdesk.kit import clock, db

PAGE_MAX = 100
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=TITLE_CHARACTERS_MAX)]
Told = Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_CHARACTERS_MAX)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Names = Annotated[list[Name], msgspec.Meta(max_length=NAMES_MAX)]


class AnnouncementDraft(msgspec.Struct, forbid_unknown_fields=True):
    """What shall be announced; lists that are empty leave nothing out."""

    kind: NoticeKind
    zh_title: Title
    zh_text: Told
    en_title: Title
    en_text: Told
    starts_at: datetime
    expected_end: datetime | None = None
    kinds: Annotated[list[MovementKind], msgspec.Meta(max_length=6)] = []
    rails: Names = []
    banks: Names = []
    shops: Names = []


class NewsDraft(msgspec.Struct, forbid_unknown_fields=True):
    """How it goes on; `next_news_at`: by when there is more to hear."""

    zh: Told
    en: Told
    expected_end: datetime | None = None
    next_news_at: datetime | None = None


class AnnouncementAnswer(msgspec.Struct, frozen=True):
    """An announcement with its news."""

    announcement: Announcement
    news: list[News]


class AnnouncementsAnswer(msgspec.Struct, frozen=True):
    """A page of the list; `next` is the mark of the next one."""

    announcements: list[Announcement]
    next: datetime | None


@get("/api/desk/announcements", opt={"permission": "desk.read"})
async def list_announcements(
    pool: Pool, before: FromQuery[datetime | None] = None, limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 50
) -> AnnouncementsAnswer:
    """Return announcements of every state, the last changed first."""
    async with db.reading(pool) as tx:
        rows = await stored.list_all(tx, before=before or _LATEST, limit=limit + 1)
    return AnnouncementsAnswer(rows[:limit], rows[limit - 1].updated_at if len(rows) > limit else None)


@put("/api/desk/announcements/{announcement_id:uuid}", opt={"permission": "desk.announce"})
async def draft(
    announcement_id: FromPath[UUID], data: JSONBody[AnnouncementDraft], who: Asker, pool: Pool
) -> Announcement:
    """Write an announcement under an id that the client has made; nobody sees it before it is published."""
    async with db.transaction(pool) as tx:
        return await announcing.draft(
            tx,
            announcement_id,
            data.kind,
            Words(data.zh_title, data.zh_text, data.en_title, data.en_text),
            Reach(data.kinds, data.rails, data.banks, data.shops),
            starts_at=data.starts_at,
            expected_end=data.expected_end,
            by=agent_of(who),
            now=clock.now(),
        )


@post("/api/desk/announcements/{announcement_id:uuid}/publish", opt={"permission": "desk.announce"}, status_code=200)
async def publish(announcement_id: FromPath[UUID], who: Asker, pool: Pool) -> Announcement:
    """Show an announcement to everybody."""
    async with db.transaction(pool) as tx:
        return await announcing.publish(tx, announcement_id, by=agent_of(who), now=clock.now())


@post("/api/desk/announcements/{announcement_id:uuid}/news", opt={"permission": "desk.announce"}, status_code=200)
async def tell_news(
    announcement_id: FromPath[UUID], data: JSONBody[NewsDraft], who: Asker, pool: Pool
) -> AnnouncementAnswer:
    """Say how a published announcement goes on."""
    async with db.transaction(pool) as tx:
        found = await announcing.tell_news(
            tx,
            announcement_id,
            zh=data.zh,
            en=data.en,
            expected_end=data.expected_end,
            next_news_at=data.next_news_at,
            by=agent_of(who),
            now=clock.now(),
        )
        return AnnouncementAnswer(found, (await stored.list_news(tx, [announcement_id])).get(announcement_id, []))


@post("/api/desk/announcements/{announcement_id:uuid}/end", opt={"permission": "desk.announce"}, status_code=200)
async def end(announcement_id: FromPath[UUID], who: Asker, pool: Pool) -> Announcement:
    """Say that it is over."""
    async with db.transaction(pool) as tx:
        return await announcing.end(tx, announcement_id, by=agent_of(who), now=clock.now())


ROUTES: list[Any] = [list_announcements, draft, publish, tell_news, end]
