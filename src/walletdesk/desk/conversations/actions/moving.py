"""Moving a conversation: the one way by which a row changes outside the writer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from walletdesk.desk.conversations import queries
from walletdesk.desk.conversations.changes import Change
from walletdesk.desk.conversations.model import (
    Author,
    CardMissing,
    Conversation,
    ConversationMissing,
    Item,
    MovedOn,
    NewItem,
    SeatFull,
    State,
)
from walletdesk.desk.conversations.promise import (
    Accepted,
    AgentAnswered,
    Aside,
    BotAnswered,
    BotThen,
    Happening,
    Offered,
    StillWorking,
)
from walletdesk.kit import db

_HELD = frozenset({State.OFFERED, State.AGENT})


async def apply(
    tx: db.Tx,
    conversation_id: UUID,
    happening: Happening,
    *,
    items: Sequence[NewItem] = (),
    author: Author = Author.SYSTEM,
    author_id: UUID | None = None,
    author_name: str | None = None,
    answers_seq: int | None = None,
    now: datetime,
) -> Conversation:
    """Let something happen to a conversation: promise, items, events and live hints in one write.

    `items` stand before the status lines that follow from the step. When an item's id is stored here already, the
    call is a repetition and changes nothing. `answers_seq` is up to where an answer has read: what the customer
    said after it stays owed.

    Raises:
        ConversationMissing, CardMissing, SeatFull, MovedOn, NotHeld, AnswerOwed, PromiseOpen
    """
    seat = await _seat_for(tx, happening)
    change = Change(await _locked(tx, conversation_id))
    if await _repeated(tx, change.row, items):
        return change.row
    name = author_name
    if isinstance(happening, Offered | Accepted):
        name = _name_of_free(seat, change.row, happening)
    happening = await _with_unseen(tx, change.row, happening, answers_seq)
    change.say_all(items, author=author, author_id=author_id, author_name=author_name, now=now)
    change.move(happening, now, by=author.value, owner_name=name)
    if answers_seq is not None and not _says_nothing(happening):
        change.answered(answers_seq)
    await queries.store(tx, [change])
    return change.row


async def post_bot(
    tx: db.Tx,
    conversation_id: UUID,
    items: Sequence[NewItem],
    *,
    then: BotThen,
    answers_seq: int,
    now: datetime,
) -> list[Item]:
    """Let the bot answer what was said up to `answers_seq`, and say on whom the conversation waits then.

    Items whose ids are stored already are returned as they stand. An answer to nothing new (a greeting, promised
    news) is taken while the conversation waits on the bot.

    Raises:
        ConversationMissing, CardMissing
        MovedOn: That was answered before, or the conversation is not the bot's.
    """
    change = Change(await _locked(tx, conversation_id))
    row = change.row
    if await _repeated(tx, row, items):
        return await queries.list_by_id(tx, row.id, [item.id for item in items if item.id])
    if not isinstance(then, Aside | StillWorking):
        _refuse_second_answer(row, answers_seq)
    happening = await _with_unseen(tx, row, BotAnswered(then), answers_seq)
    said = change.say_all(items, author=Author.BOT, now=now)
    change.move(happening, now, by=Author.BOT.value)
    if not _says_nothing(happening):
        change.answered(answers_seq)
    await queries.store(tx, [change])
    return said


async def post_system(
    tx: db.Tx, conversation_id: UUID, items: Sequence[NewItem], *, now: datetime
) -> list[Item]:
    """Put items into a conversation without moving it; one that `replaces` a card renews it in its place.

    Raises:
        ConversationMissing
        CardMissing: What is to be replaced does not stand in this conversation.
    """
    change = Change(await _locked(tx, conversation_id))
    if await _repeated(tx, change.row, items):
        return await queries.list_by_id(tx, change.row.id, [item.id for item in items if item.id])
    said = change.say_all(items, author=Author.SYSTEM, now=now)
    await queries.store(tx, [change])
    return said


async def _locked(tx: db.Tx, conversation_id: UUID) -> Conversation:
    row = await queries.lock_conversation(tx, conversation_id)
    if row is None:
        raise ConversationMissing
    return row


async def _repeated(tx: db.Tx, row: Conversation, items: Sequence[NewItem]) -> bool:
    """Say whether the items stand here already; refuse those that would renew what does not."""
    own = {item.id for item in items if item.id is not None}
    cards = {item.replaces for item in items if item.replaces is not None}
    if not own and not cards:
        return False
    found = {item.id for item in await queries.list_by_id(tx, row.id, sorted(own | cards))}
    if cards - found:
        raise CardMissing
    return bool(own & found)


def _refuse_second_answer(row: Conversation, answers_seq: int) -> None:
    nothing_newer = row.state is State.BOT and row.customer_seq == answers_seq
    if row.answered_seq > answers_seq or (row.answered_seq == answers_seq and not nothing_newer):
        raise MovedOn(state=row.state.value)


async def _with_unseen(
    tx: db.Tx, row: Conversation, happening: Happening, answers_seq: int | None
) -> Happening:
    """Tell an answer what it has not seen."""
    if not isinstance(happening, BotAnswered | AgentAnswered) or answers_seq is None:
        return happening
    if row.customer_seq <= answers_seq or happening.unseen_since is not None:
        return happening
    unseen = await queries.oldest_unseen(tx, [row.id], [answers_seq])
    return replace(happening, unseen_since=unseen.get(row.id))


def _says_nothing(happening: Happening) -> bool:
    return isinstance(happening, BotAnswered | AgentAnswered) and isinstance(
        happening.then, Aside | StillWorking
    )


async def _seat_for(tx: db.Tx, happening: Happening) -> queries.Seat | None:
    """Lock the seat before the conversation, where the step puts it into somebody's hands."""
    if isinstance(happening, Offered | Accepted):
        return await queries.lock_seat(tx, happening.agent_id)
    return None


def _name_of_free(
    seat: queries.Seat | None, row: Conversation, happening: Offered | Accepted
) -> str | None:
    """Return the name of an agent who has room for this conversation, or holds it already."""
    if row.owner_id == happening.agent_id and row.state in _HELD:
        return row.owner_name
    if seat is None or seat.load >= seat.capacity or (isinstance(happening, Offered) and not seat.present):
        raise SeatFull
    return seat.name
