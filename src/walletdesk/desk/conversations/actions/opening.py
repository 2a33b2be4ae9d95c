"""Opening a conversation: once for each id that a client has made."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from walletdesk.desk.conversations import promise, queries
from walletdesk.desk.conversations.actions.moving import apply
from walletdesk.desk.conversations.changes import BOT_JOB
from walletdesk.desk.conversations.events import ConversationOpened
from walletdesk.desk.conversations.model import (
    OPEN_MAX,
    Conversation,
    ConversationMissing,
    Person,
    TooManyOpen,
)
from walletdesk.kit import db, events, live
from walletdesk.kit.i18n import Lang


async def open_conversation(
    tx: db.Tx,
    conversation_id: UUID,
    *,
    person: Person,
    locale: Lang,
    large_type: bool,
    channel: str,
    context: dict[str, Any] | None,
    now: datetime,
) -> Conversation:
    """Open a conversation, or return it when this person has opened it before.

    A context that names a transaction is a question in itself: the bot owes an answer from then on. Where a person
    has as many open conversations as he may, the oldest in which nothing is owed is closed.

    Raises:
        ConversationMissing: The id is somebody else's conversation.
        TooManyOpen: In every open conversation of this person something is owed.
    """
    await queries.lock_person(tx, person.id)
    if (known := await queries.find_conversation(tx, conversation_id)) is not None:
        if known.person_id != person.id:
            raise ConversationMissing
        await queries.save_place(tx, conversation_id, locale=locale, large_type=large_type)
        return known
    await _make_room(tx, person, now)
    row = _new_row(conversation_id, person, locale, large_type, channel, context, now)
    if not await queries.insert_conversation(tx, row):
        raise ConversationMissing
    asked = row.owed_since is not None
    await events.emit(tx, row.id, ConversationOpened(row.id, asked))
    if asked:
        await live.wake(tx, BOT_JOB)
    return row


async def _make_room(tx: db.Tx, person: Person, now: datetime) -> None:
    live_ones = await queries.list_live_of(tx, person.id)
    if len(live_ones) < OPEN_MAX:
        return
    idle = [row for row in live_ones if row.owed_since is None and row.debt_kind is None]
    if not idle:
        raise TooManyOpen(allowed=OPEN_MAX)
    await apply(tx, idle[-1].id, promise.Resolve(), now=now)


def _new_row(
    conversation_id: UUID,
    person: Person,
    locale: Lang,
    large_type: bool,  # noqa: FBT001 - private
    channel: str,
    context: dict[str, Any] | None,
    now: datetime,
) -> Conversation:
    known = person.kind == "customer"
    asked = bool(context and context.get("transaction_id"))
    first = promise.opened(now, asked=asked)
    return Conversation(
        **{name: getattr(first, name) for name in first.__struct_fields__},
        id=conversation_id,
        customer_id=person.id if known else None,
        visitor_id=None if known else person.id,
        person_name=person.name,
        locale=locale,
        large_type=large_type,
        channel=channel,
        context=context,
        subject=None,
        symptom=None,
        verdict=None,
        owner_name=None,
        last_seq=0,
        last_at=now,
        last_text="",
        customer_seq=0,
        agent_seq=0,
        agent_seq_by=None,
        answered_seq=0,
        customer_read_seq=0,
        agent_read_seq=0,
        agent_unread=0,
        opened_at=now,
        updated_at=now,
        resolved_at=None,
        resolved_by=None,
        rated_resolution=0,
    )
