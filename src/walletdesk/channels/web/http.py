"""The chat over HTTP: entering, long polling where no socket can be opened, photos, the rating."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final, cast
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, MultipartBody, QueryParameter, SkipValidation

from walletdesk.channels.web import customer, learning
from walletdesk.channels.web.customer import Parts, parts_of
from walletdesk.channels.web.model import (
    AckAnswer,
    AttachmentAnswer,
    ItemsAnswer,
    Open,
    OpenConversation,
    RatingRequest,
    Say,
    Session,
    SessionRequest,
)
from walletdesk.desk.conversations import actions, photos, queries
from walletdesk.desk.conversations.model import AttachmentMissing, Person, RatingClosed
from walletdesk.desk.conversations.model import State as Standing
from walletdesk.desk.feedback import actions as feedback
from walletdesk.kit import clock, db
from walletdesk.kit.i18n import Lang, lang_of
from walletdesk.kit.web import BodyInvalid, Who
from walletdesk.people import actions as people
from walletdesk.people import audit
from walletdesk.people.model import Deed
from walletdesk.people.tokens import Verifier

PAGE: Final = 100
WAIT_SECONDS_MAX: Final = 25.0

Connection = Request[Any, Any, Any]
Pool = NamedDependency[SkipValidation[db.Pool]]
Asker = NamedDependency[Who]
Reader = NamedDependency[Lang]


@dataclass
class PhotoForm:
    """The form in which a photo is uploaded."""

    file: UploadFile


@post("/api/chat/sessions", opt={"permission": "public"})
async def open_session(
    data: JSONBody[SessionRequest], request: Connection, pool: Pool, lang: Reader
) -> Session:
    """Enter the chat: with a token of the wallet as its customer, without one as a visitor."""
    now = clock.now()
    locale = lang_of(data.locale) if data.locale else lang
    claims = None
    if data.token:
        claims = cast("Verifier", request.app.state.verifier).read(data.token, now=now)
    else:
        parts_of(request.app.state).limits.visitor(request.client.host if request.client else "")
    if claims is not None:
        await learning.learn(pool, getattr(request.app.state, "wallet", None), claims.customer_id)
    async with db.transaction(pool) as tx:
        chat = await people.open_chat_session(tx, claims, locale=locale, now=now)
        person = customer.person_of(chat.who)
        open_ones = await queries.list_live_of(tx, person.id) if claims else []
    return Session(
        chat.session.secret,
        customer.person_view(person),
        chat.locale,
        chat.large_type,
        _context(chat),
        OpenConversation(open_ones[0].id, open_ones[0].state.value, open_ones[0].last_seq) if open_ones else None,
        chat.session.expires_at,
    )


def _context(chat: people.ChatSession) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    if chat.transaction_id is not None:
        found["transaction_id"] = str(chat.transaction_id)
    if chat.page is not None:
        found["page"] = chat.page
    return found or None


@post("/api/chat/conversations", opt={"permission": "chat.use"})
async def open_conversation(data: JSONBody[Open], who: Asker, pool: Pool, request: Connection) -> ItemsAnswer:
    """Open a conversation under an id that the client has made, or return to it."""
    person = customer.person_of(who)
    await customer.begin(parts_of(request.app.state), person, data)
    return await _items(pool, data.conversation, person, data.locale, since=0)


@get("/api/chat/conversations/{conversation_id:uuid}/items", opt={"permission": "chat.use"})
async def list_items(
    conversation_id: FromPath[UUID],
    who: Asker,
    pool: Pool,
    lang: Reader,
    request: Connection,
    since: Annotated[int, QueryParameter(ge=0, le=2**53)] = 0,
    wait: Annotated[float, QueryParameter(ge=0, le=600)] = 0.0,
) -> ItemsAnswer:
    """Return what comes after `since`; where nothing does, wait for it up to `wait` seconds (at most 25)."""
    person = customer.person_of(who)
    parts = parts_of(request.app.state)
    with parts.limits.polling(person.id):
        async with _bell(parts, conversation_id) as bell:
            answer = await _items(pool, conversation_id, person, lang, since=since)
            if answer.items or not wait:
                return answer
            try:
                async with asyncio.timeout(min(wait, WAIT_SECONDS_MAX)):
                    await bell.wait()
            except TimeoutError:
                return answer
        return await _items(pool, conversation_id, person, lang, since=since)


@asynccontextmanager
async def _bell(parts: Parts, conversation_id: UUID) -> AsyncGenerator[asyncio.Event]:
    """Lend an event that is set when a conversation moves."""
    bell = asyncio.Event()
    end = parts.hub.subscribe(f"conversation:{conversation_id}", partial(_ring, bell))
    try:
        yield bell
    finally:
        end()


def _ring(bell: asyncio.Event, _topic: str, news: dict[str, Any]) -> None:
    if "typing" not in news:
        bell.set()


async def _items(
    pool: db.Pool, conversation_id: UUID, person: Person, lang: Lang, *, since: int
) -> ItemsAnswer:
    async with db.reading(pool) as tx:
        row = await customer.own(tx, conversation_id, person)
        items = await queries.list_items(tx, conversation_id, since=since, limit=PAGE + 1, staff=False)
        zone = await customer.zone_of(tx, person)
    return ItemsAnswer(items[:PAGE], customer.state_of(row, lang, zone), len(items) > PAGE)


@post("/api/chat/conversations/{conversation_id:uuid}/messages", opt={"permission": "chat.use"}, status_code=200)
async def say(conversation_id: FromPath[UUID], data: JSONBody[Say], who: Asker, request: Connection) -> AckAnswer:
    """Say something; the answer comes when it is on disk. The same id may be sent again."""
    if data.conversation != conversation_id:
        raise BodyInvalid(field="conversation", reason="not the conversation of the address")
    person = customer.person_of(who)
    parts = parts_of(request.app.state)
    parts.limits.message(person.id)
    if data.kind == "photo":
        message = await customer.photo_of(parts, person, data)
    else:
        message = customer.message_of(person, data)
    posted = await parts.writer.post(message, visitor=person.kind == "anonymous")
    return AckAnswer(posted.id, posted.conversation_id, posted.seq, posted.at)


@post("/api/chat/conversations/{conversation_id:uuid}/rating", opt={"permission": "chat.use"}, status_code=204)
async def rate(conversation_id: FromPath[UUID], data: JSONBody[RatingRequest], who: Asker, pool: Pool) -> None:
    """Rate what was done, once it is done; a second rating takes the place of the first."""
    person = customer.person_of(who)
    async with db.transaction(pool) as tx:
        row = await customer.own(tx, conversation_id, person)
        if row.state is not Standing.RESOLVED:
            raise RatingClosed
        await feedback.rate(
            tx,
            conversation_id=conversation_id,
            resolution=row.resolutions,
            score=data.score,
            reasons=data.reasons,
            comment=data.comment,
            now=clock.now(),
        )
        await actions.mark_rated(tx, conversation_id)


@post("/api/chat/attachments", opt={"permission": "chat.use"})
async def upload(
    data: MultipartBody[PhotoForm],
    who: Asker,
    pool: Pool,
    request: Connection,
) -> AttachmentAnswer:
    """Upload a photo (JPEG, PNG or WebP, at most 10 MB); it is written anew, bare of everything but the picture."""
    person = customer.person_of(who)
    parts = parts_of(request.app.state)
    parts.limits.upload(person.id)
    raw = await data.file.read()
    kept = await photos.take_in(pool, parts.home, raw, uploader_id=person.id, now=clock.now())
    return AttachmentAnswer(kept.id, kept.width, kept.height)


@get("/api/attachments/{attachment_id:uuid}", opt={"permission": "any.attachment"})
async def download(attachment_id: FromPath[UUID], who: Asker, pool: Pool, request: Connection) -> Response[bytes]:
    """Return a photo to whoever may see the conversation in which it was said, or has uploaded it."""
    async with db.transaction(pool) as tx:
        found = await queries.find_attachment(tx, attachment_id)
        if found is None or not await _may_see(tx, who, found):
            raise AttachmentMissing
        if who.door == "staff":
            deed = Deed("agent", who.id, "attachment_read", f"attachment/{attachment_id}")
            await audit.record(tx, [deed], now=clock.now())
    jpeg = await asyncio.to_thread(photos.read, cast("Path", request.app.state.home), found)
    headers = {
        "content-disposition": 'attachment; filename="photo.jpg"',
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "private, max-age=86400, immutable",
    }
    return Response(jpeg, media_type="image/jpeg", headers=headers)


async def _may_see(tx: db.Tx, who: Who, photo: queries.Attachment) -> bool:
    if photo.uploader_id == who.id:
        return True
    if photo.conversation_id is None:
        return False
    if who.door == "staff":
        return True
    row = await queries.find_conversation(tx, photo.conversation_id)
    return row is not None and row.person_id == who.id


ROUTES = [open_session, open_conversation, list_items, say, rate, upload, download]
