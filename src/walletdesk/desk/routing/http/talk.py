"""One conversation: reading it, taking it, giving it back, closing it, passing it on, photos for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, cast
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.datastructures import State, UploadFile
from litestar.params import FromPath, JSONBody, MultipartBody, QueryParameter

from walletdesk.desk.conversations import photos
from walletdesk.desk.conversations.views import state_view
from walletdesk.desk.routing import actions, reading
from walletdesk.desk.routing.http.given import Asker, Pool, Reader
from walletdesk.desk.routing.marking import marked
from walletdesk.desk.routing.model import agent_of
from walletdesk.desk.routing.views import DeskConversation, InboxRow, ItemsAnswer, row_view
from walletdesk.guard.links import Policy
from walletdesk.kit import clock, db, limits
from walletdesk.people.model import may

ITEMS_FIRST = 50
ITEMS_MAX = 200
SKILL_CHARACTERS_MAX = 40

_uploads = limits.Buckets(burst=20, per_seconds=60)


class Reassign(msgspec.Struct, forbid_unknown_fields=True):
    """To whom a conversation is passed on."""

    skill: Annotated[str, msgspec.Meta(min_length=1, max_length=SKILL_CHARACTERS_MAX)]


class Close(msgspec.Struct, forbid_unknown_fields=True):
    """How a conversation is closed; `promise_kept`: the promised news were told, or are needed no more."""

    promise_kept: bool = False


class Kept(msgspec.Struct, frozen=True):
    """A photo that may be said in a message now."""

    attachment_id: UUID
    width: int
    height: int


@dataclass
class PhotoForm:
    """The form in which a photo is uploaded."""

    file: UploadFile


@get("/api/desk/conversations/{conversation_id:uuid}", opt={"permission": "desk.read"})
async def view(
    conversation_id: FromPath[UUID], who: Asker, pool: Pool, lang: Reader, state: State
) -> DeskConversation:
    """Return a conversation with its last items, how it stands, and suggested replies."""
    async with db.transaction(pool) as tx:
        row = await reading.look_into(tx, who, conversation_id, now=clock.now())
        items, more = await reading.items_of(tx, conversation_id, limit=ITEMS_FIRST)
        replies = await reading.suggestions(tx, row)
    shown = marked(items, cast("Policy", state.links), lang)
    return DeskConversation(row_view(row), shown, more, state_view(row, lang, "staff"), replies)


@get("/api/desk/conversations/{conversation_id:uuid}/items", opt={"permission": "desk.read"})
async def items(
    conversation_id: FromPath[UUID],
    who: Asker,
    pool: Pool,
    lang: Reader,
    state: State,
    before: Annotated[int | None, QueryParameter(ge=0)] = None,
    since: Annotated[int | None, QueryParameter(ge=0)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=ITEMS_MAX)] = ITEMS_FIRST,
) -> ItemsAnswer:
    """Return items after `since`, else the last ones before `before`."""
    async with db.transaction(pool) as tx:
        row = await reading.look_into(tx, who, conversation_id, now=clock.now(), at="items")
        found, more = await reading.items_of(tx, conversation_id, before=before, since=since, limit=limit)
    return ItemsAnswer(marked(found, cast("Policy", state.links), lang), state_view(row, lang, "staff"), more)


@post("/api/desk/conversations/{conversation_id:uuid}/accept", opt={"permission": "desk.act"}, status_code=200)
async def accept(conversation_id: FromPath[UUID], who: Asker, pool: Pool) -> InboxRow:
    """Take a conversation, offered or not; it must be in nobody else's hands."""
    async with db.transaction(pool) as tx:
        return row_view(await actions.accept(tx, who, conversation_id, now=clock.now()))


@post("/api/desk/conversations/{conversation_id:uuid}/release", opt={"permission": "desk.act"}, status_code=200)
async def release(conversation_id: FromPath[UUID], who: Asker, pool: Pool) -> InboxRow:
    """Give a conversation back to the queue, where it keeps its place."""
    async with db.transaction(pool) as tx:
        return row_view(await actions.release(tx, who, conversation_id, now=clock.now()))


@post("/api/desk/conversations/{conversation_id:uuid}/resolve", opt={"permission": "desk.act"}, status_code=200)
async def resolve(
    conversation_id: FromPath[UUID], who: Asker, pool: Pool, data: JSONBody[Close | None] = None
) -> InboxRow:
    """Close a conversation in which nothing is owed."""
    async with db.transaction(pool) as tx:
        row = await actions.resolve(
            tx,
            who,
            conversation_id,
            supervises=may(who, "desk.supervise"),
            promise_kept=data is not None and data.promise_kept,
            now=clock.now(),
        )
    return row_view(row)


@post("/api/desk/conversations/{conversation_id:uuid}/handoff", opt={"permission": "desk.act"}, status_code=200)
async def handoff(data: JSONBody[Reassign], conversation_id: FromPath[UUID], who: Asker, pool: Pool) -> InboxRow:
    """Pass a conversation on to the queue of a skill."""
    supervises = may(who, "desk.supervise")
    async with db.transaction(pool) as tx:
        row = await actions.reassign(
            tx, who, conversation_id, data.skill, supervises=supervises, now=clock.now()
        )
    return row_view(row)


@post("/api/desk/conversations/{conversation_id:uuid}/attachments", opt={"permission": "desk.act"})
async def attach(
    data: MultipartBody[PhotoForm],
    conversation_id: FromPath[UUID],
    who: Asker,
    pool: Pool,
    state: State,
) -> Kept:
    """Upload a photo (JPEG, PNG or WebP, at most 10 MB) that is then said in this conversation."""
    agent_id = agent_of(who)
    _uploads.take(str(agent_id))
    async with db.reading(pool) as tx:
        await reading.get(tx, conversation_id)
    raw = await data.file.read()
    kept = await photos.take_in(
        pool, cast("Path", state.home), raw, uploader_id=agent_id, now=clock.now()
    )
    return Kept(kept.id, kept.width, kept.height)


ROUTES = [view, items, accept, release, resolve, handoff, attach]
