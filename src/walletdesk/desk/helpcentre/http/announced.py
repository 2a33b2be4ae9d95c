"""What is announced, for readers: the status page, the list for chat and wallet, "does this affect me?"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath

from walletdesk.desk.helpcentre.http.given import Asker, Pool
from walletdesk.desk.helpcentre.http.rendering import View, page, view_of
from walletdesk.desk.helpcentre.notices import Announcement, AnnouncementMissing, News, NoticeState, Touch
from walletdesk.desk.helpcentre.queries import announcements as stored
from walletdesk.desk.helpcentre.touching import Touched, touches, wallet_incidents, words_of
from walletdesk.kit import clock, db, web
from walletdesk.kit.i18n import Lang, text
from walletdesk.kit.web import NotSignedIn, Who
from walletdesk.people import queries as people
from walletdesk.wallet.gateway.model import Transaction, Wallet

ENDED_SHOWN: Final = timedelta(days=14)
HOME_ZONE: Final = "Asia/Shanghai"
"""The zone in which the public pages tell the time; a customer's own is his account's."""

Connection = Request[Any, Any, Any]


class NewsView(msgspec.Struct, frozen=True):
    """How it went on, for a reader."""

    at: datetime
    text: str


class AnnouncementView(msgspec.Struct, frozen=True):
    """An announcement for a reader."""

    id: UUID
    kind: str
    phase: str
    title: str
    text: str
    starts_at: datetime
    expected_end: datetime | None
    next_news_at: datetime | None
    ended_at: datetime | None
    news: list[NewsView]


class Current(msgspec.Struct, frozen=True):
    """What is announced now."""

    announcements: list[AnnouncementView]


class TouchedView(msgspec.Struct, frozen=True):
    """One of the reader's transactions that is touched; `record` is where it stands."""

    id: UUID
    name: str
    amount_minor: int
    currency: str
    state: str
    at: datetime
    record: str


class Mine(msgspec.Struct, frozen=True):
    """Whether an announcement touches the reader: in a sentence, and by which of his transactions."""

    answer: Touch
    text: str
    transactions: list[TouchedView]
    as_of: datetime


def _zone_day(at: datetime, lang: Lang, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    if lang == "zh":
        return f"{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local.day} {local:%b %H:%M}"


def _when(one: Announcement, lang: Lang, zone: str) -> str:
    start = _zone_day(one.starts_at, lang, zone)
    if one.ended_at is not None:
        return text(lang, "helpcentre.notice.when.ended", start=start, end=_zone_day(one.ended_at, lang, zone))
    if one.expected_end is not None:
        return text(lang, "helpcentre.notice.when.until", start=start, end=_zone_day(one.expected_end, lang, zone))
    return text(lang, "helpcentre.notice.when.open", start=start)


def _on_page(one: Announcement, news: Sequence[News], view: View, now: datetime, zone: str) -> dict[str, Any]:
    """Return an announcement in the words and times of a page."""
    return {
        "id": one.id,
        "kind": one.kind,
        "phase": one.phase(now),
        "title": one.title(view.lang),
        "text": one.text(view.lang),
        "when": _when(one, view.lang, zone),
        "next": _zone_day(one.next_news_at, view.lang, zone) if one.next_news_at else None,
        "news": [{"at": _zone_day(each.at, view.lang, zone), "text": each.text(view.lang)} for each in news],
    }


def view_of_announcement(one: Announcement, news: Sequence[News], lang: Lang, now: datetime) -> AnnouncementView:
    """Put an announcement into the form in which chat and wallet read it."""
    return AnnouncementView(
        one.id, one.kind, one.phase(now), one.title(lang), one.text(lang), one.starts_at, one.expected_end,
        one.next_news_at, one.ended_at, [NewsView(each.at, each.text(lang)) for each in news],
    )  # fmt: skip


@get("/status", opt={"permission": "public"})
async def status(request: Connection, pool: Pool, state: State) -> Response[str]:
    """Show what is disturbed or planned, and what was lately."""
    view, now = view_of(request), clock.now()
    async with db.reading(pool) as tx:
        current = await stored.list_current(tx)
        ended = await stored.list_ended(tx, since=now - ENDED_SHOWN)
        news = await stored.list_news(tx, [one.id for one in (*current, *ended)])
    incidents = await wallet_incidents(cast("Wallet", state.wallet))
    return page(
        "status",
        view,
        at="status",
        current=[_on_page(one, news.get(one.id, ()), view, now, HOME_ZONE) for one in current],
        ended=[_on_page(one, news.get(one.id, ()), view, now, HOME_ZONE) for one in ended],
        incidents=[
            {"text": words, "when": _zone_day(one.opened_at, view.lang, HOME_ZONE)}
            for one in incidents
            if (words := words_of(one, view.lang)) is not None
        ],
        as_of=_zone_day(now, view.lang, HOME_ZONE),
    )


async def _published(pool: db.Pool, announcement_id: UUID) -> tuple[Announcement, list[News]]:
    async with db.reading(pool) as tx:
        one = await stored.find_announcement(tx, announcement_id)
        if one is None or one.state == NoticeState.DRAFT:
            raise AnnouncementMissing
        news = await stored.list_news(tx, [announcement_id])
    return one, news.get(announcement_id, [])


@get("/status/{announcement_id:uuid}", opt={"permission": "public"})
async def mine_page(request: Connection, announcement_id: FromPath[UUID], pool: Pool, state: State) -> Response[str]:
    """Show one announcement, and to whoever is signed in to the wallet whether it touches his own money."""
    view, now = view_of(request), clock.now()
    try:
        one, news = await _published(pool, announcement_id)
    except AnnouncementMissing:
        return page("missing", view, at="status", status=404)
    who = await web.who_is(request, ("wallet",))
    zone = await _zone(pool, who)
    shown: list[dict[str, str]] = []
    answer = text(view.lang, "helpcentre.notice.answer.visitor")
    if who.kind == "customer" and who.id is not None:
        found = await touches(cast("Wallet", state.wallet), who.id, one, now=now)
        answer = text(view.lang, f"helpcentre.notice.answer.{found.answer}", count=len(found.transactions))
        shown = [_line(each, view.lang, zone) for each in found.transactions]
    return page(
        "mine", view, at="status", one=_on_page(one, news, view, now, zone), answer=answer, transactions=shown,
        known=who.kind == "customer",
    )  # fmt: skip


async def _zone(pool: db.Pool, who: Who) -> str:
    if who.kind != "customer" or who.id is None:
        return HOME_ZONE
    async with db.reading(pool) as tx:
        customer = await people.find_customer(tx, who.id)
    return customer.zone if customer is not None else HOME_ZONE


def _line(one: Transaction, lang: Lang, zone: str) -> dict[str, str]:
    return {
        "name": one.name,
        "amount": one.amount.text(),
        "state": text(lang, f"helpcentre.notice.state.{one.state.value}"),
        "at": _zone_day(one.created_at, lang, zone),
        "record": one.record,
    }


@get("/api/announcements", opt={"permission": "public"})
async def current_ones(request: Connection, pool: Pool) -> Current:
    """Return what is announced now, for the top of chat and wallet; `lang` or the browser's language."""
    lang, now = view_of(request).lang, clock.now()
    async with db.reading(pool) as tx:
        found = await stored.list_current(tx)
        news = await stored.list_news(tx, [one.id for one in found])
    return Current([view_of_announcement(one, news.get(one.id, ()), lang, now) for one in found])


async def _mine(pool: db.Pool, state: State, announcement_id: UUID, who: Who, lang: Lang) -> Mine:
    if who.kind != "customer" or who.id is None:
        raise NotSignedIn
    now = clock.now()
    one, _ = await _published(pool, announcement_id)
    found: Touched = await touches(cast("Wallet", state.wallet), who.id, one, now=now)
    return Mine(
        found.answer,
        text(lang, f"helpcentre.notice.answer.{found.answer}", count=len(found.transactions)),
        [
            TouchedView(t.id, t.name, t.amount.minor, t.amount.currency, t.state.value, t.created_at, t.record)
            for t in found.transactions
        ],
        now,
    )


@get("/api/chat/announcements/{announcement_id:uuid}/mine", opt={"permission": "chat.use"})
async def mine_in_chat(
    request: Connection, announcement_id: FromPath[UUID], who: Asker, pool: Pool, state: State
) -> Mine:
    """Say whether an announcement touches the customer who sits in the chat."""
    return await _mine(pool, state, announcement_id, who, view_of(request).lang)


@get("/api/wallet/announcements/{announcement_id:uuid}/mine", opt={"permission": "wallet.customer"})
async def mine_in_wallet(
    request: Connection, announcement_id: FromPath[UUID], who: Asker, pool: Pool, state: State
) -> Mine:
    """Say whether an announcement touches the customer who is signed in to the wallet."""
    return await _mine(pool, state, announcement_id, who, view_of(request).lang)


ROUTES = [status, mine_page, current_ones, mine_in_chat, mine_in_wallet]
