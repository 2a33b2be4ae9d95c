"""What the room lets others know; the key of each is the conversation's id."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from walletdesk.kit.events import Event


@dataclass(frozen=True, slots=True)
class ConversationOpened(Event):
    """Somebody opened a conversation; `asked` when opening it was a question in itself."""

    conversation_id: UUID
    asked: bool


@dataclass(frozen=True, slots=True)
class MessagePosted(Event):
    """Something was said; `author` and `kind` are the words of `Author` and `ItemKind`."""

    conversation_id: UUID
    seq: int
    author: str
    kind: str


@dataclass(frozen=True, slots=True)
class PromiseMoved(Event):
    """A conversation waits on somebody else now, or has climbed the ladder."""

    conversation_id: UUID
    state: str
    level: int


@dataclass(frozen=True, slots=True)
class ConversationHandedOff(Event):
    """The bot is out of it, a person is wanted."""

    conversation_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class ConversationResolved(Event):
    """Nothing is owed any more and somebody has closed it; `resolution` counts how often that was."""

    conversation_id: UUID
    resolution: int
    by: str


@dataclass(frozen=True, slots=True)
class ConversationIdle(Event):
    """The customer has been silent for a whole bound; a reminder is due (by an item that promises nothing)."""

    conversation_id: UUID
    reminder: int


@dataclass(frozen=True, slots=True)
class PromiseBroken(Event):
    """What was promised did not come in time: an `answer`, `news` or a `call`. The customer has been told."""

    conversation_id: UUID
    promise: str
    level: int
