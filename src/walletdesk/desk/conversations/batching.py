"""What becomes of a batch of messages: decided in memory, under the locks of its rows. Pure."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, cast
from uuid import UUID, uuid5

from walletdesk.desk.conversations.changes import Change, Said
from walletdesk.desk.conversations.model import (
    Audience,
    Author,
    AuthorWrong,
    Conversation,
    ConversationMissing,
    NewMessage,
    Posted,
    StaleSend,
    State,
)
from walletdesk.desk.conversations.promise import (
    AgentAnswered,
    Aside,
    CustomerSpoke,
    StillWorking,
    Then,
    WaitCustomer,
    step,
)
from walletdesk.desk.conversations.queries import Stored, Versioned
from walletdesk.kit.refusal import Refusal

WARNINGS: Final = UUID("5d3a4f52-6c1e-5b7a-9d57-0a7d2d0e6c11")
"""Name space of the ids of the lines that tell somebody what was hidden in his message: one for each message."""
_WAITS_WITH_AGENT: Final = frozenset({State.WAIT_CUST, State.WAIT_THIRD})


class Pending:
    """A message on its way to the disk; `hidden` are the kinds of secret that were taken out of it."""

    __slots__ = ("alone", "done", "hidden", "message")

    def __init__(self, message: NewMessage, hidden: tuple[str, ...], done: asyncio.Future[Posted]) -> None:
        self.message = message
        self.hidden = hidden
        self.done = done
        self.alone = False

    def settle(self, outcome: Posted | Exception) -> None:
        """Tell whoever waits, if anybody still does."""
        if self.done.done():
            return
        if isinstance(outcome, Posted):
            self.done.set_result(outcome)
        else:
            self.done.set_exception(outcome)


class Batch:
    """The rows of a batch as they are locked, and what is stored of its messages already."""

    def __init__(self, rows: Mapping[UUID, Versioned], stored: Mapping[UUID, Stored]) -> None:
        self._changes = {conversation_id: Change(known.row) for conversation_id, known in rows.items()}
        self._stored = stored
        self._now_stored: dict[UUID, Stored] = {}
        self.room: dict[UUID, int] = {}
        """How many conversations still fit on each seat whose agent waits for one of these customers."""
        self.unseen: Mapping[UUID, datetime] = {}
        """When a customer first said what the agent who answers had not seen."""

    @property
    def changed(self) -> list[Change]:
        """The conversations in which something was said."""
        return [change for change in self._changes.values() if change.moved]

    def waiting_agents(self, messages: Sequence[NewMessage]) -> list[UUID]:
        """Return the agents who wait with one of these customers and might go on with him at once."""
        found: set[UUID] = set()
        for message in messages:
            change = self._changes.get(message.conversation_id)
            if change is None or message.author is not Author.CUSTOMER:
                continue
            if change.row.state in _WAITS_WITH_AGENT and change.row.owner_id is not None:
                found.add(change.row.owner_id)
        return sorted(found)

    def answers_behind(self, messages: Sequence[NewMessage]) -> dict[UUID, int]:
        """Return up to where agents had read who answer customers that have said more since."""
        behind: dict[UUID, int] = {}
        for message in messages:
            change = self._changes.get(message.conversation_id)
            if change is None or message.author is not Author.AGENT or message.seen_seq is None:
                continue
            seen = max(message.seen_seq, change.row.answered_seq)
            if change.row.customer_seq > seen:
                behind[message.conversation_id] = seen
        return behind

    def decide(self, pending: Sequence[Pending], now: datetime) -> list[Posted | Refusal]:
        """Let every message happen, one after the other; a refused one leaves no trace."""
        outcomes: list[Posted | Refusal] = []
        for one in pending:
            try:
                outcomes.append(self._one(one, now))
            except Refusal as refusal:
                outcomes.append(refusal)
        return outcomes

    def _one(self, one: Pending, now: datetime) -> Posted:
        message = one.message
        change = self._changes.get(message.conversation_id)
        if change is None or not _may_write(change.row, message):
            raise ConversationMissing
        if (first := self._stored.get(message.id) or self._now_stored.get(message.id)) is not None:
            return _again(message, first)
        say = self._agent if message.author is Author.AGENT else self._customer
        seq = say(change, message, now)
        posted = Posted(message.id, message.conversation_id, seq, now, hidden=bool(one.hidden))
        self._now_stored[message.id] = Stored(
            message.id, message.conversation_id, posted.seq, now, message.author.value, message.author_id
        )
        _warn(change, one, now)
        return posted

    def _customer(self, change: Change, message: NewMessage, now: datetime) -> int:
        owner = change.row.owner_id
        free = owner is not None and change.row.state in _WAITS_WITH_AGENT and self.room.get(owner, 0) > 0
        item = change.say(_said(message, change.row.person_name), now)
        change.move(CustomerSpoke(agent_free=free), now, by=Author.CUSTOMER.value)
        if owner is not None and free and change.row.state is State.AGENT:
            self.room[owner] -= 1
        return item.seq

    def _agent(self, change: Change, message: NewMessage, now: datetime) -> int:
        row = change.row
        if message.audience is Audience.STAFF:
            return change.say(_said(message, message.author_name), now).seq
        seen = row.last_seq if message.seen_seq is None else message.seen_seq
        if row.agent_seq > seen and row.agent_seq_by != message.author_id:
            raise StaleSend(last_seq=row.last_seq)
        then = cast("Then", message.then) if message.then is not None else WaitCustomer()
        unseen = self.unseen.get(row.id)
        if unseen is None and row.customer_seq > max(seen, row.answered_seq):
            unseen = now  # said in this very batch
        happening = AgentAnswered(message.author_id, then, unseen)
        step(row, happening, now)  # it may refuse, so it is tried before anything is said
        item = change.say(_said(message, message.author_name), now)
        change.move(happening, now, by=Author.AGENT.value)
        if not isinstance(then, Aside | StillWorking):
            change.answered(min(seen, change.row.customer_seq))
        return item.seq


def _may_write(row: Conversation, message: NewMessage) -> bool:
    """Say whether a conversation is there for this author; whether an agent holds it, the promise decides."""
    return message.author is Author.AGENT or row.person_id == message.author_id


def _again(message: NewMessage, first: Stored) -> Posted:
    same_place = first.conversation_id == message.conversation_id
    if not same_place or first.author_id != message.author_id or first.author_kind != message.author.value:
        raise AuthorWrong
    return Posted(first.id, first.conversation_id, first.seq, first.at, again=True)


def _said(message: NewMessage, name: str | None) -> Said:
    return Said(
        message.id, message.kind, message.text, message.author, message.author_id, name, message.body,
        message.audience,
    )  # fmt: skip


def _warn(change: Change, one: Pending, now: datetime) -> None:
    """Tell the sender what was hidden; an agent's slip is his own business, the customer sees dots only."""
    audience = Audience.ALL if one.message.author is Author.CUSTOMER else Audience.STAFF
    for kind in one.hidden[:1]:
        key = f"conversations.masked.{kind}"
        change.status(key, now, audience=audience, item_id=uuid5(WARNINGS, str(one.message.id)))
