"""The words between the chat and the desk, as in `web/proto/src/protocol.ts`, and the door's refusals."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import msgspec

from walletdesk.desk.conversations.model import Item, StateView
from walletdesk.kit.i18n import Lang
from walletdesk.kit.refusal import Kind, Refusal

FRAME_BYTES_MAX = 64 * 1024
PAGE_CHARACTERS_MAX = 200
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


# --- what a client sends ------------------------------------------------------------------------------


class Hello(msgspec.Struct, tag_field="t", tag="hello"):
    """The first frame: whose socket it is, and perhaps where to go on."""

    session: str
    conversation: UUID | None = None
    since: Seq = 0


class Open(msgspec.Struct, tag_field="t", tag="open"):
    """Begin a conversation, or look at one that was begun."""

    conversation: UUID
    locale: Literal["zh", "en"] = "zh"
    large_type: bool = False
    context: dict[str, Any] | None = None


class Say(msgspec.Struct, tag_field="t", tag="say"):
    """Say something; the id is the client's, so that it may be repeated."""

    id: UUID
    conversation: UUID
    kind: Literal["text", "choice", "photo"] = "text"
    text: str = ""
    body: dict[str, Any] | None = None


class Read(msgspec.Struct, tag_field="t", tag="read"):
    """Everything up to here has been on a screen."""

    conversation: UUID
    seq: Seq


class Typing(msgspec.Struct, tag_field="t", tag="typing"):
    """Somebody is writing, or has stopped."""

    conversation: UUID
    on: bool


class Sync(msgspec.Struct, tag_field="t", tag="sync"):
    """Ask for everything after a place."""

    conversation: UUID
    since: Seq = 0


class Ping(msgspec.Struct, tag_field="t", tag="ping"):
    """Ask for a sign of life."""


Frame = Hello | Open | Say | Read | Typing | Sync | Ping


class SessionRequest(msgspec.Struct, forbid_unknown_fields=True):
    """How the chat is entered: with the wallet's token, or as a visitor."""

    token: str | None = None
    locale: str | None = None


class RatingRequest(msgspec.Struct, forbid_unknown_fields=True):
    """How a customer rates what was done."""

    score: int
    reasons: Annotated[list[str], msgspec.Meta(max_length=20)] = []
    comment: str | None = None


class Choice(msgspec.Struct):
    """A tap: which card, which of its options or actions."""

    option: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    card_id: UUID | None = None


class PhotoSaid(msgspec.Struct):
    """Which photo is said; its size is ours to tell."""

    attachment_id: UUID


# --- what a client gets ---------------------------------------------------------------------------------


class PersonView(msgspec.Struct):
    """Who the desk takes the client for."""

    kind: Literal["customer", "anonymous"]
    name: str | None


class Welcome(msgspec.Struct, tag_field="t", tag="welcome"):
    """The session is good."""

    person: PersonView
    locale: Lang


class Ack(msgspec.Struct, tag_field="t", tag="ack"):
    """A message is on disk, here."""

    id: UUID
    conversation: UUID
    seq: int
    at: datetime


class Items(msgspec.Struct, tag_field="t", tag="items"):
    """What is new in a conversation, and how it stands; `more` when there is still more to ask for."""

    conversation: UUID
    items: list[Item]
    state: StateView
    more: bool


class StateNow(msgspec.Struct, tag_field="t", tag="state"):
    """How a conversation stands, where nothing was said."""

    conversation: UUID
    state: StateView


class OptionView(msgspec.Struct):
    """Something a customer may choose."""

    id: str
    label: str


class QueuePlace(msgspec.Struct, tag_field="t", tag="queue"):
    """The place in the queue, and what one can do instead of waiting."""

    conversation: UUID
    position: int
    low_s: int
    high_s: int
    as_of: datetime
    alternatives: list[OptionView]
    rising_reason: str | None = None


class TypingNow(msgspec.Struct, tag_field="t", tag="typing"):
    """The other side is writing."""

    conversation: UUID
    who: str
    on: bool


class ReadNow(msgspec.Struct, tag_field="t", tag="read"):
    """Up to where one side has read."""

    conversation: UUID
    who: str
    seq: int


class Refused(msgspec.Struct, tag_field="t", tag="refused"):
    """An expected no; `id` names the message it is about."""

    code: str
    text: str
    id: UUID | None = None
    retry_after_s: float | None = None
    details: dict[str, str] = {}


class Pong(msgspec.Struct, tag_field="t", tag="pong"):
    """A sign of life."""


ServerFrame = Welcome | Ack | Items | StateNow | QueuePlace | TypingNow | ReadNow | Refused | Pong


class OpenConversation(msgspec.Struct):
    """The conversation in which a returning customer finds himself."""

    id: UUID
    state: str
    last_seq: int


class Session(msgspec.Struct):
    """A chat that may begin."""

    session: str
    person: PersonView
    locale: Lang
    large_type: bool
    context: dict[str, Any] | None
    conversation: OpenConversation | None
    expires_at: datetime


class ItemsAnswer(msgspec.Struct):
    """What long polling gets."""

    items: list[Item]
    state: StateView
    more: bool


class AckAnswer(msgspec.Struct):
    """Where a message stands."""

    id: UUID
    conversation: UUID
    seq: int
    at: datetime


class AttachmentAnswer(msgspec.Struct):
    """A photo that may be said now."""

    attachment_id: UUID
    width: int
    height: int


# --- refusals --------------------------------------------------------------------------------------------


class FrameInvalid(Refusal):
    """A frame is no JSON, or not one of ours; the socket stays open."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "chat.frame_invalid"


class FrameTooLarge(Refusal):
    """A frame is larger than any message may be."""

    kind: ClassVar[Kind] = Kind.TOO_LARGE
    code: ClassVar[str] = "chat.frame_too_large"


class HelloFirst(Refusal):
    """The first frame has to say whose socket it is."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    code: ClassVar[str] = "chat.hello_first"


class TooManyPolls(Refusal):
    """Somebody waits for news on too many lines at once."""

    kind: ClassVar[Kind] = Kind.TOO_MANY
    code: ClassVar[str] = "chat.too_many_polls"
