"""What both doors, socket and long polling, do alike for somebody who is known by his session."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import msgspec
from litestar.datastructures import State

from walletdesk.channels.web.limits import Limits
from walletdesk.channels.web.model import PAGE_CHARACTERS_MAX, Choice, Open, PersonView, PhotoSaid, Say
from walletdesk.desk.conversations import actions, queries, views
from walletdesk.desk.conversations.model import (
    AttachmentMissing,
    Author,
    BodyWrong,
    Conversation,
    ConversationMissing,
    ItemKind,
    NewMessage,
    Person,
    StateView,
)
from walletdesk.desk.conversations.writer import Writer
from walletdesk.kit import clock, db
from walletdesk.kit.i18n import Lang
from walletdesk.kit.live import Hub
from walletdesk.kit.web import NotSignedIn, Who
from walletdesk.people import queries as people

CHANNEL = "chat"


@dataclass(frozen=True, slots=True)
class Parts:
    """What the doors need of the running application."""

    pool: db.Pool
    hub: Hub
    writer: Writer
    limits: Limits
    home: Path


def parts_of(state: State) -> Parts:
    """Take the parts from the application's state; the limits are made at the first use."""
    if "chat_limits" not in state:
        state["chat_limits"] = Limits()
    return Parts(
        cast("db.Pool", state.pool),
        cast("Hub", state.hub),
        cast("Writer", state.writer),
        cast("Limits", state.chat_limits),
        cast("Path", state.home),
    )


def person_of(who: Who) -> Person:
    """Return whose conversations these are.

    Raises:
        NotSignedIn: Nobody's.
    """
    if who.id is None or who.kind not in ("customer", "anonymous"):
        raise NotSignedIn
    return Person("customer" if who.kind == "customer" else "anonymous", who.id, who.name)


def person_view(person: Person) -> PersonView:
    """Say to a client who the desk takes him for."""
    return PersonView(person.kind, person.name)


async def zone_of(tx: db.Tx, person: Person) -> str:
    """Return in which zone somebody reads the time."""
    if person.kind == "customer":
        customer = await people.find_customer(tx, person.id)
        if customer is not None:
            return customer.zone
    return views.DEFAULT_ZONE


def state_of(row: Conversation, lang: Lang, zone: str) -> StateView:
    """Return how a conversation stands, for its customer."""
    return views.state_view(row, lang, "customer", zone=zone)


async def own(tx: db.Tx, conversation_id: UUID, person: Person) -> Conversation:
    """Return a conversation of this person.

    Raises:
        ConversationMissing: There is none, or it is somebody else's.
    """
    row = await queries.find_conversation(tx, conversation_id)
    if row is None or row.person_id != person.id:
        raise ConversationMissing
    return row


async def begin(parts: Parts, person: Person, frame: Open) -> Conversation:
    """Open a conversation or return to it.

    Raises:
        TooMany, ConversationMissing, TooManyOpen
    """
    parts.limits.opening(person.id)
    async with db.transaction(parts.pool) as tx:
        return await actions.open_conversation(
            tx,
            frame.conversation,
            person=person,
            locale=frame.locale,
            large_type=frame.large_type,
            channel=CHANNEL,
            context=_context(frame.context, person),
            now=clock.now(),
        )


def _context(given: dict[str, Any] | None, person: Person) -> dict[str, Any] | None:
    """Keep of a context what we know; a visitor has no transactions."""
    if not given:
        return None
    kept: dict[str, Any] = {}
    transaction = given.get("transaction_id")
    if person.kind == "customer" and isinstance(transaction, str):
        with suppress(ValueError):
            kept["transaction_id"] = str(UUID(transaction))
    page = given.get("page")
    if isinstance(page, str) and page:
        kept["page"] = page.replace("\0", "")[:PAGE_CHARACTERS_MAX]
    return kept or None


def message_of(person: Person, frame: Say) -> NewMessage:
    """Make a message of what a client says, but for a photo, which has to be claimed.

    Raises:
        BodyWrong: A choice does not say what was chosen.
    """
    body: dict[str, Any] | None = None
    if frame.kind == "choice":
        try:
            choice = msgspec.convert(frame.body, Choice)
        except msgspec.ValidationError as error:
            raise BodyWrong(field="body") from error
        card = str(choice.card_id) if choice.card_id is not None else None
        body = {"card_id": card, "option": choice.option.replace("\0", "")}
    return NewMessage(
        frame.id, frame.conversation, Author.CUSTOMER, person.id, frame.text, kind=ItemKind(frame.kind), body=body
    )


async def photo_of(parts: Parts, person: Person, frame: Say) -> NewMessage:
    """Bind a photo to the conversation in which it is said, and make a message of it.

    Raises:
        BodyWrong, ConversationMissing
        AttachmentMissing: It is not there, not his, or was said elsewhere.
    """
    try:
        photo = msgspec.convert(frame.body, PhotoSaid)
    except msgspec.ValidationError as error:
        raise BodyWrong(field="body") from error
    async with db.transaction(parts.pool) as tx:
        await own(tx, frame.conversation, person)
        found = await queries.claim_attachment(
            tx, photo.attachment_id, uploader_id=person.id, conversation_id=frame.conversation
        )
    if found is None:
        raise AttachmentMissing(field="attachment_id")
    body = {"attachment_id": str(found.id), "width": found.width, "height": found.height}
    return NewMessage(
        frame.id, frame.conversation, Author.CUSTOMER, person.id, frame.text, kind=ItemKind.PHOTO, body=body
    )


