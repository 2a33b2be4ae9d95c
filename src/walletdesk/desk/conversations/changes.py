"""A conversation on its way from one row to the next: what is said, what the promise becomes, who hears of it.

Everything here is decided in memory, under the lock of the row; `queries.store` then writes any number of changes
with one statement. `actions.apply` makes one, the writer one for each conversation of a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, cast
from uuid import UUID

import msgspec
from msgspec.structs import replace

from walletdesk.desk.conversations import promise
from walletdesk.desk.conversations.events import (
    ConversationHandedOff,
    ConversationIdle,
    ConversationResolved,
    MessagePosted,
    PromiseBroken,
    PromiseMoved,
)
from walletdesk.desk.conversations.model import (
    LAST_TEXT_CHARACTERS,
    Audience,
    Author,
    Conversation,
    Item,
    ItemAuthor,
    ItemKind,
    NewItem,
    Owner,
    State,
)
from walletdesk.desk.conversations.promise import (
    AgentAnswered,
    BotAnswered,
    DueCame,
    Effect,
    HandedOff,
    HandOff,
    Happening,
)
from walletdesk.desk.conversations.statuses import FACES, status_keys
from walletdesk.kit import i18n
from walletdesk.kit.events import Event
from walletdesk.kit.ids import new_id

BOT_JOB: Final = "bot"
ROUTING_JOB: Final = "routing"
_OF_PEOPLE: Final = frozenset({State.QUEUED, State.OFFERED, State.AGENT})
_HELD: Final = frozenset({State.OFFERED, State.AGENT})


class Said(msgspec.Struct, frozen=True, gc=False):
    """Something that is put into a conversation, by whom, for whose eyes."""

    id: UUID
    kind: ItemKind
    text: str
    author: Author
    author_id: UUID | None = None
    author_name: str | None = None
    body: dict[str, Any] | None = None
    audience: Audience = Audience.ALL
    replaces: UUID | None = None


class Record(msgspec.Struct, frozen=True, gc=False):
    """A row of `conversations.message`."""

    conversation_id: UUID
    seq: int
    id: UUID
    kind: str
    audience: str
    author_kind: str
    author_id: UUID | None
    author_name: str | None
    text: str
    body: dict[str, Any] | None
    replaces: UUID | None
    at: datetime


_promise_of: Final = attrgetter(
    "state", "owner_kind", "owner_id", "promised_at", "due_at", "level", "owed_since", "waiting_since", "rank_at",
    "debt_kind", "debt_due_at", "human_wanted", "tries", "call_tries", "skill", "priority_class",
    "last_agent_id", "resolutions", "owner_name", "answered_seq", "resolved_at", "resolved_by",
)  # fmt: skip


class Change:
    """One conversation inside a transaction that has locked its row."""

    __slots__ = ("before", "events", "items", "records", "row", "wakes")

    def __init__(self, row: Conversation) -> None:
        self.before = row
        self.row = row
        self.items: list[Item] = []
        self.records: list[Record] = []
        self.events: list[Event] = []
        self.wakes: set[str] = set()

    @property
    def id(self) -> UUID:
        """The conversation."""
        return self.row.id

    @property
    def moved(self) -> bool:
        """Say whether the row reads differently now."""
        return self.row is not self.before

    @property
    def only_said(self) -> bool:
        """Say whether something was said and the promise is what it was: the usual case, with less to write."""
        return _promise_of(self.row) == _promise_of(self.before)

    def say(self, said: Said, now: datetime) -> Item:
        """Put an item behind the last one."""
        row = self.row
        seq = row.last_seq + 1
        item = Item(
            seq,
            said.id,
            said.kind.value,
            ItemAuthor(said.author.value, said.author_name),
            said.text,
            said.body,
            said.replaces,
            now,
            msgspec.UNSET if said.audience is Audience.ALL else Audience.STAFF.value,
        )
        self.items.append(item)
        self.records.append(
            Record(
                row.id, seq, said.id, said.kind.value, said.audience.value, said.author.value,
                said.author_id, said.author_name, said.text, said.body, said.replaces, now,
            )
        )  # fmt: skip
        self.events.append(MessagePosted(row.id, seq, said.author.value, said.kind.value))
        self.row = replace(row, last_seq=seq, updated_at=now, **_marks(row, said, seq, now))
        return item

    def say_all(
        self,
        items: Sequence[NewItem],
        *,
        author: Author,
        author_id: UUID | None = None,
        author_name: str | None = None,
        now: datetime,
    ) -> list[Item]:
        """Put what the bot or the system says behind the last item."""
        return [
            self.say(
                Said(
                    item.id or new_id(), item.kind, item.text, author, author_id, author_name,
                    item.body, item.audience, item.replaces,
                ),
                now,
            )
            for item in items
        ]  # fmt: skip

    def move(
        self, happening: Happening, now: datetime, *, by: str = "system", owner_name: str | None = None
    ) -> tuple[Effect, ...]:
        """Let something happen to the promise; status lines and events follow from it.

        Raises:
            MovedOn, NotHeld, AnswerOwed, PromiseOpen: It cannot happen to this row.
        """
        before = self.row
        stepped, effects = promise.step(before, happening, now)
        if stepped is before:
            return effects
        after = _carried(before, cast("Conversation", stepped), owner_name, by, now)
        self.row = after
        self._notice(before, happening, effects)
        for key in status_keys(before, after, happening, effects):
            self._status(key, after.owner_name or before.owner_name, now)
        if Effect.RESOLVED in effects:
            self._ask_for_rating(now)
        return effects

    def answered(self, seq: int) -> None:
        """Note up to where the bot or an agent has answered."""
        if seq > self.row.answered_seq:
            self.row = replace(self.row, answered_seq=seq)

    def status(self, key: str, now: datetime, *, audience: Audience = Audience.ALL, item_id: UUID) -> None:
        """Say a status line of ours; `key` is a whole key of the catalogues."""
        text = i18n.text(i18n.lang_of(self.row.locale), key)
        self.say(Said(item_id, ItemKind.STATUS, text, Author.SYSTEM, audience=audience), now)

    def _status(self, key: str, name: str | None, now: datetime) -> None:
        lang = i18n.lang_of(self.row.locale)
        shown = name or i18n.text(lang, "conversations.colleague")
        text = i18n.text(lang, f"conversations.status.{key}", name=shown)
        self.say(Said(new_id(), ItemKind.STATUS, text, Author.SYSTEM), now)

    def _ask_for_rating(self, now: datetime) -> None:
        lang = i18n.lang_of(self.row.locale)
        text = i18n.text(lang, "conversations.rating.question")
        faces = [i18n.text(lang, f"conversations.rating.{face}") for face in FACES]
        body = {"card": "rating", "text": text, "faces": faces}
        self.say(Said(new_id(), ItemKind.CARD, text, Author.SYSTEM, body=body), now)

    def _notice(self, before: Conversation, happening: Happening, effects: tuple[Effect, ...]) -> None:
        after = self.row
        if (after.state, after.level) != (before.state, before.level):
            self.events.append(PromiseMoved(after.id, after.state.value, after.level))
        for effect in effects:
            event = _event_of(effect, before, after, happening)
            if event is not None:
                self.events.append(event)
        if after.state is State.BOT and after.owed_since is not None:
            self.wakes.add(BOT_JOB)
        if Effect.QUEUED in effects or (before.state in _HELD and after.state is not before.state):
            self.wakes.add(ROUTING_JOB)

    def hints(self, by: str | None = None) -> list[tuple[str, dict[str, Any]]]:
        """Return what whoever looks at this conversation, or at the inbox, should hear.

        What a customer and the bot say to each other is no news for the inbox until it waits on people.
        """
        if not self.moved:
            return []
        payload: dict[str, Any] = {"seq": self.row.last_seq}
        if by is not None:
            payload["by"] = by
        hints: list[tuple[str, dict[str, Any]]] = [(f"conversation:{self.row.id}", payload)]
        before, after = self.before, self.row
        if after.state is not before.state or after.state in _OF_PEOPLE or after.owner_id or before.owner_id:
            hints.append(("inbox", {"id": str(after.id)}))
        return hints


def _marks(row: Conversation, said: Said, seq: int, now: datetime) -> dict[str, Any]:
    """What an item changes on the row besides its number."""
    if said.audience is Audience.STAFF or said.kind is ItemKind.STATUS:
        return {}
    marks: dict[str, Any] = {"last_at": now, "last_text": _last_text(row, said)}
    if said.author is Author.CUSTOMER:
        marks["customer_seq"] = seq
        marks["agent_unread"] = row.agent_unread + 1
    elif said.author is Author.AGENT:
        marks["agent_seq"] = seq
        marks["agent_seq_by"] = said.author_id
        marks["agent_unread"] = 0
    return marks


def _last_text(row: Conversation, said: Said) -> str:
    if said.text:
        return said.text[:LAST_TEXT_CHARACTERS]
    key = "conversations.photo" if said.kind is ItemKind.PHOTO else "conversations.card"
    return i18n.text(i18n.lang_of(row.locale), key)


def _carried(
    before: Conversation, after: Conversation, owner_name: str | None, by: str, now: datetime
) -> Conversation:
    """Bring what stands beside the promise in line with it."""
    changed: dict[str, Any] = {"updated_at": now}
    if after.owner_id is None:
        changed["owner_name"] = None
    elif after.owner_id != before.owner_id:
        changed["owner_name"] = owner_name
    if after.owed_since is None and before.owed_since is not None:
        changed["answered_seq"] = after.customer_seq
    if after.state is State.RESOLVED and before.state is not State.RESOLVED:
        changed |= {"resolved_at": now, "resolved_by": by}
    elif before.state is State.RESOLVED and after.state is not State.RESOLVED:
        changed |= {"resolved_at": None, "resolved_by": None}
    return replace(after, **changed)


def _event_of(
    effect: Effect, before: Conversation, after: Conversation, happening: Happening
) -> Event | None:
    if effect is Effect.HANDED_OFF:
        return ConversationHandedOff(after.id, _reason(happening))
    if effect is Effect.REMIND:
        return ConversationIdle(after.id, after.reminders)
    if effect is Effect.RESOLVED:
        return ConversationResolved(after.id, after.resolutions, after.resolved_by or "system")
    if effect is Effect.ESCALATED and (before.owner_kind is not Owner.AGENT or before.state is State.AGENT):
        broken = before.debt_kind if after.debt_kind is None else None
        return PromiseBroken(after.id, broken.value if broken else "answer", after.level)
    return None


def _reason(happening: Happening) -> str:
    if isinstance(happening, HandedOff):
        return happening.reason
    if isinstance(happening, BotAnswered | AgentAnswered):
        return happening.then.reason if isinstance(happening.then, HandOff) else "not_understood"
    return "bot_late" if isinstance(happening, DueCame) else "bot_failed"
