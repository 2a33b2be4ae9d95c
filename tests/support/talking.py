"""Conversations for tests: people who open them and talk through a running writer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from walletdesk.desk.conversations import actions, queries
from walletdesk.desk.conversations.model import (
    Author,
    Conversation,
    Item,
    ItemKind,
    NewItem,
    NewMessage,
    Person,
)
from walletdesk.desk.conversations.writer import Writer
from walletdesk.kit import db
from walletdesk.kit.ids import new_id
from walletdesk.kit.live import Hub


def somebody(kind: str = "customer", name: str | None = "王小明") -> Person:
    return Person(kind, new_id(), name)  # type: ignore[arg-type]


async def opened(tx: db.Tx, person: Person, *, now: datetime, **about: Any) -> Conversation:
    """Open a conversation of a person; `about` may name id, locale, context."""
    return await actions.open_conversation(
        tx,
        about.get("id") or new_id(),
        person=person,
        locale=about.get("locale", "zh"),
        large_type=False,
        channel="chat",
        context=about.get("context"),
        now=now,
    )


async def open_in(pool: db.Pool, person: Person, *, now: datetime, **about: Any) -> Conversation:
    async with db.transaction(pool) as tx:
        return await opened(tx, person, now=now, **about)


def said(conversation: UUID, person: Person | UUID, text: str = "你好", **about: Any) -> NewMessage:
    """Something that a customer says."""
    author = person.id if isinstance(person, Person) else person
    return NewMessage(about.pop("id", None) or new_id(), conversation, Author.CUSTOMER, author, text, **about)


def answered(conversation: UUID, agent: UUID, text: str = "您好,请讲", **about: Any) -> NewMessage:
    """Something that an agent says."""
    message_id = about.pop("id", None) or new_id()
    return NewMessage(message_id, conversation, Author.AGENT, agent, text, author_name="Mei", **about)


def text_item(text: str, **about: Any) -> NewItem:
    return NewItem(ItemKind.TEXT, text, **about)


@asynccontextmanager
async def writing(pool: db.Pool, *, hub: Hub | None = None, waiting_max: int = 2000) -> AsyncGenerator[Writer]:
    """Lend a writer that runs."""
    writer = Writer(pool, waiting_max, hub)
    running = asyncio.ensure_future(writer.run())
    try:
        yield writer
    finally:
        await writer.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def seated(pool: db.Pool, *, now: datetime, name: str = "Mei", capacity: int = 2, present: bool = True) -> UUID:
    """Let an agent sit down."""
    agent = new_id()
    async with db.transaction(pool) as tx:
        await actions.save_seat(tx, agent, name=name, capacity=capacity, present=present, now=now)
    return agent


async def row_of(pool: db.Pool, conversation: UUID) -> Conversation:
    async with db.reading(pool) as tx:
        found = await queries.find_conversation(tx, conversation)
    assert found is not None
    return found


async def items_of(pool: db.Pool, conversation: UUID, *, staff: bool = True) -> list[Item]:
    async with db.reading(pool) as tx:
        return await queries.list_items(tx, conversation, since=0, limit=1000, staff=staff)


async def applied(pool: db.Pool, conversation: UUID, *happenings: Any, now: datetime) -> Conversation:
    """Let several things happen, each in a transaction of its own."""
    row: Conversation | None = None
    for happening in happenings:
        async with db.transaction(pool) as tx:
            row = await actions.apply(tx, conversation, happening, now=now)
    assert row is not None
    return row


def kinds(items: Sequence[Item]) -> list[tuple[str, str]]:
    return [(item.author.kind, item.kind) for item in items]
