"""Conversations and their items as they are stored, and as they go over the wire."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from walletdesk.desk.conversations.model.row import Promise

TEXT_CHARACTERS_MAX: Final = 4_000
LAST_TEXT_CHARACTERS: Final = 120
OPEN_MAX: Final = 5


class Author(StrEnum):
    """Who says something."""

    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class ItemKind(StrEnum):
    """What sort of item it is; a screen shows one that it does not know as its text."""

    TEXT = "text"
    CHOICE = "choice"
    PHOTO = "photo"
    CARD = "card"
    NOTE = "note"
    STATUS = "status"


class Audience(StrEnum):
    """Who may see an item."""

    ALL = "all"
    STAFF = "staff"


class Person(msgspec.Struct, frozen=True):
    """Whose conversation it is: a customer of the wallet, or a visitor whom nobody vouches for."""

    kind: Literal["customer", "anonymous"]
    id: UUID
    name: str | None = None


class NewMessage(msgspec.Struct, frozen=True):
    """Something a customer or an agent says; `id` is made by his client, so that it may be repeated.

    `then` is what an agent's message leaves the conversation waiting for; `seen_seq` is up to where its author
    has read. A customer's message is his only if the conversation is.
    """

    id: UUID
    conversation_id: UUID
    author: Author
    author_id: UUID
    text: str
    author_name: str | None = None
    kind: ItemKind = ItemKind.TEXT
    body: dict[str, Any] | None = None
    audience: Audience = Audience.ALL
    then: Any = None
    seen_seq: int | None = None


class NewItem(msgspec.Struct, frozen=True):
    """Something the bot or the system puts into a conversation."""

    kind: ItemKind
    text: str
    body: dict[str, Any] | None = None
    id: UUID | None = None
    replaces: UUID | None = None
    audience: Audience = Audience.ALL


class Posted(msgspec.Struct, frozen=True):
    """Where a message stands; `again` when it had been stored before, `hidden` when a secret was taken out."""

    id: UUID
    conversation_id: UUID
    seq: int
    at: datetime
    again: bool = False
    hidden: bool = False


class ItemAuthor(msgspec.Struct, frozen=True, gc=False):
    """Who said an item, as others see it."""

    kind: str
    name: str | None


class LinkMark(msgspec.Struct, frozen=True, gc=False):
    """What the staff is told of a link in a message: whose page it is, the verdict in words, and why."""

    site: str
    verdict: str
    label: str
    reasons: tuple[str, ...]


class Item(msgspec.Struct, frozen=True, omit_defaults=False):
    """An item as it is read and sent.

    `audience` stands only on what the staff alone may see, `links` only on what the staff is shown.
    """

    seq: int
    id: UUID
    kind: str
    author: ItemAuthor
    text: str
    body: dict[str, Any] | None
    replaces: UUID | None
    at: datetime
    audience: str | msgspec.UnsetType = msgspec.UNSET
    links: tuple[LinkMark, ...] | msgspec.UnsetType = msgspec.UNSET

    @property
    def for_staff_only(self) -> bool:
        """Say whether customers must not see it."""
        return self.audience == Audience.STAFF


class Conversation(Promise, frozen=True, kw_only=True):
    """A conversation's row: the promise and everything else that stands on it."""

    id: UUID
    customer_id: UUID | None
    visitor_id: UUID | None
    person_name: str | None
    locale: str
    large_type: bool
    channel: str
    context: dict[str, Any] | None
    subject: str | None
    symptom: str | None
    verdict: str | None
    owner_name: str | None
    last_seq: int
    last_at: datetime
    last_text: str
    customer_seq: int
    agent_seq: int
    agent_seq_by: UUID | None
    answered_seq: int
    customer_read_seq: int
    agent_read_seq: int
    agent_unread: int
    opened_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    rated_resolution: int

    @property
    def person_id(self) -> UUID:
        """The customer or the visitor."""
        found = self.customer_id or self.visitor_id
        if found is None:
            raise ValueError("a conversation belongs to somebody")
        return found


class PromiseView(msgspec.Struct, frozen=True):
    """What we have promised, in the reader's words, and by when."""

    text: str
    by: datetime


class StateView(msgspec.Struct, frozen=True):
    """What is true of a conversation now, as it is sent with every batch of items."""

    state: str
    owner: str
    agent_name: str | None
    promise: PromiseView | None
    customer_read_seq: int
    agent_read_seq: int
    may_rate: bool
    rated: bool
